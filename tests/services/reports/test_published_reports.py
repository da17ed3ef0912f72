"""A published report is compared with the figures of now, not with the digest of their release."""

import pytest
from sqlalchemy import update

from assessment.services.assessments import closing
from assessment.services.people import response_import
from assessment.services.reports import published_reports as publishing
from assessment.services.reports.published_reports import Publication
from assessment.storage import tables
from assessment.storage.results import published_reports, releases
from tests.services.auth.test_removed_users import ANNA, ids  # noqa: F401  # the last is a fixture


@pytest.fixture
def survey(world, request, now):
    golden = (request.config.rootpath / "tests" / "golden" / "risk-36.csv").read_text("utf-8")
    survey = world.open(confidentiality="attributable")
    with world.writing() as session:
        response_import.import_responses(session, survey.key, golden, now)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now)
    return survey


@pytest.mark.parametrize("changes_figures", [False, True])
def test_release_without_names_has_no_new_figures(world, survey, now, ids, changes_figures):  # noqa: F811
    """An upgrade has removed names from the release, so its digest differs from that of the report."""
    with world.writing() as session:
        report_id = publishing.publish_report(session, survey.key, Publication(None, "", now, user_id=ids[ANNA]))
        content = releases.latest(session, survey.key).content
        changed = content.replace(b'"engine":', b'"engine":"x","engine":') if changes_figures else content
        session.execute(update(tables.release).values(digest="another", content=changed))

    with world.reading() as session:
        report = published_reports.find_report(session, survey.key, report_id)
        changes = publishing.find_changes(session, survey.key, report)

    assert changes.has_new_figures == changes_figures


def test_release_of_an_attributable_assessment_has_no_names(world, survey):
    with world.reading() as session:
        release = releases.latest(session, survey.key)

    assert b'"careless_log":null' in release.content
