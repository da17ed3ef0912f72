"""The description of the API: committed, complete, current; and its page."""

import re
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import pytest

from assessment.api import routes
from assessment.api.http.request_bodies import validate_data
from assessment.api.openapi import documents
from assessment.api.openapi.operations import Operation
from assessment.services.auth.api_keys import SCOPES
from tests.api.conftest import HOME

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
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


@pytest.mark.parametrize(("path", "method", "found"), OPERATIONS)
def test_every_operation_has_summary_scope_and_responses(path, method, found):
    assert found["summary"]
    assert found["description"]
    assert found["security"][0]["key"][0] in SCOPES
    assert {"401", "403", "406", "422", "429", "500"} <= set(found["responses"])
    assert ("404" in found["responses"]) == ("{" in path)
    assert ("412" in found["responses"]) == (method != "get")
    assert ("304" in found["responses"]) == (method == "get")
    assert all(
        set(answer["content"]) == {"application/problem+json"}
        for status, answer in found["responses"].items()
        if status >= "400"
    )


@pytest.mark.parametrize("handler", routes.ROUTE_HANDLERS, ids=lambda handler: handler.fn.__name__)
def test_every_example_matches_its_schema(handler):
    declared: Operation = handler.opt["operation"]
    types = get_type_hints(handler.fn, include_extras=True)

    if "data" in types:
        assert validate_data(types["data"], declared.request_example)
    if declared.response_example is not None:
        assert msgspec.convert(declared.response_example, get_args(types["return"])[0])


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
    assert "//" not in re.sub(r"https://(survey|hooks)\.example\.org/", "", page.text)
    assert "<script" not in page.text
    assert "style=" not in page.text


async def test_reference_page_lists_all_operations_and_problems(nobody):
    page = (await nobody.get(f"{HOME}/api/docs")).text

    assert all(found["summary"] in page for methods in DESCRIPTION["paths"].values() for found in methods.values())
    assert all(f'id="{kind.slug}"' in page for kind in documents.list_problem_types())
