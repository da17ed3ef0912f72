"""Bodies of requests: read strictly, then checked field by field, so that every fault is told at once."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition
from msgspec import Struct, UnsetType

from assessment.api.plainly import plainly
from assessment.errors import InvalidError, MediaTypeError, Problem, UnreadableError

T = TypeVar("T")

JSON_MOST = 1024 * 1024
CSV_MOST = 20 * 1024 * 1024
DEPTH_MOST = 32
FAULTS_MOST = 200
EXACT_MOST = 2**53
CSV = "text/csv"
JSON_TYPES = ("application/json", "application/merge-patch+json")


def read_json(body: bytes) -> Any:  # noqa: ANN401  # what stands in JSON is known only after the check
    """Read JSON as RFC 8259 has it, without what readers understand differently.

    Refused: other encodings than UTF-8, repeated names, numbers no double can hold, NaN, deep nesting.
    """
    try:
        data = json.loads(body.decode(), object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"The body is not UTF-8: byte {error.start} can't be read.") from None
    except json.JSONDecodeError as error:
        raise UnreadableError(f"The body is not JSON: {error.msg}, line {error.lineno} column {error.colno}.") from None
    except RecursionError:
        raise UnreadableError(f"The body is nested more than {DEPTH_MOST} deep.") from None
    except ValueError as error:
        raise UnreadableError(f"The body is not JSON: {error}.") from None
    if _depth(data) > DEPTH_MOST:
        raise UnreadableError(f"The body is nested more than {DEPTH_MOST} deep.")
    return data


def checked(kind: type[T], data: Any) -> T:  # noqa: ANN401
    """Convert to `kind`; `InvalidError` names every fault by its JSON pointer."""
    problems = [*_unwritable(data, ""), *_faults(kind, data, "")]
    if problems:
        said = f"{len(problems)} things are wrong." if len(problems) > 1 else "One thing is wrong."
        raise InvalidError(said, problems[:FAULTS_MOST])
    return msgspec.convert(data, kind)


class Body(AbstractDTO[T], Generic[T]):
    """Lets a handler's `data` come through `read_json` and `checked`."""

    def decode_bytes(self, value: bytes) -> Any:  # noqa: ANN401
        """Read and check the body against the handler's annotation of `data`."""
        require(self.asgi_connection.headers.get("content-type", ""), JSON_TYPES)
        field = self.asgi_connection.route_handler.parsed_data_field
        return checked(field.raw, read_json(value))

    @classmethod
    def create_for_field_definition(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,
        backend_cls: Any = None,  # noqa: ANN401
    ) -> None:
        """Nothing to generate: the Structs themselves are read."""

    @classmethod
    def create_openapi_schema(
        cls,
        field_definition: FieldDefinition,
        handler_id: str,  # noqa: ARG003
        schema_creator: Any,  # noqa: ANN401  # a private type of the framework
    ) -> Reference | Schema:
        """Describe the Struct as it is."""
        schema: Reference | Schema = schema_creator.for_field_definition(field_definition)
        return schema

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Iterator[DTOFieldDefinition]:  # type: ignore[override]
        """Nothing to generate."""
        del model_type
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """Nothing to generate."""
        del field_definition
        return False


class Sheet(Body[str]):
    """Lets a handler's `data` be the text of a CSV."""

    def decode_bytes(self, value: bytes) -> str:
        """Read the text; a byte order mark is fine."""
        require(self.asgi_connection.headers.get("content-type", ""), (CSV,))
        try:
            text = value.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UnreadableError(f"The body is not UTF-8: byte {error.start} can't be read.") from None
        lines = [number for number, line in enumerate(text.split("\n"), start=1) if "\0" in line]
        if lines:
            problems = [Problem("This line holds a character that can't be kept.", line=number) for number in lines]
            raise InvalidError("The file holds NUL characters.", problems[:FAULTS_MOST])
        return text


def require(content_type: str, allowed: tuple[str, ...]) -> None:
    """Refuse a body of another type or in another encoding than UTF-8."""
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charset = next((part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")), "utf-8")
    if kind not in allowed or charset not in ("utf-8", "utf8", "us-ascii"):
        raise MediaTypeError(f"Send {allowed[0]} in UTF-8.")


def pointer(*parts: object) -> str:
    """Write a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _faults(kind: Any, data: Any, place: str) -> Iterator[Problem]:  # noqa: ANN401
    """Go down as far as type and data agree on the container; let msgspec judge what is left."""
    found = list(_inner(kind, data, place))
    if not found:
        try:
            msgspec.convert(data, kind)
        except msgspec.ValidationError as error:
            found.append(Problem(plainly(str(error)), _choices(kind, data), pointer=place))
    yield from found


def _choices(kind: Any, data: Any) -> str:  # noqa: ANN401
    kind = _present(kind, data)
    return f"Known are {', '.join(map(str, get_args(kind)))}." if get_origin(kind) is Literal else ""


def _inner(kind: Any, data: Any, place: str) -> Iterator[Problem]:  # noqa: ANN401
    kind = _present(kind, data)
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(data, dict) and isinstance(kind, type) and issubclass(kind, Struct):
        yield from _fields(kind, data, place)
    elif isinstance(data, dict) and origin is dict:
        for key, value in data.items():
            yield from _faults(arguments[0], key, place + pointer(key))
            yield from _faults(arguments[1], value, place + pointer(key))
    elif isinstance(data, list) and origin in (list, tuple):
        for index, value in enumerate(data):
            yield from _faults(arguments[0], value, place + pointer(index))


def _fields(kind: type[Struct], data: Mapping[str, Any], place: str) -> Iterator[Problem]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    known = ", ".join(fields)
    for name in (name for name in data if name not in fields):
        yield Problem("There is no such field.", f"Known are {known}.", pointer=place + pointer(name))
    for name, field in fields.items():
        if name in data:
            yield from _faults(field.type, data[name], place + pointer(name))
        elif field.required:
            yield Problem("This field is missing.", pointer=place + pointer(name))


def _present(kind: Any, data: Any) -> Any:  # noqa: ANN401
    """Take `Annotated` off, and of a union the member that the data can be meant for."""
    if hasattr(kind, "__metadata__"):
        return _present(kind.__origin__, data)
    if get_origin(kind) not in (Union, UnionType):
        return kind
    members = [each for each in get_args(kind) if each not in (NoneType, UnsetType)]
    if len(members) == 1:
        return _present(members[0], data)
    structs = [each for each in members if isinstance(each, type) and issubclass(each, Struct)]
    return structs[0] if structs and isinstance(data, dict) else kind


def _unwritable(data: Any, place: str) -> Iterator[Problem]:  # noqa: ANN401
    """Find text that no database keeps: NUL, and halves of surrogate pairs."""
    if isinstance(data, str):
        if "\0" in data or any("\ud800" <= letter <= "\udfff" for letter in data):
            yield Problem("This text holds a character that can't be kept.", pointer=place)
    elif isinstance(data, dict):
        for key, value in data.items():
            shown = pointer(key.encode(errors="replace").decode().replace("\0", "?"))
            if list(_unwritable(key, "")):
                yield Problem("This name holds a character that can't be kept.", pointer=place + shown)
            yield from _unwritable(value, place + shown)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _unwritable(value, place + pointer(index))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        repeated = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the name {json.dumps(repeated)} stands twice in one object")
    return data


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a number of JSON")


def _finite(text: str) -> float:
    """Read a number with a point or an exponent; 4.0 is the whole number 4, as JSON Schema has it."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text[:20]} is too large")
    return int(number) if number.is_integer() and abs(number) <= EXACT_MOST else number


def _depth(data: Any) -> int:  # noqa: ANN401
    """Count how deep the containers are nested, without recursion."""
    level, deep = [data], 0
    while level := [
        inner
        for outer in level
        if isinstance(outer, dict | list)
        for inner in (outer.values() if isinstance(outer, dict) else outer)
    ]:
        deep += 1
    return deep
