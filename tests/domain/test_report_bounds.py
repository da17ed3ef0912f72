"""Scores made of clipped items only: titles, findings, distances and balance never state them exactly."""

import pytest
from msgspec.structs import replace

from assessment.charts.primitives.marks import ChartLabel
from assessment.charts.targets import draw_target_chart
from assessment.domain import report
from assessment.domain.report import ReportDetails
from assessment.domain.result import ItemResult
from assessment.domain.scoring.indices.balance import compute_balance
from assessment.i18n import get_translator
from tests import reports

WORDS = get_translator("en")
LOW, HIGH = (10.0, "at most"), (90.0, "at least")
CLIPPED, OTHER, THIRD = "customer-service", "marketing", "hr"


def clip_item(item, end):
    return (
        replace(item, score=end[0], bound=end[1]) if isinstance(item, ItemResult) and item.score is not None else item
    )


def clip_function(function, end):
    """A function whose items and rows all lie at one end of the released scale."""
    dimensions = {
        name: replace(part, score=end[0], items={key: clip_item(item, end) for key, item in part.items.items()})
        for name, part in function.dimensions.items()
    }
    rows = {key: clip_item(row, end) for key, row in function.hand_off.rows.items()}
    return replace(
        function, score=end[0], dimensions=dimensions, hand_off=replace(function.hand_off, score=end[0], rows=rows)
    )


def build_report(*names, end=LOW, **changes):
    """The report of a worked case in which the functions `names` are clipped, with more fields changed."""
    result = reports.score_case("gap-50")
    functions = {
        name: replace(clip_function(part, end) if name in names else part, **changes)
        for name, part in result.functions.items()
    }
    rules = reports.load_shipped_questionnaire().indices.balance
    indices = replace(result.indices, balance=compute_balance(functions, rules, consensus=False))
    return report.build_report(
        reports.load_shipped_questionnaire(),
        replace(result, functions=functions, indices=indices),
        ReportDetails("Norden"),
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"contested": True}, "Customer service scores 10 or less, but the people asked do not agree"),
        ({"level": None}, "Customer service scores 10 or less of 100"),
    ],
)
def test_function_title_of_clipped_score_says_or_less(changes, expected):
    made = build_report(CLIPPED, **changes)

    assert WORDS.render_message(made.functions[0].title) == expected


def test_finding_on_functions_names_clipped_score_as_bound():
    made = build_report(CLIPPED, OTHER, half_width=1.0)

    said = [WORDS.render_message(one) for one in (*made.answer.findings, *made.answer.also)]

    assert "HR (21.1) is ahead; among the others, none is clearly behind" in said
    made = build_report(THIRD, half_width=1.0)
    said = [WORDS.render_message(one) for one in (*made.answer.findings, *made.answer.also)]
    assert "Customer service (79.9) is ahead of all other functions; HR (10 or less) is behind them" in said


def test_distance_to_target_from_clipped_score_is_at_least_the_difference():
    made = build_report(CLIPPED, half_width=1.0)

    row = next(row for row in made.targets.functions if row.name == "Customer service")

    assert (
        WORDS.render_message(made.targets.title)
        == "Customer service is furthest from its target: 65 points or more to go"
    )
    assert row.bound == "at least"
    drawn = draw_target_chart((row,), WORDS, 400, "Targets")
    assert "of 75: 65 or more to go" in {mark.text for mark in drawn.marks if isinstance(mark, ChartLabel)}


def test_balance_with_clipped_lowest_is_a_bound():
    said = WORDS.render_message(build_report(THIRD).targets.balance)

    assert "69.9 points or more apart (flagged from 20), the lowest at 12.5% or less of the highest" in said


def test_whole_of_clipped_functions_is_a_bound():
    result = reports.score_case("gap-50")
    functions = {name: clip_function(part, HIGH) for name, part in result.functions.items()}
    whole = replace(result.overall, score=90.0)

    made = report.build_report(
        reports.load_shipped_questionnaire(),
        replace(result, functions=functions, overall=whole),
        ReportDetails("Norden"),
    )

    assert made.answer.overall.figure.bound == "at least"
    assert "90 points or more" in WORDS.render_message(made.answer.title)
