"""The description of the API: committed, complete, current; and its page."""

import copy
import functools
import re
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import pytest

from assessment.api import routes
from assessment.api.http.request_bodies import validate_data
from assessment.api.openapi import documents, promises
from assessment.api.openapi.operations import Operation
from assessment.services.auth.api_keys import SCOPES
from tests.api.conftest import HOME

DOCS = Path(__file__).parents[2] / "docs"
COMMITTED = DOCS / "openapi.json"
PROMISES = DOCS / "api-promises.txt"
DESCRIPTION = routes.get_description()
OPERATIONS = [
    pytest.param(path, method, found, id=found["operationId"])
    for path, methods in DESCRIPTION["paths"].items()
    for method, found in methods.items()
]


def test_committed_openapi_is_current():
    assert msgspec.json.decode(COMMITTED.read_bytes()) == DESCRIPTION, (
        "Look at what changed for those who use it, then: python -m assessment.api > docs/openapi.json"
    )


# A POST only because its file is large: nothing can have changed meanwhile.
STORES_NOTHING = {"fill_word_document", "write_own_slides"}


@pytest.mark.parametrize(("path", "method", "found"), OPERATIONS)
def test_every_operation_has_summary_scope_and_responses(path, method, found):
    assert found["summary"]
    assert found["description"]
    assert found["x-scope"] in SCOPES
    assert found["security"] == [{"key": []}]
    assert {"401", "403", "406", "422", "429", "500"} <= set(found["responses"])
    assert all(parameter["description"] for parameter in found.get("parameters", ()))
    assert ("404" in found["responses"]) == ("{" in path)
    assert ("412" in found["responses"]) == (method != "get" and found["operationId"] not in STORES_NOTHING)
    assert ("304" in found["responses"]) == (method == "get")
    assert all(
        set(resolve_reference(answer)["content"]) == {"application/problem+json"}
        for status, answer in found["responses"].items()
        if status >= "400"
    )


@pytest.mark.parametrize(
    "handler", routes.ROUTE_HANDLERS, ids=lambda handler: handler.operation_id or handler.fn.__name__
)
def test_every_example_matches_its_schema(handler):
    declared: Operation = handler.opt["operation"]
    types = get_type_hints(handler.fn, include_extras=True)

    if "data" in types:
        assert validate_data(types["data"], declared.request_example)
    if declared.response_example is not None and declared.media_type == "application/json":
        assert msgspec.convert(declared.response_example, get_args(types["return"])[0])


def resolve_reference(schema):
    """Return the part of the description that a reference names."""
    if "$ref" not in schema:
        return schema
    return functools.reduce(lambda part, name: part[name], schema["$ref"].split("/")[1:], DESCRIPTION)


def test_every_schema_and_field_is_described():
    undescribed = [
        f"{name}.{field}"
        for name, schema in DESCRIPTION["components"]["schemas"].items()
        for field, described in ({"": schema} | schema.get("properties", {})).items()
        if not described.get("description")
    ]

    assert undescribed == []


def is_nullable(schema):
    kinds = schema.get("type", [])
    return "null" in ([kinds] if isinstance(kinds, str) else kinds) or any(
        is_nullable(one) for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))
    )


def test_every_nullable_field_says_when_it_is_null():
    silent = [
        f"{name}.{field}"
        for name, schema in DESCRIPTION["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if is_nullable(described) and not re.search(r"\bnull\b", described["description"], re.IGNORECASE)
    ]

    assert silent == []


def list_untyped_enums(value, place=""):
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return []
    untyped = [place] if isinstance(value.get("enum"), list) and "type" not in value else []
    return untyped + [found for key, inner in value.items() for found in list_untyped_enums(inner, f"{place}/{key}")]


def test_every_enum_has_a_type():
    assert list_untyped_enums(DESCRIPTION) == []


@pytest.mark.parametrize(("path", "method", "found"), OPERATIONS)
def test_every_operation_has_examples(path, method, found):
    bodies = list(found.get("requestBody", {}).get("content", {}).values())
    for status, answer in found["responses"].items():
        if status.startswith("2"):
            bodies += [body for kind, body in answer.get("content", {}).items() if is_text(kind)]

    assert all(body.get("example") for body in bodies[: 1 + (method != "get")])


def is_text(media_type):
    return media_type.startswith("text/") or media_type == "application/json"


def test_promises_to_clients_are_kept():
    broken = promises.find_broken_promises(DESCRIPTION, PROMISES.read_text("utf-8"))

    assert broken == [], "This breaks clients: see docs/api.md, Versions"


def test_promises_to_clients_are_complete():
    new = set(promises.list_promises(DESCRIPTION)) - set(PROMISES.read_text("utf-8").splitlines())

    assert not new, "Add what is new: python -m assessment.api promises > docs/api-promises.txt"


@pytest.mark.parametrize(
    ("line", "change"),
    [
        ("operation GET /api/v1/benchmarks ", lambda document: document["paths"].pop("/api/v1/benchmarks")),
        (
            "field Organisation.name string",
            lambda document: document["components"]["schemas"]["Organisation"]["properties"].pop("name"),
        ),
        (
            "value Assessment.state draft",
            lambda document: document["components"]["schemas"]["Assessment"]["properties"]["state"]["enum"].remove(
                "draft"
            ),
        ),
        (
            "request NewOrganisation requires ",
            lambda document: document["components"]["schemas"]["NewOrganisation"]["required"].append("size"),
        ),
    ],
)
def test_breaking_change_is_found(line, change):
    document = copy.deepcopy(DESCRIPTION)
    change(document)

    broken = promises.find_broken_promises(document, PROMISES.read_text("utf-8"))

    assert any(each.startswith(line) for each in broken)


def test_tags_are_defined_and_optional_fields_have_no_default():
    """Rules of `oas` of spectral, and what generators of clients take for a required field."""
    used = {tag for methods in DESCRIPTION["paths"].values() for found in methods.values() for tag in found["tags"]}
    defaults = [
        f"{name}.{field}"
        for name, schema in DESCRIPTION["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if "default" in described and schema.get("additionalProperties") is False
    ]

    assert [tag["name"] for tag in DESCRIPTION["tags"]] == list(
        dict.fromkeys(tag["name"] for tag in DESCRIPTION["tags"])
    )
    assert {tag["name"] for tag in DESCRIPTION["tags"]} == used
    assert DESCRIPTION["info"]["contact"]["name"]
    assert defaults == []


def test_request_schemas_forbid_unknown_fields():
    schemas = DESCRIPTION["components"]["schemas"]

    for name in ("NewOrganisation", "NewAssessment", "AssessmentChange", "NewInvitation", "InvitationChange"):
        assert schemas[name]["additionalProperties"] is False


async def test_openapi_is_public_and_has_etag(nobody):
    first = await nobody.get("/openapi.json")

    again = await nobody.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})

    assert first.json() == DESCRIPTION
    assert again.status_code == 304


async def test_reference_page_loads_no_external_resources(nobody):
    page = await nobody.get(f"{HOME}/api/docs", headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert not re.search(r"""(src|href)="(https?:)?//|url\(|@import""", page.text)
    assert "<script" not in page.text
    assert "style=" not in page.text


async def test_reference_page_lists_all_operations_and_problems(nobody):
    page = (await nobody.get(f"{HOME}/api/docs")).text

    assert all(found["summary"] in page for methods in DESCRIPTION["paths"].values() for found in methods.values())
    assert all(f'id="{kind.slug}"' in page for kind in documents.list_problem_types())


def test_configuration_of_the_python_generator_names_every_type_of_file():
    """The generator leaves out, with a warning, a response that is neither JSON nor named there."""
    configuration = (DOCS / "openapi-python-client.yml").read_text("utf-8")
    media_types = {
        kind
        for methods in DESCRIPTION["paths"].values()
        for found in methods.values()
        for answer in found["responses"].values()
        for kind in resolve_reference(answer).get("content", {})
    }

    unnamed = {kind for kind in media_types if "json" not in kind and f"\n  {kind}: " not in configuration}

    assert unnamed == set()


async def test_every_anchor_of_the_reference_page_is_unique(nobody):
    html = (await nobody.get(f"{HOME}/api/docs")).text

    anchors = re.findall(r'\bid="([^"]+)"', html)
    assert sorted({anchor for anchor in anchors if anchors.count(anchor) > 1}) == []
    assert {"open-assessment", "operation-open-assessment", "locked"} <= set(anchors)


async def test_reference_page_has_a_tag(nobody):
    first = await nobody.get(f"{HOME}/api/docs", headers={"Accept-Language": "de"})
    tag = first.headers["etag"]

    again = await nobody.get(f"{HOME}/api/docs", headers={"If-None-Match": tag})
    head = await nobody.head(f"{HOME}/api/docs", headers={"Accept-Encoding": "gzip"})

    assert first.headers["content-type"] == "text/html; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
