"""Benchmarks in the console: honest where there is nothing to rank among."""

import pytest
from sqlalchemy import update

from assessment.domain.assessment import AssessmentKey
from assessment.domain.comparison.benchmark_rank import compute_rank
from assessment.domain.report import ReportDetails, build_report
from assessment.i18n import get_translator
from assessment.services.assessments import client_organisations
from assessment.services.reports import published_reports
from assessment.services.reports.published_reports import ChangesSince, Publication
from assessment.storage import database, tables
from assessment.storage.results import published_reports as stored_reports
from assessment.storage.results import releases
from tests import reports
from tests.office.office_files import read_document_text
from tests.web import people


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def read_page(running, name="alice"):
    async with running() as come:
        return await come(name).get("/console/benchmarks")


async def test_page_without_results_shows_the_requirements(running):
    page = await read_page(running)

    assert "at least ten other clients" in page.text


async def test_too_few_organisations_give_no_rank(world, running):
    closed = world.closed

    page = await read_page(running)

    assert f"/console/assessments/{closed}/results" in page.text
    assert "no rank: too few clients share their scores" in page.text


def share_scores(world, count):
    """Let other clients share their scores, lower than any that a case has."""
    for number in range(count):
        with database.write_session(world.engine) as session:
            organisation = client_organisations.create_organisation(
                session, world.home, f"Client {number}", people.NOW
            ).id
        other = world.opened("Theirs", organisation=organisation)
        with database.write_session(world.engine) as session:
            values = {"state": "closed", "closed_on": people.NOW.date(), "in_benchmarks": True}
            session.execute(update(tables.assessment).where(tables.assessment.c.id == other).values(**values))
            content = b'{"overall": {"score": 1}, "functions": {}}'
            releases.add_release(session, AssessmentKey(world.home, other), "digest", content, people.NOW.date())


async def test_ten_sharing_organisations_give_a_quartile(world, running):
    own = world.closed
    share_scores(world, 10)

    page = await read_page(running)

    row = page.text[page.text.index(own) :]
    assert "highest quarter" in row[: row.index("</tr>")]


async def test_other_workspace_sees_no_benchmarks(world, running):
    closed = world.closed

    page = await read_page(running, "charlie")

    assert page.status_code == 200
    assert closed not in page.text


async def test_rank_is_in_report_and_on_a_results_page_viewed_before(world, running):
    path = f"/console/assessments/{world.closed}"
    sentence = "Among 10 other clients that share their scores, the whole is in the highest quarter."
    async with running() as come:
        visitor = come("alice")
        before = await visitor.get(f"{path}/results")
        share_scores(world, 10)

        after = await visitor.get(f"{path}/results")
        document = await visitor.get(f"{path}/report.docx")

    assert "other clients that share" not in before.text
    assert sentence in after.text
    assert sentence in read_document_text(document.content)


async def test_nine_sharing_organisations_give_no_rank_in_the_report(world, running):
    share_scores(world, 9)
    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{world.closed}/results")

    assert page.status_code == 200
    assert "other clients that share" not in page.text


def test_changed_rank_is_a_change_since_publication(world):
    key = AssessmentKey(world.home, world.closed)
    new = Publication(None, "", people.NOW, user_id=world.ids["alice"])
    with database.write_session(world.engine) as session:
        report_id = published_reports.publish_report(session, key, new)
    share_scores(world, 10)

    with database.read_session(world.engine) as session:
        changes = published_reports.find_changes(session, key, stored_reports.find_report(session, key, report_id))

    assert changes == ChangesSince(has_new_rank=True)


@pytest.mark.parametrize("count", [40, 120])
def test_rank_is_as_fine_as_the_number_of_others_allows(count):
    rank = compute_rank(90.0, [10.0] * count, reports.load_shipped_questionnaire().benchmark, 0.95)
    made = build_report(
        reports.load_shipped_questionnaire(), reports.score_case("plain-24"), ReportDetails("Norden", rank=rank)
    )

    notes = get_translator("en").render_messages(made.answer.notes)

    low, high = (round(end) for end in rank.interval)
    assert (
        f"Among {count} other clients that share their scores, the whole ranks 100 of 100 ({low} to {high})." in notes
    )
