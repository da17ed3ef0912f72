"""GET /questionnaires and /questionnaires/{id}/{version}."""

from tests.api.api_steps import QUESTIONNAIRE
from tests.api.response_checks import check_problem, list_pointers


async def test_shipped_questionnaire_is_listed(alice):
    found = (await alice.get("/questionnaires")).json()

    assert QUESTIONNAIRE in [each["id"] for each in found["data"]]
    assert found["next_cursor"] is None


async def test_questionnaire_is_returned_with_all_texts(alice):
    version = (await alice.get("/questionnaires")).json()["data"][0]["version"]

    found = (await alice.get(f"/questionnaires/{QUESTIONNAIRE}/{version}")).json()

    items = {item["id"]: item for item in found["items"]}
    assert len(items["CS-P1"]["rungs"]) == 5
    assert "awareness" in items["X-Q"]["options"]
    assert len(found["advice"]) == 50
    assert len(found["dimensions"][0]["levels"]) == 5


async def test_unknown_questionnaire_returns_404(alice):
    check_problem(await alice.get(f"/questionnaires/{QUESTIONNAIRE}/99.0.0"), 404)
    check_problem(await alice.get("/questionnaires/nothing/1.0.0"), 404)


async def test_invalid_cursor_is_refused(alice):
    assert list_pointers(await alice.get("/questionnaires", params={"cursor": "x"})) == {"cursor"}


async def test_key_without_scope_is_refused(bob):
    check_problem(await bob("read:assessments").get("/questionnaires"), 403)
