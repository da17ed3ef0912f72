"""Content of the reference page, built from the OpenAPI description."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from assessment.api.operations import SCOPES
from assessment.api.reference import Json


class Field(Struct, frozen=True):
    """A parameter or a field of a body."""

    name: str
    kind: str
    needed: bool
    description: str


class Answer(Struct, frozen=True):
    """A status that an operation can respond with."""

    status: str
    description: str


class Entry(Struct, frozen=True):
    anchor: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_type: str
    sends: str
    gives: str
    answers: tuple[Answer, ...]


class Chapter(Struct, frozen=True):
    """The operations of one tag."""

    title: str
    anchor: str
    entries: tuple[Entry, ...]


class Outline(Struct, frozen=True):
    introduction: tuple[str, ...]
    scopes: tuple[Field, ...]
    chapters: tuple[Chapter, ...]


def outline(schema: Json) -> Outline:
    """Group the operations by tag, in the order of the routes."""
    entries: dict[str, list[Entry]] = {}
    for path, methods in schema["paths"].items():
        for method, found in methods.items():
            entries.setdefault(found["tags"][0], []).append(_entry(method, path, found, schema))
    return Outline(
        introduction=tuple(schema["info"]["description"].strip().split("\n\n")),
        scopes=tuple(Field(name, "", needed=False, description=text) for name, text in SCOPES.items()),
        chapters=tuple(Chapter(tag, tag.lower().replace(" ", "-"), tuple(each)) for tag, each in entries.items()),
    )


def _entry(method: str, path: str, found: Json, schema: Json) -> Entry:
    content: dict[str, Json] = found.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "")
    body = content.get(kind, {})
    success: Json = next((found["responses"][status] for status in found["responses"] if status.startswith("2")), {})
    given: Json = next(iter(success.get("content", {}).values()), {})
    return Entry(
        anchor=found["operationId"].replace("_", "-"),
        method=method.upper(),
        path=path,
        summary=found["summary"],
        description=found.get("description", ""),
        scope=next((scope for each in found.get("security", ()) for scope in each.get("key", ())), ""),
        parameters=tuple(_parameter(each, schema) for each in found.get("parameters", ())),
        body=tuple(_fields(body.get("schema", {}), schema)),
        body_type=kind,
        sends=_example(body),
        gives=_example(given),
        answers=tuple(Answer(status, each["description"]) for status, each in sorted(found["responses"].items())),
    )


def _parameter(found: Json, schema: Json) -> Field:
    return Field(
        found["name"],
        _kind(found["schema"], schema),
        needed=found["required"],
        description=found.get("description", ""),
    )


def _fields(found: Json, schema: Json) -> Iterator[Field]:
    """List the fields of an object, or of the objects in an array."""
    found = _resolved(found, schema)
    if found.get("type") == "array":
        found = _resolved(found["items"], schema)
    for name, each in found.get("properties", {}).items():
        needed = name in found.get("required", ())
        yield Field(name, _kind(each, schema), needed=needed, description=each.get("description", ""))


def _kind(found: Json, schema: Json) -> str:
    """Name a type for readers: `text`, `number 0 to 100`, `list of text`."""
    found = _resolved(found, schema)
    for choice in ("oneOf", "anyOf"):
        if choice in found:
            return " or ".join(dict.fromkeys(_kind(each, schema) for each in found[choice]))
    if "enum" in found:
        return ", ".join(str(each) for each in found["enum"])
    if found.get("type") == "array":
        return f"list of {_kind(found.get('items', {}), schema)}"
    if found.get("type") == "object" and isinstance(found.get("additionalProperties"), dict):
        return f"object of {_kind(found['additionalProperties'], schema)}"
    return f"{WORDS.get(str(found.get('type')), 'anything')}{_range(found)}"


WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}


def _range(found: Json) -> str:
    least, most = found.get("minimum"), found.get("maximum")
    if least is None:
        return ""
    return f" {least:.10g} to {most:.10g}" if most is not None else f" from {least:.10g}"


def _resolved(found: Json, schema: Json) -> Json:
    while "$ref" in found:
        found = schema["components"]["schemas"][found["$ref"].rpartition("/")[2]]
    return found


def _example(found: Json) -> str:
    example: Any = found.get("example")
    if example is None or isinstance(example, str):
        return example or ""
    return msgspec.json.format(msgspec.json.encode(example), indent=2).decode()
