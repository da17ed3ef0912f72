"""GET /assessments/{id}/progress, /scores and /report.pdf."""

import hashlib
import io
import json

import pypdf
import pytest

from assessment.library import Library, shipped
from assessment.services import releasing, verifying
from assessment.services.press import Press
from assessment.storage import database
from tests.api import steps
from tests.api.checks import alike, pointers, problem

PAGES_LEAST = 8


async def test_progress_counts_by_role_or_by_function_never_by_both(alice):
    assessment = await steps.opened(alice)
    await steps.invited(alice, assessment, steps.STAFF, {"role": "leader", "functions": ["marketing"]})

    found = (await alice.get(f"/assessments/{assessment}/progress")).json()

    assert found["total"] == {"invited": 2, "started": 0, "sent": 0}
    assert set(found["by_role"]) == {"staff", "leader"}
    assert set(found["by_function"]) == {"hr", "marketing"}


async def test_there_are_no_scores_before_the_close(alice):
    assessment = await steps.opened(alice)

    problem(await alice.get(f"/assessments/{assessment}/scores"), 409)
    problem(await alice.get(f"/assessments/{assessment}/report.pdf"), 409)


async def test_the_scores_are_the_published_bytes(alice, engine):
    assessment = await steps.closed(alice)

    answer = await alice.get(f"/assessments/{assessment}/scores")

    with database.reading(engine) as session:
        workspace = session.connection().exec_driver_sql("SELECT workspace_id FROM release").scalar_one()
        assert answer.content == releasing.release(session, workspace, assessment).content
    found = json.loads(answer.content)
    assert found["questionnaire"]["id"] == steps.QUESTIONNAIRE
    assert found["computed_at"] == "2026-11-02"
    assert found["disclosure"]["needed"] == 6
    assert set(found["functions"]) == {"customer-service", "marketing", "hr"}


async def test_the_report_is_a_pdf_of_the_same_assessment(alice):
    assessment = await steps.closed(alice)

    answer = await alice.get(f"/assessments/{assessment}/report.pdf", params={"audience": "full", "language": "en"})

    assert answer.headers["content-type"] == "application/pdf"
    assert assessment in answer.headers["content-disposition"]
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) >= PAGES_LEAST
    assert "Northwind" in pages[0].extract_text()


async def test_the_report_holds_when_it_is_verified(alice):
    assessment = await steps.closed(alice)

    content = (await alice.get(f"/assessments/{assessment}/report.pdf")).content

    library = Library([shipped()])
    verdict = verifying.verify(content, lambda named: library.get(named.id, named.version))
    scores = (await alice.get(f"/assessments/{assessment}/scores")).content
    assert verdict.findings == ()
    assert verdict.provenance.release == hashlib.sha256(scores).hexdigest()


async def test_nobody_holds_a_connection_while_a_report_is_made(alice, engine, monkeypatch):
    assessment = await steps.closed(alice)
    held = []

    def look(*_: object) -> bytes:
        held.append(engine.pool.checkedout())
        return b"%PDF"

    monkeypatch.setattr(Press, "print", look)
    answer = await alice.get(f"/assessments/{assessment}/report.pdf")

    assert (answer.status_code, held) == (200, [0])


@pytest.mark.parametrize(("kind", "begins"), [("json", b"{"), ("csv", b"\xef\xbb\xbffigure,value"), ("xlsx", b"PK")])
async def test_the_figures_are_exported_as_published(alice, kind, begins):
    assessment = await steps.closed(alice)

    answer = await alice.get(f"/assessments/{assessment}/export", params={"format": kind})

    assert answer.content.startswith(begins)
    assert f"{assessment}.{kind}" in answer.headers["content-disposition"]


async def test_an_export_that_is_not_offered_says_what_is_and_none_comes_before_the_close(alice):
    assessment = await steps.closed(alice)
    opened = await steps.opened(alice)

    answer = await alice.get(f"/assessments/{assessment}/export", params={"format": "ods"})

    assert pointers(answer) == {"format"}
    assert "csv, xlsx" in answer.text or "json, csv" in answer.text
    problem(await alice.get(f"/assessments/{opened}/export"), 409)


async def test_a_report_that_is_not_offered_says_what_is(alice):
    assessment = await steps.closed(alice)

    answer = await alice.get(f"/assessments/{assessment}/report.pdf", params={"audience": "all", "language": "xx"})

    assert pointers(answer) == {"audience", "language"}
    assert "full, board, function:customer-service" in answer.text
    assert "en" in answer.text


@pytest.mark.parametrize(("audience", "pages"), [("board", 2), ("respondents", 1)])
async def test_shorter_editions_are_as_short_as_they_say(alice, audience, pages):
    assessment = await steps.closed(alice)

    answer = await alice.get(f"/assessments/{assessment}/report.pdf", params={"audience": audience})

    assert len(pypdf.PdfReader(io.BytesIO(answer.content)).pages) == pages


async def test_a_pdf_is_not_given_to_who_wants_json(alice):
    assessment = await steps.closed(alice)

    problem(await alice.get(f"/assessments/{assessment}/report.pdf", headers={"Accept": "application/json"}), 406)


@pytest.mark.parametrize(
    ("what", "scope"),
    [
        ("progress", "read:assessments"),
        ("scores", "read:scores"),
        ("export", "read:scores"),
        ("report.pdf", "read:reports"),
    ],
)
async def test_neither_charlie_nor_bob_gets_anything(alice, bob, charlie, what, scope):
    assessment = await steps.closed(alice)

    foreign = await charlie.get(f"/assessments/{assessment}/{what}")

    problem(foreign, 404)
    alike(foreign, await charlie.get(f"/assessments/{'a' * len(assessment)}/{what}"))
    problem(await bob(scope).get(f"/assessments/{assessment}/{what}"), 403)


@pytest.mark.parametrize("what", ["", "/progress", "/scores", "/export", "/report.pdf"])
async def test_who_holds_it_already_is_told_that_nothing_changed(alice, what):
    path = f"/assessments/{await steps.closed(alice)}{what}"
    first = await alice.get(path)

    again = await alice.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    other = await alice.get(path, headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (other.status_code, other.content) == (200, first.content)
