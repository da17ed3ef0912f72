"""Titles of what changed since the last wave."""

import pytest

from assessment.domain import report
from assessment.domain.comparison.waves import Break, FigureChange, Projection, WaveComparison
from assessment.domain.report import EarlierWave, ReportDetails
from assessment.i18n import get_translator
from tests import reports
from tests.domain.report.title_steps import CASE, build_title


def earlier(change=None, *, broken=False, projection=None):
    changes = {} if change is None else {"overall": change}
    breaks = (Break(0.4, 0.7),) if broken else ()
    return EarlierWave(WaveComparison(breaks, changes, {}, projection), date="2025-11-02")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (earlier(FigureChange(40, 52.5, 12.5, 4, changed=True)),
         "Norden has risen by 12.5 points since the last wave, from 40.0 to 52.5"),
        (earlier(FigureChange(52.5, 40, -12.5, 4, changed=True)),
         "Norden has fallen by 12.5 points since the last wave, from 52.5 to 40.0"),
        (earlier(FigureChange(50, 52, 2, 4, changed=False)),
         "No change beyond chance since the last wave: 50.0 then, 52.0 now"),
        (earlier(FigureChange(50, 52, 2, None, changed=None)),
         "50.0 in the last wave, 52.0 now; whether that is more than chance can’t be said"),
        (earlier(broken=True), "The instrument has changed too much to compare Norden with the last wave"),
        (earlier(), "Norden as a whole can’t be compared with the last wave"),
    ],
)  # fmt: skip
def test_change_title_depends_on_direction_and_significance(before, expected):
    assert build_title("change", reports.score_case(CASE), before) == expected


def test_change_title_names_what_moved_and_what_did_not():
    first, second, third = (name for name, _ in list_functions())
    changes = {
        "overall": FigureChange(40, 52.5, 12.5, 4, changed=True),
        f"functions.{first}": FigureChange(40, 70, 30, 4, changed=True),
        f"functions.{second}": FigureChange(40, 42, 2, 4, changed=False),
        f"functions.{third}": FigureChange(40, 42, 2, 4, changed=False),
        "embedding": FigureChange(40, 60, 20, 4, changed=True),
    }
    before = EarlierWave(WaveComparison((), changes, {}, None), date="2025-11-02")

    title = build_title("change", reports.score_case(CASE), before)

    assert title == (
        "Norden has risen by 12.5 points since the last wave, from 40.0 to 52.5; up: Customer service; "
        "within chance: Marketing and HR"
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (FigureChange(60, 40, -20, 4, changed=True), "down: Customer service"),
        (FigureChange(60, 40, -20, None, changed=None), "not tested: Customer service"),
    ],
)
def test_change_title_names_a_function_where_the_whole_is_not_compared(change, expected):
    first = next(name for name, _ in list_functions())
    before = EarlierWave(WaveComparison((), {f"functions.{first}": change}, {}, None), date="2025-11-02")

    title = build_title("change", reports.score_case(CASE), before)

    assert title == f"Norden as a whole can’t be compared with the last wave; {expected}"


def list_functions():
    return reports.score_case(CASE).functions.items()


def test_first_wave_has_no_change_section():
    assert reports.build_case_report(CASE).change is None


def test_significant_change_is_on_the_answer_page():
    before = earlier(FigureChange(20, 42.6, 22.6, 4, changed=True))
    made = report.build_report(
        reports.load_shipped_questionnaire(), reports.score_case(CASE), ReportDetails("Norden"), earlier=before
    )

    assert made.answer.change.id == "change.up"


@pytest.mark.parametrize(
    ("projection", "expected"),
    [
        (Projection(1.0, 8.0, (2.0, 14.0), 5.0, reached=False, years=2.5), "it reaches 75 in 2.5 years"),
        (Projection(1.0, 1.0, (-3.0, 5.0), 5.0, reached=False, years=None), "Reaching 75 in time takes 5.0 points"),
        (Projection(1.0, 1.0, None, 0.0, reached=True, years=None), "Embedding has reached 75"),
    ],
)
def test_projection_is_called_a_scenario(projection, expected):
    before = earlier(FigureChange(50, 52, 2, 4, changed=False), projection=projection)
    made = report.build_report(
        reports.load_shipped_questionnaire(), reports.score_case(CASE), ReportDetails("Norden"), earlier=before
    ).change

    texts = get_translator("en").render_messages(made.projection)
    assert expected in texts[0]
    assert texts[-1] == "A scenario, not a forecast."
