"""Content of the reference page, built from the OpenAPI description."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from assessment.api.openapi.description import JsonObject
from assessment.api.openapi.operations import SCOPES


class ReferenceField(Struct, frozen=True):
    """A parameter or a field of a body."""

    name: str
    kind: str
    needed: bool
    description: str


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
    sends: str
    gives: str
    answers: tuple[ReferenceStatus, ...]


class ReferenceChapter(Struct, frozen=True):
    """The operations of one tag."""

    title: str
    anchor: str
    entries: tuple[ReferenceOperation, ...]


class ReferencePage(Struct, frozen=True):
    introduction: tuple[str, ...]
    scopes: tuple[ReferenceField, ...]
    chapters: tuple[ReferenceChapter, ...]


def build_reference_page(schema: JsonObject) -> ReferencePage:
    """Group the operations by tag, in the order of the routes."""
    entries: dict[str, list[ReferenceOperation]] = {}
    for path, methods in schema["paths"].items():
        for method, found in methods.items():
            entries.setdefault(found["tags"][0], []).append(_build_operation(method, path, found, schema))
    return ReferencePage(
        introduction=tuple(schema["info"]["description"].strip().split("\n\n")),
        scopes=tuple(ReferenceField(name, "", needed=False, description=text) for name, text in SCOPES.items()),
        chapters=tuple(
            ReferenceChapter(tag, tag.lower().replace(" ", "-"), tuple(each)) for tag, each in entries.items()
        ),
    )


def _build_operation(method: str, path: str, found: JsonObject, schema: JsonObject) -> ReferenceOperation:
    content: dict[str, JsonObject] = found.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "")
    body = content.get(kind, {})
    success: JsonObject = next(
        (found["responses"][status] for status in found["responses"] if status.startswith("2")), {}
    )
    given: JsonObject = next(iter(success.get("content", {}).values()), {})
    return ReferenceOperation(
        anchor=found["operationId"].replace("_", "-"),
        method=method.upper(),
        path=path,
        summary=found["summary"],
        description=found.get("description", ""),
        scope=next((scope for each in found.get("security", ()) for scope in each.get("key", ())), ""),
        parameters=tuple(_build_parameter(each, schema) for each in found.get("parameters", ())),
        body=tuple(_list_fields(body.get("schema", {}), schema)),
        body_type=kind,
        sends=_format_example(body),
        gives=_format_example(given),
        answers=tuple(
            ReferenceStatus(status, each["description"]) for status, each in sorted(found["responses"].items())
        ),
    )


def _build_parameter(found: JsonObject, schema: JsonObject) -> ReferenceField:
    return ReferenceField(
        found["name"],
        _name_type(found["schema"], schema),
        needed=found["required"],
        description=found.get("description", ""),
    )


def _list_fields(found: JsonObject, schema: JsonObject) -> Iterator[ReferenceField]:
    """List the fields of an object, or of the objects in an array."""
    found = _resolve_reference(found, schema)
    if found.get("type") == "array":
        found = _resolve_reference(found["items"], schema)
    for name, each in found.get("properties", {}).items():
        needed = name in found.get("required", ())
        yield ReferenceField(name, _name_type(each, schema), needed=needed, description=each.get("description", ""))


def _name_type(found: JsonObject, schema: JsonObject) -> str:
    """Name a type for readers: `text`, `number 0 to 100`, `list of text`."""
    found = _resolve_reference(found, schema)
    for choice in ("oneOf", "anyOf"):
        if choice in found:
            return " or ".join(dict.fromkeys(_name_type(each, schema) for each in found[choice]))
    if "enum" in found:
        return ", ".join(str(each) for each in found["enum"])
    if found.get("type") == "array":
        return f"list of {_name_type(found.get('items', {}), schema)}"
    if found.get("type") == "object" and isinstance(found.get("additionalProperties"), dict):
        return f"object of {_name_type(found['additionalProperties'], schema)}"
    return f"{TYPE_NAMES.get(str(found.get('type')), 'anything')}{_format_range(found)}"


TYPE_NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}


def _format_range(found: JsonObject) -> str:
    least, most = found.get("minimum"), found.get("maximum")
    if least is None:
        return ""
    return f" {least:.10g} to {most:.10g}" if most is not None else f" from {least:.10g}"


def _resolve_reference(found: JsonObject, schema: JsonObject) -> JsonObject:
    while "$ref" in found:
        found = schema["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return found


def _format_example(found: JsonObject) -> str:
    example: Any = found.get("example")
    if example is None or isinstance(example, str):
        return example or ""
    return msgspec.json.format(msgspec.json.encode(example), indent=2).decode()
