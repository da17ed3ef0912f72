"""Why figures changed: worked out at the close of the later wave, kept with its release, on each database."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from assessment.services.assessments import closing, reopening
from assessment.services.people import response_import
from assessment.services.reports import report_requests
from assessment.services.reports.rendering import build_job_report
from assessment.services.results import change_attribution, wave_comparison

GOLDEN = Path(__file__).parents[2] / "golden"
YEAR = timedelta(days=365)
LARGE = "gap-50"


def rows(name=LARGE):
    """Everybody twice, so that no role in a function is small."""
    found = list(csv.DictReader(io.StringIO((GOLDEN / f"{name}.csv").read_text("utf-8"))))
    return [row | {"respondent": f"{row['respondent']}-{copy}"} for row in found for copy in (1, 2)]


def written(people):
    out = io.StringIO()
    writer = csv.DictWriter(out, people[0])
    writer.writeheader()
    writer.writerows(people)
    return out.getvalue()


def closed(world, people, now, **fields):
    survey = world.open(**fields)
    with world.writing() as session:
        response_import.import_responses(session, survey.key, written(people), now)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now, without_results=True)
    return survey


def attributed(world, survey):
    with world.reading() as session:
        return wave_comparison.find_wave_pair(session, survey.key).attribution


@pytest.fixture
def first(world, now):
    return closed(world, rows(), now)


def test_attribution_parts_are_stored_and_add_up_to_the_released_change(world, first, now):
    second = closed(world, rows("contested-60"), now + YEAR, wave_of=first.id)

    found = attributed(world, second)

    with world.reading() as session:
        pair = wave_comparison.find_wave_pair(session, second.key)
    told = [part for part in found.values() if part.refused is None]
    overall = pair.later.wave.result.overall.score - pair.earlier.wave.result.overall.score
    assert told
    assert found["overall"].change == pytest.approx(overall)
    assert all(part.answers + part.who + part.instrument == pytest.approx(part.change) for part in told)


def test_attribution_to_people_is_in_whole_points(world, first, now):
    without = [row for row in rows() if row["role"] != "leader"]
    second = closed(world, without, now + YEAR, wave_of=first.id)

    found = attributed(world, second)

    told = [part for part in found.values() if part.refused is None]
    assert any(part.who for part in told)
    assert all(part.who == round(part.who) for part in told)


def test_small_role_in_either_wave_withholds_function_and_overall(world, first, now):
    leaders = [row for row in rows() if row["role"] == "leader" and "hr" in row["functions"]]
    rest = [row for row in rows() if row not in leaders]
    second = closed(world, [*rest, *leaders[:5]], now + YEAR, wave_of=first.id)

    found = attributed(world, second)

    assert found["functions.hr"].refused
    assert found["overall"].refused
    assert found["functions.hr"].answers is None
    assert found["functions.marketing"].refused is None


def test_first_wave_has_no_attribution_and_other_pair_gives_reason(world, first, now):
    second = closed(world, rows("contested-60"), now + YEAR, wave_of=first.id)
    third = closed(world, rows(), now + 2 * YEAR, wave_of=second.id)

    with world.reading() as session:
        found = wave_comparison.find_wave_pair(session, third.key, first.id).attribution

    assert found == change_attribution.NO_ATTRIBUTION
    assert isinstance(attributed(world, third), dict)


def test_attribution_ignores_answers_after_the_earlier_release(world, first, now):
    without = [row for row in rows() if row["role"] != "leader"]
    calm = closed(world, without, now + YEAR, wave_of=first.id)
    with world.writing() as session:
        reopening.reopen_assessment(session, first.key, now)
    more = [row | {"respondent": f"late-{row['respondent']}"} for row in rows("contested-60")]
    with world.writing() as session:
        response_import.import_responses(session, first.key, written(more), now)

    second = closed(world, without, now + YEAR, wave_of=first.id)

    assert attributed(world, second) == attributed(world, calm)


def test_further_release_of_the_earlier_wave_invalidates_attribution(world, first, now):
    second = closed(world, rows(), now + YEAR, wave_of=first.id)
    with world.writing() as session:
        reopening.reopen_assessment(session, first.key, now)
    more = [row | {"respondent": f"late-{row['respondent']}"} for row in rows()]
    with world.writing() as session:
        response_import.import_responses(session, first.key, written(more), now)
    with world.writing() as session:
        assert closing.close_assessment(session, first.key, now).number == 2

    assert attributed(world, second) == change_attribution.NO_ATTRIBUTION


def test_report_shows_attribution_parts(world, first, now):
    second = closed(world, rows("contested-60"), now + YEAR, wave_of=first.id)

    with world.reading() as session:
        asked = report_requests.request_report(session, second.key)

    report = build_job_report(asked.questionnaire, asked.job)
    assert any(row.parts for row in report.change.rows)
