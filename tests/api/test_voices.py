"""GET /assessments/{id}/voices: released comments, without anything about who wrote them."""

import json

from tests.api import api_steps
from tests.api.response_checks import check_problem, check_same_response

SECTIONS = {"customer-service": "customer-service-work", "marketing": "marketing-work", "hr": "hr-work"}
HEAD = "respondent,role,functions,seconds,MK-P1,MK-P1:reason,comment:marketing-work,open:comment"


def make_responses(people: int, **cells: str) -> str:
    """Staff of marketing; the first one writes `cells` (reason, comment, open)."""
    rows = [f"r{number},staff,marketing,,3,,," for number in range(people - 1)]
    own = [cells.get(name, "") for name in ("reason", "comment", "open")]
    value = "na" if cells.get("reason") else "3"
    return "\n".join([HEAD, f"first,staff,marketing,,{value},{','.join(own)}", *rows]) + "\n"


async def close_with(alice, text):
    assessment = await api_steps.create_open_assessment(alice)
    answer = await alice.post(
        f"/assessments/{assessment}/responses", content=text, headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code in (200, 201), answer.text
    await alice.post(f"/assessments/{assessment}/close", json={})
    return assessment


async def test_voices_have_text_and_function_and_nothing_else(alice):
    text = make_responses(10, reason="We outsource it", comment="Short of people", open="Thank you")
    assessment = await close_with(alice, text)

    answer = await alice.get(f"/assessments/{assessment}/voices")

    found = answer.json()
    pools = {pool["function"]: pool for pool in found["data"]}
    assert found["withdrawn"] is False
    assert {comment["text"] for comment in pools["marketing"]["comments"]} == {"We outsource it", "Short of people"}
    assert pools[None]["comments"] == [{"text": "Thank you", "in_report": False}]
    assert all(set(pool) == {"function", "hidden", "comments"} for pool in found["data"])
    assert all(set(each) == {"text", "in_report"} for pool in found["data"] for each in pool["comments"])
    assert "staff" not in json.dumps(found)
    assert "first" not in json.dumps(found)


async def test_voices_of_nine_people_are_hidden_with_the_reason(alice):
    assessment = await close_with(alice, make_responses(9, comment="Short of people"))

    pools = {each["function"]: each for each in (await alice.get(f"/assessments/{assessment}/voices")).json()["data"]}

    assert pools["marketing"] == {"function": "marketing", "hidden": "fewer than 10 people", "comments": []}


async def test_voices_before_the_close_are_refused(alice, charlie):
    assessment = await api_steps.create_open_assessment(alice)

    check_problem(await alice.get(f"/assessments/{assessment}/voices"), 409)
    check_same_response(
        await charlie.get(f"/assessments/{assessment}/voices"), await charlie.get("/assessments/absent/voices")
    )
