"""Request bodies: parse strictly, then validate field by field, so that one response names every fault."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import EnumType
from itertools import chain, islice
from typing import Any, ClassVar, Generic, Literal, TypeVar, get_args, get_origin

import anyio.to_thread
import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.enums import HttpMethod
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition
from msgspec import UNSET

from assessment.api.http.error_messages import explain_validation_error
from assessment.api.http.spooled_bodies import EncryptedSpool, SpooledText, replace_body, restore_body, spool_body
from assessment.api.http.strict_json import parse_json
from assessment.domain.csv_parser import CsvError, decode_pieces, decode_text
from assessment.domain.type_members import iterate_members, map_fields, resolve_type
from assessment.errors import EncodedBodyError, InvalidError, MediaTypeError, Problem, UnreadableError

T = TypeVar("T")

MAX_JSON_BYTES = 1024 * 1024
MAX_CSV_BYTES = 20 * 1024 * 1024
MAX_LIST_BYTES = 32 * 1024 * 1024
LARGE_BODY_BYTES = 16 * 1024
DECODED_BODY_KEY = "decoded_body"
MAX_COUNTED_FAULTS = 2000
# NUL and unpaired surrogates, which databases can't store; other control characters; spaces without width, with which
# two names look alike that are not. Marks that order right-to-left text, and joiners, belong to scripts and emoji.
UNSTORABLE_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ud800-\udfff]")
UNSTORABLE_MESSAGE = "This contains a control character or an invisible one. Remove it."
CSV_MEDIA_TYPE = "text/csv"
CHARSETS = ("utf-8", "utf8", "us-ascii")
JSON_MEDIA_TYPES = ("application/json", "application/merge-patch+json")


def validate_data(kind: type[T], data: Any, place: str = "") -> T:  # noqa: ANN401
    """Convert to `kind`. Raises `InvalidError` with a JSON pointer for every fault; `place` begins each pointer."""
    if is_storable(data):
        with suppress(msgspec.ValidationError):
            return msgspec.convert(data, kind)
    # Stop at a limit: a body of one megabyte can have half a million faults.
    faults = chain(_find_unstorable_text(data, place), _find_faults(kind, data, place))
    problems = list(islice(faults, MAX_COUNTED_FAULTS))
    raise InvalidError(describe_fault_count(len(problems)), problems)


def describe_fault_count(count: int) -> str:
    """Describe how many things are wrong; they are counted up to `MAX_COUNTED_FAULTS`."""
    if count >= MAX_COUNTED_FAULTS:
        return f"{MAX_COUNTED_FAULTS} or more things are wrong."
    return f"{count} things are wrong." if count > 1 else "One thing is wrong."


class StructBody(AbstractDTO[T], Generic[T]):
    """DTO that parses and validates a handler's `data` with `parse_json` and `validate_data`."""

    may_be_spooled: ClassVar[bool] = False  # read a body over `MAX_JSON_BYTES` piece by piece, with `decode_spool`

    def decode_spool(self, spool: EncryptedSpool) -> Any:  # noqa: ANN401
        """Decode a large body, where `may_be_spooled`."""
        raise NotImplementedError

    def decode_bytes(self, value: bytes) -> Any:  # noqa: ANN401
        """Return the body that `find_body_error` has decoded already, or decode it here."""
        decoded = self.asgi_connection.scope["state"].get(DECODED_BODY_KEY)
        return self.decode(value) if decoded is None else decoded[0]

    def decode(self, value: bytes) -> Any:  # noqa: ANN401
        """Validate against the handler's annotation of `data`."""
        if not value:
            raise UnreadableError("The body is empty.")
        require_content_type(self.asgi_connection.headers.get("content-type", ""), JSON_MEDIA_TYPES)
        field = self.asgi_connection.route_handler.parsed_data_field
        return validate_data(field.raw, parse_json(value))

    @classmethod
    def create_for_field_definition(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,
        backend_cls: Any = None,  # noqa: ANN401
    ) -> None:
        """No-op: msgspec validates the Structs without a generated transfer model."""

    @classmethod
    def create_openapi_schema(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,  # noqa: ARG003
        schema_creator: Any,  # noqa: ANN401  # private type of Litestar
    ) -> Reference | Schema:
        """Use the schema of the Struct itself."""
        schema: Reference | Schema = schema_creator.for_field_definition(field_definition)
        return schema

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Iterator[DTOFieldDefinition]:  # type: ignore[override]
        """No-op, see `create_for_field_definition`."""
        del model_type
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """No-op, see `create_for_field_definition`."""
        del field_definition
        return False


class OptionalBody(StructBody[T]):
    """DTO of a body whose fields all have defaults: none is the same as an empty object."""

    def decode_nothing(self) -> T:
        decoded: T = validate_data(self.asgi_connection.route_handler.parsed_data_field.raw, {})
        return decoded


class CsvBody(StructBody[str]):
    """DTO that passes the text of a CSV file as a handler's `data`; a large one as `SpooledText`."""

    may_be_spooled = True

    def decode(self, value: bytes) -> str:
        """Decode UTF-8 or UTF-16, as `decode_text` does."""
        self._require_csv()
        if not value:
            raise UnreadableError("The body is empty.", [Problem("The file is empty.", line=1, code="unreadable")])
        with _explain_encoding():
            return decode_text(value)

    def decode_spool(self, spool: EncryptedSpool) -> SpooledText:
        """Decode like `decode`, piece by piece."""
        self._require_csv()
        with _explain_encoding():
            return SpooledText(decode_pieces(spool))

    def _require_csv(self) -> None:
        content_type = self.asgi_connection.headers.get("content-type", "")
        require_content_type(content_type, (CSV_MEDIA_TYPE,), (*CHARSETS, "utf-16"))


@contextmanager
def _explain_encoding() -> Iterator[None]:
    try:
        yield
    except CsvError as error:
        problem = Problem(error.message, error.remedy, line=error.line, code="unreadable")
        raise UnreadableError("The file can’t be read; nothing was taken in.", [problem]) from None


async def find_body_error(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> InvalidError | None:
    """Decode the body for the handler, and return what is wrong with its fields.

    A body over `LARGE_BODY_BYTES` is decoded in a thread, so that it does not block the event loop. Raises
    `UnreadableError` and `MediaTypeError` for one that can't be parsed.
    """
    if not isinstance(connection, Request):
        return None
    encoding = connection.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity") and connection.method != HttpMethod.GET:
        raise EncodedBodyError("Send the body as it is, without Content-Encoding.")
    dto = handler.resolve_data_dto() if isinstance(handler, HTTPRouteHandler) else None
    if dto is None or not issubclass(dto, StructBody):
        return None
    try:
        decoded = await _decode_body(connection, dto(connection))
    except InvalidError as error:
        return error
    connection.scope["state"][DECODED_BODY_KEY] = (decoded,)
    return None


async def _decode_body(connection: Request[Any, Any, Any], dto: StructBody[Any]) -> Any:  # noqa: ANN401
    """Decode the body; where the DTO can, piece by piece, unless its length is known to be small."""
    length = connection.headers.get("content-length", "")
    if dto.may_be_spooled and not (length.isdigit() and int(length) <= MAX_JSON_BYTES):
        spool = await spool_body(connection)
        if spool.size > MAX_JSON_BYTES:
            return await anyio.to_thread.run_sync(dto.decode_spool, spool)
        restore_body(connection, spool)
    body = await connection.body()
    if not body and isinstance(dto, OptionalBody):
        replace_body(connection, b"{}")
        return dto.decode_nothing()
    if len(body) > LARGE_BODY_BYTES:
        return await anyio.to_thread.run_sync(dto.decode, body)
    return dto.decode(body)


def require_content_type(content_type: str, allowed: tuple[str, ...], charsets: tuple[str, ...] = CHARSETS) -> None:
    """Raise `MediaTypeError` (415) for another media type or charset."""
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charset = next((part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")), "utf-8")
    if kind not in allowed or charset not in charsets:
        raise MediaTypeError(f"Send {allowed[0]} in UTF-8.")


def format_pointer(*parts: object) -> str:
    """Format a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _find_faults(kind: Any, data: Any, place: str) -> Iterator[Problem]:  # noqa: ANN401
    """Descend while type and data have the same kind of container; validate the leaves with msgspec."""
    is_right_inside = True
    if not _is_too_long(kind, data):
        for problem in _find_nested_faults(kind, data, place):
            is_right_inside = False
            yield problem
    if is_right_inside:
        try:
            msgspec.convert(data, kind)
        except msgspec.ValidationError as error:
            explained = explain_validation_error(str(error))
            yield Problem(explained.message, _list_choices(kind, data), pointer=place, code=explained.code)
        except UnicodeEncodeError:
            return  # an unpaired surrogate, which `_find_unstorable_text` reports


def _is_too_long(kind: Any, data: Any) -> bool:  # noqa: ANN401
    """Return whether a list exceeds its maximum length: then its elements are not validated."""
    limits = (meta.max_length for meta in getattr(kind, "__metadata__", ()) if isinstance(meta, msgspec.Meta))
    return isinstance(data, list) and any(most is not None and len(data) > most for most in limits)


def _list_choices(kind: Any, data: Any) -> str:  # noqa: ANN401
    kind = resolve_type(kind, data)
    choices = kind if isinstance(kind, EnumType) else get_args(kind) if get_origin(kind) is Literal else ()
    return f"Known are {', '.join(map(str, choices))}." if choices else ""


def _find_nested_faults(kind: Any, data: Any, place: str) -> Iterator[Problem]:  # noqa: ANN401
    kind = resolve_type(kind, data)
    for member in iterate_members(kind, data):
        pointer = place + format_pointer(member.key)
        if member.kind is None:
            yield Problem(
                "There is no such field.",
                f"Known are {', '.join(map_fields(kind))}.",
                pointer=pointer,
                code="unknown-field",
            )
        elif member.value is UNSET:
            yield Problem("This field is missing.", pointer=pointer, code="missing")
        else:
            yield from _find_faults(member.kind, member.value, pointer)


def _find_unstorable_text(data: Any, place: str) -> Iterator[Problem]:  # noqa: ANN401
    """Find text with `UNSTORABLE_CHARACTERS`."""
    if isinstance(data, str):
        if UNSTORABLE_CHARACTERS.search(data):
            yield Problem(UNSTORABLE_MESSAGE, pointer=place, code="invalid-character")
    elif isinstance(data, dict):
        for key, value in data.items():
            pointer = format_pointer(key.encode(errors="replace").decode().replace("\0", "?"))
            if UNSTORABLE_CHARACTERS.search(key):
                yield Problem(UNSTORABLE_MESSAGE, pointer=place + pointer, code="invalid-character")
            yield from _find_unstorable_text(value, place + pointer)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _find_unstorable_text(value, place + format_pointer(index))


def is_storable(data: Any) -> bool:  # noqa: ANN401
    """Return whether `_find_unstorable_text` would find nothing, at a tenth of its cost."""
    level = [data]
    while level:
        texts = (value for value in level if isinstance(value, str))
        if any(UNSTORABLE_CHARACTERS.search(text) for text in texts):
            return False
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (chain(outer, outer.values()) if isinstance(outer, dict) else outer)
        ]
    return True
