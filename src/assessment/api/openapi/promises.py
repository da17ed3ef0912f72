"""Promises of the API to its clients, a line each: removing or changing a line breaks them.

`docs/api-promises.txt` lists the promises of the current version. Lines are added freely; one that no longer holds
fails the tests, unless the version of the API changes (docs/api.md, "Versions").
"""

from collections.abc import Iterator

from assessment.api.openapi.schemas import JsonObject

NESTED_KINDS = ("oneOf", "anyOf")


def list_promises(document: JsonObject) -> list[str]:
    """List operations, parameters, statuses, fields with their types, enum values and required fields, sorted."""
    return sorted({*_list_operations(document), *_list_fields(document)})


def _list_operations(document: JsonObject) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            place = f"{method.upper()} {path}"
            yield f"operation {place} {operation['x-scope']}"
            required = [member["name"] for member in operation.get("parameters", ()) if member.get("required")]
            yield f"operation {place} requires {' '.join(sorted(required)) or 'no parameter'}"
            for parameter in operation.get("parameters", ()):
                yield f"parameter {place} {parameter['name']}"
            for status, response in operation["responses"].items():
                if status.startswith("2"):
                    yield from (f"response {place} {status} {kind}" for kind in response.get("content", {"none": {}}))


def _list_fields(document: JsonObject) -> Iterator[str]:
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            yield f"field {name}.{field} {name_type(described)}"
            yield from (f"value {name}.{field} {value}" for value in described.get("enum", ()))
        required = sorted(schema.get("required", ()))
        if schema.get("additionalProperties") is False:  # of a request: one more required field breaks clients
            yield f"request {name} requires {' '.join(required) or 'no field'}"
        else:
            yield from (f"required {name}.{field}" for field in required)


def name_type(schema: JsonObject) -> str:
    """Name a type in one word: `string`, `integer|null`, `[Assessment]`, `{number}`."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for choice in NESTED_KINDS:
        if choice in schema:
            return "|".join(sorted({name_type(member) for member in schema[choice]}))
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return "|".join(sorted(kind))
    if kind == "array":
        return f"[{name_type(schema.get('items', {}))}]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"{{{name_type(schema['additionalProperties'])}}}"
    return str(kind)


def find_broken_promises(document: JsonObject, promises: str) -> list[str]:
    """Return the lines of a list of promises that the description does not keep."""
    current = set(list_promises(document))
    return [line for line in promises.splitlines() if line and line not in current]
