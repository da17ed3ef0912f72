"""How far an assessment is, closing it, and what comes out."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from assessment.domain.assessment import AssessmentKey
from assessment.i18n import get_translator
from assessment.services.operations import audit_trail
from assessment.services.reports import report_requests
from assessment.services.results import published_results
from assessment.storage import database, tables
from tests.failing_commits import fail_commit_of_close

CELL = re.compile(r'<span class="value">([^<]+)</span>')


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def load_report(world, assessment):
    with database.read_session(world.engine) as session:
        return report_requests.load_report(session, AssessmentKey(world.home, assessment))


def list_closers(world, assessment):
    """Return who has closed it, as it is recorded."""
    entry = tables.audit_entry
    closed = (entry.c.subject == assessment, entry.c.action == audit_trail.ASSESSMENT_CLOSED)
    with database.read_session(world.engine) as session:
        return list(session.scalars(select(entry.c.actor).where(*closed)))


async def test_progress_is_a_fragment_for_htmx_and_otherwise_a_page(world, running):
    path = f"/console/assessments/{world.open}/progress"

    async with running() as come:
        alice = come("alice")
        part = await alice.get(path, **{"HX-Request": "true"})
        page = await alice.get(path)

    assert part.text.lstrip().startswith('<section class="card"')
    assert 'id="progress"' in part.text
    assert "<html" not in part.text
    assert "<html" in page.text
    assert "HX-Request" in page.headers["vary"]


async def test_close_form_explains_and_requires_confirmation(world, running):
    path = f"/console/assessments/{world.open}/close"

    async with running() as come:
        alice = come("alice")
        asked = await alice.get(path)
        unsure = await alice.post(path)

    assert "Close “Open wave”" in asked.text
    assert "out of 3 invited" in asked.text
    assert unsure.status_code == 422
    assert 'href="#close"' in unsure.text
    assert "Close survey without responses" in asked.text
    assert world.held(world.open).state == "open"


async def test_button_names_the_responses_and_closes_only_with_their_number(world, running):
    answered = world.opened("Answered")
    world.take_in(answered)
    path = f"/console/assessments/{answered}/close"

    async with running() as come:
        alice = come("alice")
        asked = await alice.get(path)
        number = re.search(r"Close survey with (\d+) responses", asked.text)[1]
        changed = await alice.post(path, {"sure": "yes", "number": str(int(number) - 1)})
        state = world.held(answered).state
        closed = await alice.post(path, {"sure": "yes", "number": number})

    assert changed.status_code == 422
    assert "The number of responses has changed." in changed.text
    assert state == "open"
    assert closed.headers["location"] == f"/console/assessments/{answered}/results"


async def test_close_redirects_to_the_results(world, running):
    answered = world.opened("Answered")
    world.take_in(answered)
    path = f"/console/assessments/{answered}"

    async with running() as come:
        alice = come("alice")
        response = await alice.post(f"{path}/close", {"sure": "yes"})
        results = await alice.get(response.headers["location"])
        settings = await alice.get(f"{path}/settings")
        again = await alice.post(f"{path}/close", {"sure": "yes"})

    assert response.headers["location"] == f"{path}/results"
    assert results.status_code == 200
    assert settings.status_code == 409
    assert again.status_code == 409


async def test_close_whose_commit_fails_leaves_the_assessment_open(world, running, monkeypatch):
    path = f"/console/assessments/{world.open}"
    before, form = world.held(world.open), {"sure": "yes", "without_results": "yes"}

    async with running() as come:
        alice = come("alice")
        with monkeypatch.context() as patched:
            fail_commit_of_close(patched)
            failed = await alice.post(f"{path}/close", form)
        after = world.held(world.open)
        repeated = await alice.post(f"{path}/close", form)

    assert (failed.status_code, after) == (500, before)
    assert repeated.headers["location"] == path
    assert list_closers(world, world.open) == ["alice@example.org"]


async def test_results_before_the_close_are_refused(world, running):
    async with running() as come:
        alice = come("alice")

        for page in ("results", "report.pdf"):
            assert (await alice.get(f"/console/assessments/{world.open}/{page}")).status_code == 409


async def test_results_page_has_the_same_figures_as_the_report(world, running):
    report, translator = load_report(world, world.closed), get_translator("en")

    async with running() as come:
        text = unescape((await come("alice").get(f"/console/assessments/{world.closed}/results")).text)

    figures = [report.answer.overall.figure, *(each.figure for each in report.answer.functions)]
    expected = [translator.format_figure(figure) for figure in figures if figure.value is not None]
    assert CELL.findall(text)[: len(expected)] == expected
    for row in report.heatmap.rows:
        for cell in row.cells:
            assert f'<span class="value">{translator.format_figure(cell.figure)}</span>' in text
    for figure in figures:
        assert translator.format_interval(figure.interval) in text
    for message in (report.answer.title, report.perception_gap.title, report.authority.title, report.hand_offs.title):
        assert translator.render_message(message) in text


async def test_results_page_has_the_same_answer_shares_as_the_report(world, running):
    report, translator = load_report(world, world.closed), get_translator("en")
    told = [" · ".join(map(translator.format_percent, item.shares)) for part in report.functions for item in part.all]

    async with running() as come:
        text = unescape((await come("alice").get(f"/console/assessments/{world.closed}/results")).text)

    cells = re.findall(r'<td class="number shares">\s*([^<]*%[^<]*)</td>', text)
    assert [" ".join(cell.split()) for cell in cells] == [each for each in told if each]
    assert cells


async def test_each_advice_shows_its_reasons_and_actions(world, running):
    report, translator = load_report(world, world.closed), get_translator("en")

    async with running() as come:
        text = unescape((await come("alice").get(f"/console/assessments/{world.closed}/results")).text)

    assert len(report.roadmap.actions) > 5
    for action in report.roadmap.actions:
        assert action.title in text
        assert action.owner in text
        for fired in action.fired:
            assert f"<li>{translator.render_message(fired.text)}</li>" in text
        for step in action.steps:
            assert f"<li>{step}</li>" in text


async def test_results_page_and_report_show_the_number_of_careless_responses(world, running):
    report, translator = load_report(world, world.closed), get_translator("en")
    with database.read_session(world.engine) as session:
        left_out = published_results.load_result(session, AssessmentKey(world.home, world.closed)).respondents.careless

    async with running() as come:
        text = unescape((await come("alice").get(f"/console/assessments/{world.closed}/results")).text)

    said = translator.render_message(report.participation.careless)
    assert (f"{left_out} response" if left_out else "No response") in said
    assert said in text


async def test_withheld_figures_show_the_reason(world, running):
    async with running() as come:
        text = (await come("alice").get(f"/console/assessments/{world.closed}/results")).text

    assert "hidden: fewer than 6" in text


async def test_report_is_downloaded_as_a_file(world, running):
    async with running() as come:
        response = await come("alice").get(f"/console/assessments/{world.closed}/report.pdf")

    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith("attachment;")
    assert response.headers["cache-control"] == "no-store"
    assert response.content.startswith(b"%PDF-")


async def test_pages_have_no_inline_styles_or_scripts(world, running):
    async with running() as come:
        text = (await come("alice").get(f"/console/assessments/{world.closed}/results")).text

    assert " style=" not in text
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"\son\w+=", text)
