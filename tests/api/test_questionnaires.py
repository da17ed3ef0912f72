"""GET /questionnaires and /questionnaires/{id}/{version}."""

from tests.api.checks import pointers, problem
from tests.api.steps import QUESTIONNAIRE


async def test_the_shipped_questionnaire_is_listed(alice):
    found = (await alice.get("/questionnaires")).json()

    assert QUESTIONNAIRE in [each["id"] for each in found["data"]]
    assert found["next_cursor"] is None


async def test_one_is_told_whole_with_its_texts(alice):
    version = (await alice.get("/questionnaires")).json()["data"][0]["version"]

    found = (await alice.get(f"/questionnaires/{QUESTIONNAIRE}/{version}")).json()

    items = {item["id"]: item for item in found["items"]}
    assert len(items["CS-P1"]["rungs"]) == 5
    assert "awareness" in items["X-Q"]["options"]
    assert len(found["advice"]) == 50
    assert len(found["dimensions"][0]["levels"]) == 5


async def test_what_is_not_there_is_a_404(alice):
    problem(await alice.get(f"/questionnaires/{QUESTIONNAIRE}/99.0.0"), 404)
    problem(await alice.get("/questionnaires/nothing/1.0.0"), 404)


async def test_pages_of_questionnaires_refuse_a_foreign_cursor(alice):
    assert pointers(await alice.get("/questionnaires", params={"cursor": "x"})) == {"cursor"}


async def test_a_key_without_the_scope_is_refused(bob):
    problem(await bob("read:assessments").get("/questionnaires"), 403)
