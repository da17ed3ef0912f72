"""Content of the reference page, built from the OpenAPI description."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar.enums import HttpMethod
from msgspec import Struct

from assessment.api.openapi.operations import SCOPES
from assessment.api.openapi.schemas import JsonObject


class ReferenceField(Struct, frozen=True):
    """A parameter or a field of a body; `type_name` is the schema that its type refers to."""

    name: str
    kind: str
    required: bool
    description: str
    type_name: str = ""


class ReferenceStatus(Struct, frozen=True):
    """A status that an operation can respond with."""

    status: str
    description: str


class ReferenceOperation(Struct, frozen=True):
    anchor: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: tuple[ReferenceField, ...]
    body: tuple[ReferenceField, ...]
    body_type: str
    response: tuple[ReferenceField, ...]
    response_type: str
    sample: str
    request_example: str
    response_example: str
    statuses: tuple[ReferenceStatus, ...]


class ReferenceChapter(Struct, frozen=True):
    """The operations of one tag."""

    title: str
    anchor: str
    entries: tuple[ReferenceOperation, ...]


class ReferenceType(Struct, frozen=True):
    """A schema with its fields."""

    name: str
    description: str
    entries: tuple[ReferenceField, ...]


class ReferencePage(Struct, frozen=True):
    introduction: tuple[str, ...]
    scopes: tuple[ReferenceField, ...]
    chapters: tuple[ReferenceChapter, ...]
    types: tuple[ReferenceType, ...]


def build_reference_page(document: JsonObject) -> ReferencePage:
    """Group the operations by tag, in the order of the routes."""
    entries: dict[str, list[ReferenceOperation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            entries.setdefault(operation["tags"][0], []).append(_build_operation(method, path, operation, document))
    return ReferencePage(
        introduction=tuple(document["info"]["description"].strip().split("\n\n")),
        scopes=tuple(ReferenceField(name, "", required=False, description=text) for name, text in SCOPES.items()),
        chapters=tuple(
            ReferenceChapter(tag, tag.lower().replace(" ", "-"), tuple(operations))
            for tag, operations in entries.items()
        ),
        types=tuple(
            ReferenceType(name, schema.get("description", ""), tuple(_list_fields(schema, document)))
            for name, schema in document["components"]["schemas"].items()
            if schema.get("properties")
        ),
    )


def _build_operation(method: str, path: str, operation: JsonObject, document: JsonObject) -> ReferenceOperation:
    content: dict[str, JsonObject] = operation.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "")
    request_body = content.get(kind, {})
    success: JsonObject = next(
        (operation["responses"][status] for status in operation["responses"] if status.startswith("2")), {}
    )
    response_type = next(iter(success.get("content", {})), "")
    response_body: JsonObject = success.get("content", {}).get(response_type, {})
    return ReferenceOperation(
        anchor="operation-" + operation["operationId"].replace("_", "-"),  # types of problem have names like these
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        scope=operation.get("x-scope", ""),
        parameters=tuple(_build_parameter(parameter, document) for parameter in operation.get("parameters", ())),
        body=tuple(_list_fields(request_body.get("schema", {}), document)),
        body_type=kind,
        response=tuple(_list_fields(response_body.get("schema", {}), document)),
        response_type=response_type,
        sample=_build_sample(method, path, kind, request_body, operation),
        request_example=_format_example(request_body),
        response_example=_format_example(response_body),
        statuses=tuple(
            ReferenceStatus(status, _resolve_reference(response, document)["description"])
            for status, response in sorted(operation["responses"].items())
        ),
    )


def _build_parameter(parameter: JsonObject, document: JsonObject) -> ReferenceField:
    return ReferenceField(
        parameter["name"],
        _name_type(parameter["schema"], document),
        required=parameter["required"],
        description=parameter.get("description", ""),
    )


def _list_fields(schema: JsonObject, document: JsonObject) -> Iterator[ReferenceField]:
    """List the fields of an object, or of the objects in an array."""
    schema = _resolve_reference(schema, document)
    if schema.get("type") == "array":
        schema = _resolve_reference(schema["items"], document)
    for name, field in schema.get("properties", {}).items():
        required = name in schema.get("required", ())
        yield ReferenceField(
            name,
            _name_type(field, document),
            required=required,
            description=field.get("description", ""),
            type_name=_find_type_name(field),
        )


def _name_type(schema: JsonObject, document: JsonObject) -> str:
    """Name a type for readers: `text`, `number 0 to 100`, `list of text`."""
    schema = _resolve_reference(schema, document)
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return " or ".join(dict.fromkeys(_name_type(choice_schema, document) for choice_schema in schema[choice]))
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_name_type(schema.get('items', {}), document)}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_name_type(schema['additionalProperties'], document)}"
    return f"{TYPE_NAMES.get(str(schema.get('type')), 'anything')}{_format_range(schema)}"


TYPE_NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}


def _format_range(schema: JsonObject) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None:
        return ""
    return f" {least:.10g} to {most:.10g}" if most is not None else f" from {least:.10g}"


def _resolve_reference(schema: JsonObject, document: JsonObject) -> JsonObject:
    while "$ref" in schema:
        *_, kind, name = schema["$ref"].split("/")
        schema = document["components"][kind][name]
    return schema


def _find_type_name(schema: JsonObject) -> str:
    """Return the name of the schema that a type refers to, also in a list, a map or next to null; else nothing."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    extra = schema.get("additionalProperties")
    inner = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    inner += [member for member in (schema.get("items"), extra) if isinstance(member, dict)]
    return next((name for name in map(_find_type_name, inner) if name), "")


def _build_sample(method: str, path: str, kind: str, request_body: JsonObject, operation: JsonObject) -> str:
    """Build a command with curl; variables stand for the ids in the path."""
    address = re.sub(r"{(\w+)}", lambda match: f"${match[1].upper()}", path)
    lines = [f'curl "$URL{address}"']
    if operation.get("security"):
        lines.append('--header "Authorization: Bearer $KEY"')
    if kind == "text/csv":
        lines.append('--header "Content-Type: text/csv" --data-binary @responses.csv')
    elif request_body:
        content = msgspec.json.encode(request_body.get("example")).decode().replace("'", "\u2019")
        lines.append(f"--json '{content}'")
    default = HttpMethod.POST if request_body else HttpMethod.GET  # curl posts what it sends
    if method.upper() != default:
        lines.insert(1, f"--request {method.upper()}")
    return " \\\n  ".join(lines)


def _format_example(media_type: JsonObject) -> str:
    example: Any = media_type.get("example")
    if example is None or isinstance(example, str):
        return example or ""
    return msgspec.json.format(msgspec.json.encode(example), indent=2).decode()
