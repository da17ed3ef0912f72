"""Long lists in JSON: parsed entry by entry, so that no step holds the interpreter for long, nor much memory."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, get_args

from assessment.api.http.request_bodies import (
    JSON_MEDIA_TYPES,
    MAX_COUNTED_FAULTS,
    StructBody,
    describe_fault_count,
    require_content_type,
    validate_data,
)
from assessment.api.http.spooled_bodies import EncryptedSpool, SpooledList
from assessment.api.http.strict_json import MAX_DEPTH, STRICT_DECODER, count_depth
from assessment.errors import InvalidError, Problem, UnreadableError

T = TypeVar("T")

MAX_ENTRY_LENGTH = 16 * 1024  # characters
SPACE = re.compile(r"[ \t\n\r]*")


class LongListBody(StructBody[T]):
    """DTO of a list that may exceed `MAX_JSON_BYTES`: then the handler gets a `SpooledList`, otherwise a tuple.

    The handler's annotation of `data` is `Annotated[tuple[X, ...], Meta(max_length=…)]`.
    """

    may_be_spooled = True

    def decode_spool(self, spool: EncryptedSpool) -> Any:  # noqa: ANN401  # a list of what the handler takes
        """Validate each entry. Raises `UnreadableError` if it is not a list, and for entries that are not JSON."""
        require_content_type(self.asgi_connection.headers.get("content-type", ""), JSON_MEDIA_TYPES)
        raw = self.asgi_connection.route_handler.parsed_data_field.raw
        list_type, *metadata = get_args(raw)
        limit = next(meta.max_length for meta in metadata if meta.max_length is not None)
        return parse_long_list(spool, get_args(list_type)[0], limit)


def parse_long_list(body: Iterable[bytes], kind: type[T], limit: int) -> SpooledList[T]:
    """Parse and validate a JSON list. Raises `InvalidError` with a pointer for every fault."""
    problems: list[Problem] = []
    entries = SpooledList(kind, _validate_entries(body, kind, limit, problems))
    if problems:
        counted = problems[:MAX_COUNTED_FAULTS]
        raise InvalidError(describe_fault_count(len(counted)), counted)
    return entries


def _validate_entries(body: Iterable[bytes], kind: type[T], limit: int, problems: list[Problem]) -> Iterator[T]:
    """Yield the valid entries, and add the faults of the others to `problems`."""
    for index, data in enumerate(iterate_list_entries(body)):
        if index >= limit:
            problem = Problem(f"Send at most {limit}.", code="too-many")
            raise InvalidError(describe_fault_count(1), [problem])
        try:
            yield validate_data(kind, data, f"/{index}")
        except InvalidError as error:
            problems += error.problems
        if len(problems) >= MAX_COUNTED_FAULTS:
            break


def iterate_list_entries(body: Iterable[bytes]) -> Iterator[Any]:
    """Yield the entries of a JSON list. Raises `UnreadableError` as `parse_json` does, at the first wrong entry."""
    window = _Window(body)
    window.skip_space()
    if not window.take("["):
        raise UnreadableError("The body is not a JSON list.")
    window.skip_space()
    index = 0
    if not window.take("]"):
        while True:
            yield window.parse_entry(index)
            index += 1
            window.skip_space()
            if window.take("]"):
                break
            if not window.take(","):
                raise UnreadableError(f"The body is not JSON after entry {index - 1} of the list.")
            window.skip_space()
    window.skip_space()
    if not window.is_at_end:
        raise UnreadableError("The body goes on after the end of the list.")


class _Window:
    """Text of a body that is decoded piece by piece, and a place in it."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self._pieces, self._read, self._is_read = iter(body), 0, False
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text, self._place = "", 0

    @property
    def is_at_end(self) -> bool:
        self._fill(1)
        return self._place >= len(self._text)

    def skip_space(self) -> None:
        while not self.is_at_end:
            match = SPACE.match(self._text, self._place)
            self._place = match.end() if match else self._place
            if self._place < len(self._text):
                return

    def take(self, character: str) -> bool:
        """Go past a character if it is the next one."""
        is_next = not self.is_at_end and self._text[self._place] == character
        self._place += is_next
        return is_next

    def parse_entry(self, index: int) -> Any:  # noqa: ANN401  # any JSON
        self._fill(MAX_ENTRY_LENGTH + 1)
        entry = self._text[self._place : self._place + MAX_ENTRY_LENGTH + 1]
        try:
            data, end = STRICT_DECODER.raw_decode(entry)
        except json.JSONDecodeError:
            reason = "is too long" if len(entry) > MAX_ENTRY_LENGTH else "is not JSON"
            raise UnreadableError(f"Entry {index} of the list {reason}.") from None
        except RecursionError:
            raise UnreadableError(f"Entry {index} of the list is nested more than {MAX_DEPTH} deep.") from None
        except ValueError as error:
            raise UnreadableError(f"Entry {index} of the list is not JSON: {error}.") from None
        if count_depth(data) >= MAX_DEPTH:
            raise UnreadableError(f"Entry {index} of the list is nested more than {MAX_DEPTH} deep.")
        self._place += end
        return data

    def _fill(self, length: int) -> None:
        """Decode until `length` characters follow the place, or the body ends."""
        if len(self._text) - self._place >= length or self._is_read:
            return
        decoded = [self._text[self._place :]]
        count = len(decoded[0])
        while count < length and not self._is_read:
            piece = next(self._pieces, b"")
            self._is_read = not piece
            try:
                decoded.append(self._decoder.decode(piece, final=self._is_read))
            except UnicodeDecodeError:
                raise UnreadableError(f"The body is not UTF-8 from byte {self._read} on.") from None
            self._read += len(piece)
            count += len(decoded[-1])
        self._text, self._place = "".join(decoded), 0
