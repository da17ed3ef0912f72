"""The description of the API: committed, complete, current; and its page."""

from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import pytest

from assessment.api import documents, routes
from assessment.api.bodies import checked
from assessment.api.operations import Operation
from assessment.services.keys import SCOPES
from tests.api.conftest import HOME

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"
DESCRIPTION = routes.description()
OPERATIONS = [
    pytest.param(path, method, found, id=found["operationId"])
    for path, methods in DESCRIPTION["paths"].items()
    for method, found in methods.items()
]


def test_the_committed_description_is_current():
    assert msgspec.json.decode(COMMITTED.read_bytes()) == DESCRIPTION, (
        "Look at what changed for those who use it, then: python -m assessment.api > docs/openapi.json"
    )


@pytest.mark.parametrize(("path", "method", "found"), OPERATIONS)
def test_every_operation_says_what_it_is_needs_and_may_answer(path, method, found):
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


@pytest.mark.parametrize("handler", routes.NOUNS, ids=lambda handler: handler.fn.__name__)
def test_every_example_is_one(handler):
    declared: Operation = handler.opt["operation"]
    types = get_type_hints(handler.fn, include_extras=True)

    if "data" in types:
        assert checked(types["data"], declared.sends)
    if declared.gives is not None:
        assert msgspec.convert(declared.gives, get_args(types["return"])[0])


def test_what_comes_in_is_described_as_strict():
    schemas = DESCRIPTION["components"]["schemas"]

    for name in ("NewOrganisation", "NewAssessment", "AssessmentChange", "NewInvitation", "InvitationChange"):
        assert schemas[name]["additionalProperties"] is False


async def test_it_is_served_to_everybody_with_a_tag(nobody):
    first = await nobody.get("/openapi.json")

    again = await nobody.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})

    assert first.json() == DESCRIPTION
    assert again.status_code == 304


async def test_the_page_loads_nothing_from_elsewhere(nobody):
    page = await nobody.get(f"{HOME}/api/docs", headers={"Accept": "text/html"})

    assert page.status_code == 200
    assert "//" not in page.text.replace("https://survey.example.org/s/", "")
    assert "<script" not in page.text
    assert "style=" not in page.text


async def test_the_page_tells_every_operation_and_every_kind_of_problem(nobody):
    page = (await nobody.get(f"{HOME}/api/docs")).text

    assert all(found["summary"] in page for methods in DESCRIPTION["paths"].values() for found in methods.values())
    assert all(f'id="{kind.slug}"' in page for kind in documents.kinds())
