"""Schemas of the OpenAPI description: short names, closed sets inline, request bodies, a text for each field."""

import inspect
import re
from collections.abc import Iterator, Mapping
from enum import EnumType
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from assessment.api.http.problems import ProblemDetails
from assessment.api.openapi import field_descriptions
from assessment.api.resources.wire import RequestStruct
from assessment.domain import closed_sets

JsonObject: TypeAlias = dict[str, Any]

SCHEMA_REFERENCE = "#/components/schemas/{name}"
OMITTED_WHEN_FALSE = {"deprecated", "allowEmptyValue", "allowReserved"}


def drop_false_defaults(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """Drop flags that are false by default, so that the document stays short."""
    if isinstance(value, dict):
        return {
            key: drop_false_defaults(member)
            for key, member in value.items()
            if not (key in OMITTED_WHEN_FALSE and member is False)
        }
    return [drop_false_defaults(member) for member in value] if isinstance(value, list | tuple) else value


def type_tuples(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """Describe a tuple of one type as an array with a fixed length, which generators of clients understand."""
    if isinstance(value, dict):
        typed = {key: type_tuples(member) for key, member in value.items()}
        members = typed.pop("prefixItems", None)
        if members:
            typed |= {"items": members[0], "minItems": len(members), "maxItems": len(members)}
        return typed
    return [type_tuples(member) for member in value] if isinstance(value, list | tuple) else value


def shorten_schema_names(schema: JsonObject) -> JsonObject:
    """Shorten schema names to class names. Raises ValueError if two types would share one."""
    text = msgspec.json.encode(schema).decode()
    names = sorted(schema["components"].get("schemas", {}), key=len, reverse=True)
    if len({_shorten_name(name) for name in names}) < len(names):
        raise ValueError(f"two types would share a name: {', '.join(sorted(map(_shorten_name, names)))}")
    for name in names:
        text = text.replace(f'/{name}"', f'/{_shorten_name(name)}"').replace(f'"{name}":', f'"{_shorten_name(name)}":')
    renamed: JsonObject = msgspec.json.decode(text)
    return renamed


def _shorten_name(name: str) -> str:
    """Shorten one: `Page_assessment.api.resources.organisations.OrganisationOut_` becomes `PageOfOrganisation`."""
    outer, _, inner = name.partition("_")
    short = (inner or outer).strip("_").rpartition(".")[2].removesuffix("Out")
    return f"{outer}Of{short}" if inner else short


def take_enums(schemas: JsonObject, *kept_keys: str) -> JsonObject:
    """Remove the schemas of closed sets, and return those keys of each by its reference."""
    names = [name for name in schemas if isinstance(getattr(closed_sets, name, None), EnumType)]
    taken = {name: schemas.pop(name) for name in names}
    return {SCHEMA_REFERENCE.format(name=name): {key: taken[name][key] for key in kept_keys} for name in names}


def inline_enums(value: Any, enums: JsonObject) -> Any:  # noqa: ANN401  # any JSON
    """Replace references to enums, so that a reader sees the values where they apply; add the type that msgspec omits.

    All enums are of text.
    """
    if isinstance(value, dict):
        inlined = {key: inline_enums(member, enums) for key, member in value.items()}
        inlined = enums[inlined.pop("$ref")] | inlined if inlined.get("$ref") in enums else inlined
        return {"type": "string"} | inlined if isinstance(inlined.get("enum"), list) else inlined
    return [inline_enums(member, enums) for member in value] if isinstance(value, list | tuple) else value


def describe_request_structs(schema: JsonObject) -> None:
    """Generate the schemas of request bodies and of the problem document with msgspec.

    Litestar's own schemas lack bounds and `additionalProperties: false`.
    """
    schemas: JsonObject = schema["components"].setdefault("schemas", {})
    structs = [struct for struct in RequestStruct.__subclasses__() if struct.__name__ in schemas]
    generated = msgspec.json.schema_components([*structs, ProblemDetails], ref_template=SCHEMA_REFERENCE)[1]
    schemas |= drop_false_defaults(inline_enums(generated, take_enums(generated, "enum")))
    for struct in structs:
        for name, text in struct.field_descriptions.items():
            schemas[struct.__name__]["properties"][name]["description"] = text
        for described in schemas[struct.__name__]["properties"].values():
            _move_default(described)
    texts = {struct.__name__.removesuffix("Out"): inspect.getdoc(struct) or "" for struct in _list_structs(Struct)}
    for name, described in schemas.items():
        described["title"] = name
        described.setdefault("description", _describe_type(name, texts))
        for field, schema_of_field in described.get("properties", {}).items():
            _describe_field(schemas, name, field, schema_of_field)
    # By class name, so that moving a type to another module does not reorder the document.
    schema["components"]["schemas"] = dict(sorted(schemas.items()))


def _move_default(described: JsonObject) -> None:
    """Name the default of a field in its description: generators take a field with a default for a required one."""
    if "default" not in described:
        return
    default = described.pop("default")
    if default not in (None, "", [], {}):
        default_text = default if isinstance(default, str) else msgspec.json.encode(default).decode()
        described["description"] = f"{described.get('description', '')} Otherwise `{default_text}`.".strip()


def _list_structs(struct: type[Struct]) -> Iterator[type[Struct]]:
    for subclass in struct.__subclasses__():
        yield subclass
        yield from _list_structs(subclass)


def _describe_type(name: str, texts: Mapping[str, str]) -> str:
    """Return the docstring of a Struct, in the words of JSON."""
    if name.startswith(field_descriptions.PAGE_PREFIX):
        return texts["Page"]
    return re.sub(r"\bNone\b", "null", " ".join(texts.get(name, "").split("\n\n")[0].split()))


def _describe_field(schemas: JsonObject, name: str, field: str, schema: JsonObject) -> None:
    """Add a description unless the field has one; next to a reference, as OpenAPI 3.1 allows."""
    if schema.get("description"):
        return
    inherited = schemas.get(field_descriptions.INHERITED.get(name, ""), {}).get("properties", {}).get(field, {})
    text = field_descriptions.find_description(name, field) or inherited.get("description", "")
    if text:
        schema["description"] = text
