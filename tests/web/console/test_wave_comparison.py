"""Two waves side by side on the results page: the figures of the report and of the API."""

import csv
import io
import re

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.i18n import get_translator
from assessment.services.assessments import closing
from assessment.services.people import response_import
from assessment.services.reports import report_requests
from assessment.services.results import wave_comparison
from assessment.storage import database
from tests.web import people
from tests.web.console.conftest import GOLDEN

SECTION = re.compile(r'id="change".*?</details>', re.DOTALL)
ROW = re.compile(r"<tr[^>]*>\s*<th scope=\"row\">([^<]*)</th>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r'<span class="value">([^<]+)</span>')


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def duplicate_respondents(name):
    """Everybody of a golden case twice, so that no role in a function is small."""
    rows = list(csv.DictReader(io.StringIO(GOLDEN.with_name(f"{name}.csv").read_text("utf-8"))))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    for copy in (1, 2):
        writer.writerows(row | {"respondent": f"{row['respondent']}-{copy}"} for row in rows)
    return out.getvalue()


def add_closed_wave(world, case, **values):
    made = world.opened(f"Wave of {case}", **values)
    with database.write_session(world.engine) as session:
        response_import.import_responses(
            session, AssessmentKey(world.home, made), duplicate_respondents(case), people.NOW
        )
    with database.write_session(world.engine) as session:
        closing.close_assessment(session, AssessmentKey(world.home, made), people.NOW)
    return made


async def read_section(running, assessment):
    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{assessment}/results")
    assert page.status_code == 200
    found = SECTION.search(page.text)
    return found[0] if found else ""


async def test_later_wave_shows_changes_and_causes_with_the_figures_of_the_api(world, running):
    first = add_closed_wave(world, "gap-50")
    second = add_closed_wave(world, "contested-60", wave_of=first)
    with database.read_session(world.engine) as session:
        told = wave_comparison.compare_waves(session, AssessmentKey(world.home, second))
        report = report_requests.load_report(session, AssessmentKey(world.home, second))
    translator = get_translator("en")

    shown = await read_section(running, second)

    rows = {name: CELL.findall(cells) for name, cells in ROW.findall(shown)}
    assert rows["The whole"][:2] == [f"{told.overall.before:.1f}", f"{told.overall.after:.1f}"]
    assert len(rows["The whole"]) == 6
    assert told.overall.attribution.refused is None
    for row in report.change.rows:
        parts = [translator.format_figure(part, signed=True) for part in row.parts or ()]
        name = row.name if isinstance(row.name, str) else translator.render_message(row.name)
        assert rows[name or "The whole"][3:] == parts
    assert f"/console/assessments/{first}/results" in shown
    assert "<svg" in shown


async def test_first_wave_shows_no_comparison(world, running):
    assert await read_section(running, world.closed) == ""


async def test_incomparable_wave_shows_the_reason(world, running):
    still = world.opened("Still open")
    later = add_closed_wave(world, "gap-50", wave_of=still)

    shown = await read_section(running, later)

    assert "can’t be compared with the previous wave" in shown
    assert "<table" not in shown
