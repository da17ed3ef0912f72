"""Declaration of an operation: scope, examples, error statuses, conditional headers."""

from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct, field

from assessment.access_policies import PUBLIC, require_key
from assessment.errors import AppError

Scope: TypeAlias = Literal["read:assessments", "read:scores", "read:reports", "write:assessments", "admin:workspace"]
SCOPES: dict[Scope, str] = {
    "read:assessments": "Read questionnaires, organisations, assessments, invitations and progress.",
    "read:scores": "Read results.",
    "read:reports": "Download reports, and read the consultant's comments in them.",
    "write:assessments": "Create and change organisations, assessments, invitations and comments; import responses.",
    "admin:workspace": "Manage keys, users, webhooks and questionnaires of the workspace, and erase organisations. "
    "People grant it, keys can't.",
}


class Operation(Struct, frozen=True, kw_only=True):
    """OpenAPI description of a route, beyond its types."""

    scope: Scope | None
    error_statuses: tuple[int, ...] = ()  # statuses in addition to those of every route
    problems: tuple[type[AppError], ...] = ()  # types of problem that are specific to the operation
    request_example: Any = None  # example of the request body
    body_bounds: dict[str, int] = field(default_factory=dict)  # of the request body, in addition to its type
    response_example: Any = None  # example of the response
    job_example: Any = None  # example of the 202 that a large request gets, which a worker carries out
    media_type: str = "application/json"
    formats: dict[str, str] = field(default_factory=dict)  # media type by value of the parameter `format`
    is_idempotent: bool = False  # accepts Idempotency-Key
    takes_if_match: bool = False  # honours If-Match
    parameters: tuple[str, ...] = ()  # of the query
    has_etag: bool = False  # sends ETag, honours If-None-Match

    @property
    def checks_content(self) -> bool:
        """Return whether the handler checks content too, and calls `raise_pending_faults` before it has an effect."""
        return self.request_example is not None or (self.has_etag and bool(self.parameters))


EXAMPLES_FOLDER = Path(__file__).parent / "examples"


def load_example(name: str) -> Any:  # noqa: ANN401  # any JSON
    """Load a response example: a response of the test suite with the first entries of each list and map."""
    return msgspec.json.decode((EXAMPLES_FOLDER / f"{name}.json").read_bytes())


def build_route_options(summary: str, tag: str, operation: Operation) -> dict[str, Any]:
    """Build the keyword arguments of a route decorator."""
    scope = operation.scope
    return {
        "summary": summary,
        "tags": [tag],
        "policy": require_key(scope) if scope else PUBLIC,
        "operation": operation,
        "security": [{"key": [scope]}] if scope else [],
    }
