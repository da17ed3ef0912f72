"""Faults of a request's form, pending while its handler looks for faults of the content: one response names both.

The guard of a route finds what is wrong in the form of query, headers and body. The handler then runs without those
parts, and raises the pending faults instead of a response. Nothing is stored: its transaction is rolled back.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Empty
from msgspec import Struct
from msgspec.structs import replace

from assessment.api.http.body_repair import DROPPED, BodyRepair
from assessment.api.http.problems import PENDING_KEY, InvalidRequestError, ParameterProblem
from assessment.api.http.request_bodies import (
    DECODED_BODY_KEY,
    LARGE_BODY_BYTES,
    MAX_COUNTED_FAULTS,
    describe_fault_count,
    format_pointer,
)
from assessment.api.http.spooled_bodies import SPOOLED_BODY_KEY
from assessment.api.http.strict_json import parse_json
from assessment.api.openapi.operations import Operation
from assessment.domain.type_members import is_struct
from assessment.errors import AppError, InvalidError, Problem

Place = tuple[str, ...]
Dependencies = Mapping[str, tuple[str, ...]]
SERVER_ERROR = 500
# Neither decides which list a cursor belongs to.
INDEPENDENT_CODES = ("unknown-parameter",)
INDEPENDENT_PARAMETERS = ("limit",)


class PendingFaults(Struct, frozen=True):
    """Faults of the form; `dependencies` names the fields without which the content of a field can't be judged."""

    error: InvalidRequestError
    dependencies: Dependencies = {}
    remaining_indexes: dict[str, list[int]] = {}

    def merge_error(self, error: AppError) -> AppError:
        """Return the error to respond with: the faults of the form, with those of the content if `error` has some.

        Any other refusal comes once the request is right, except for failures of the server.
        """
        if error is self.error or error.status >= SERVER_ERROR:
            return error
        if not isinstance(error, InvalidError):
            return self.error
        problems = [moved for problem in error.problems if self._is_certain(moved := self._restore_indexes(problem))]
        parameters = [problem for problem in getattr(error, "parameter_problems", ()) if self._is_certain_of(problem)]
        if not problems and not parameters:
            return self.error
        problems = problems[: MAX_COUNTED_FAULTS - self.error.problem_count]
        count = self.error.problem_count + len(problems) + len(parameters)
        body_error = InvalidError(
            "",
            [*self.error.problems, *problems],
            self.error.problem_count - len(self.error.parameter_problems) + len(problems),
        )
        return InvalidRequestError(
            describe_fault_count(count), [*self.error.parameter_problems, *parameters], body_error
        )

    def _restore_indexes(self, problem: Problem) -> Problem:
        """Point to the entry of the list as it was sent, where entries before it were dropped."""
        place = ""
        for token in split_pointer(problem.pointer):
            indexes = self.remaining_indexes.get(place, [])
            is_moved = token.isdigit() and int(token) < len(indexes)
            place += format_pointer(indexes[int(token)] if is_moved else token)
        return replace(problem, pointer=place)

    def _is_certain(self, problem: Problem) -> bool:
        """Return whether the fault would be there, whatever the faulty parts should have been."""
        place = split_pointer(problem.pointer)
        base = place[:1] if place and place[0].isdigit() else ()
        needed = [(*base, name) for name in self.dependencies.get("".join(place[len(base) : len(base) + 1]), ())]
        faulty = [split_pointer(fault.pointer) for fault in self.error.problems]
        return not any(
            _is_same_branch(place, fault) or any(_is_same_branch(name, fault) for name in needed) for fault in faulty
        )

    def _is_certain_of(self, problem: ParameterProblem) -> bool:
        deciding = [
            fault.name
            for fault in self.error.parameter_problems
            if fault.kind == "parameter"
            and fault.code not in INDEPENDENT_CODES
            and fault.name not in INDEPENDENT_PARAMETERS
        ]
        return not deciding if problem.name == "cursor" else problem.name not in deciding


async def continue_with_pending(
    connection: ASGIConnection[Any, Any, Any, Any],
    handler: BaseRouteHandler,
    declared: Operation,
    error: InvalidRequestError,
) -> None:
    """Let the handler check the content of what is right in form; raise `error` where it can't."""
    if not declared.checks_content or error.problem_count >= MAX_COUNTED_FAULTS:
        raise error
    pending = PendingFaults(error)
    if error.problems:
        pending = await _repair_body(connection, handler, declared, error)
    faulty = {problem.name for problem in error.parameter_problems}
    query = [(name, value) for name, value in connection.query_params.multi_items() if name not in faulty]
    connection.scope["query_string"] = urlencode(query).encode()
    connection._parsed_query = connection._connection_state.parsed_query = Empty  # noqa: SLF001  # cached by Litestar
    connection.scope["state"][PENDING_KEY] = pending


def has_pending_faults(state: Mapping[str, Any]) -> bool:
    return PENDING_KEY in state


def raise_pending_faults(state: Mapping[str, Any]) -> None:
    """Raise the faults of the form, if there are any; call it before anything that a rollback does not undo."""
    pending: PendingFaults | None = state.get(PENDING_KEY)
    if pending is not None:
        raise pending.error


def split_pointer(pointer: str) -> Place:
    """Split a JSON pointer (RFC 6901) into its names."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


async def _repair_body(
    connection: ASGIConnection[Any, Any, Any, Any],
    handler: BaseRouteHandler,
    declared: Operation,
    error: InvalidRequestError,
) -> PendingFaults:
    """Decode the body without its faulty parts. A spooled body is too large to be checked twice."""
    state = connection.scope["state"]
    if not isinstance(connection, Request) or SPOOLED_BODY_KEY in state:
        raise error
    body = await connection.body()
    field = handler.parsed_data_field
    if field is None:
        raise error
    kind, repair = field.raw, BodyRepair()

    def decode_rest() -> Any:  # noqa: ANN401  # what the handler takes
        rest = repair.repair_value(kind, parse_json(body), declared.request_example)
        return DROPPED if rest is DROPPED else msgspec.convert(rest, kind)

    rest = await anyio.to_thread.run_sync(decode_rest) if len(body) > LARGE_BODY_BYTES else decode_rest()
    if rest is DROPPED:
        raise error
    state[DECODED_BODY_KEY] = (rest,)
    return PendingFaults(error, _find_dependencies(kind), repair.remaining_indexes)


def _find_dependencies(kind: Any) -> Dependencies:  # noqa: ANN401  # any type annotation
    """Return those of the Struct, or of the Structs of a list."""
    while not is_struct(kind) and getattr(kind, "__args__", None):
        kind = kind.__origin__ if hasattr(kind, "__metadata__") else kind.__args__[0]
    dependencies: Dependencies = getattr(kind, "dependencies", {})
    return dependencies


def _is_same_branch(one: Place, other: Place) -> bool:
    """Return whether one place contains the other."""
    common = min(len(one), len(other))
    return one[:common] == other[:common]
