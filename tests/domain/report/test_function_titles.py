"""Titles of the pages of functions, and findings that rank functions."""

import pytest
from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.report import ReportDetails
from assessment.domain.report.sections.findings import build_functions_finding
from assessment.domain.report.source import build_source
from assessment.i18n import get_translator
from tests import reports
from tests.domain.report.title_steps import CASE, DIMENSIONS, FIRST, build_title, with_cells, with_functions


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("perception_gap", "Leaders and practitioners answered together, so no gap is measured"),
        ("authority", "Authority and support are asked of people, so consensus mode leaves them out"),
        ("outlook", "The outlook on roles is asked of people, so consensus mode leaves it out"),
    ],
)
def test_consensus_title_names_missing_section(part, expected):
    assert build_title(part, reports.score_case("consensus")) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"out_of_scope": True, "score": None, "level": None}, "Customer service is left out: it does not apply here"),
        ({"score": None}, "Customer service: too few answers for a score"),
        (
            {"score": 50, "contested": True, "level": None},
            "Customer service scores 50.0, but the people asked do not agree",
        ),
        (
            {"level": 3, "provisional": True},
            "Customer service stands at level 3 for now: too little of what was asked has been answered",
        ),
    ],
)  # fmt: skip
def test_function_title_explains_missing_level(changes, expected):
    known = reports.score_case(CASE)
    first = replace(known.functions[FIRST], **changes)
    result = replace(known, functions={**known.functions, FIRST: first}, suppressed={})

    made = report.build_report(reports.load_shipped_questionnaire(), result, ReportDetails("Norden"))

    assert get_translator("en").render_message(made.functions[0].title) == expected


@pytest.mark.parametrize(
    ("cells", "half_width", "expected"),
    [
        ((80, 60), 10, "Customer service stands at level 3: strongest in Purpose, weakest in People"),
        ((80, 60), 15, "Customer service stands at level 3; no dimension clearly stands out"),
        ((80, 60), None, "Customer service stands at level 3; no dimension clearly stands out"),
        ((80, 60, 60), 10, "Customer service stands at level 3, strongest in Purpose"),
        ((80, 80, 60), 10, "Customer service stands at level 3, weakest in Workflow"),
        ((60, 56), 1, "Customer service stands at level 3; no dimension clearly stands out"),
    ],
)
def test_function_title_names_only_clearly_different_dimensions(cells, half_width, expected):
    result = with_cells([cells])
    found = result.functions[FIRST]
    dimensions = {name: replace(part, half_width=half_width) for name, part in found.dimensions.items()}
    first = replace(found, level=3, score=60.0, dimensions=dimensions)

    made = report.build_report(
        reports.load_shipped_questionnaire(),
        replace(result, functions={**result.functions, FIRST: first}),
        ReportDetails("Norden"),
    )

    assert get_translator("en").render_message(made.functions[0].title) == expected


@pytest.mark.parametrize(
    ("scores", "half_width", "expected"),
    [
        ((80, 60, 40), 10, "Customer service (80.0) is ahead of all other functions; HR (40.0) is behind them"),
        ((80, 60, 57), 10, "Customer service (80.0) is ahead; among the others, none is clearly behind"),
        ((60, 57, 40), 10, "HR (40.0) is behind; among the others, none is clearly ahead"),
        ((80, 70, 60), 10, "The functions score from 60.0 to 80.0, with no clear first or last"),
        ((80, 60, 40), None, "The functions score from 40.0 to 80.0, with no clear first or last"),
        ((62, 60, 58), 1, "The functions are close together, from 58.0 to 62.0"),
        ((80, 60, None), 10, "Customer service (80.0) is ahead of Marketing (60.0)"),
        ((80, None, None), 10, "Only Customer service has a score: 80.0 of 100"),
        ((None, None, None), 10, "No function has a score"),
    ],
)
def test_functions_finding_ranks_only_clear_differences(scores, half_width, expected):
    result = with_functions(score=scores, half_width=(half_width,) * 3)
    known = build_source(reports.load_shipped_questionnaire(), result, ReportDetails("Norden"))

    assert get_translator("en").render_message(build_functions_finding(known)) == expected


def test_functions_finding_of_method_1_0_ranks_by_points():
    result = replace(with_functions(score=(80, 75, 70), half_width=(None,) * 3), method="1.0")
    known = build_source(reports.load_shipped_questionnaire(), result, ReportDetails("Norden"))

    found = get_translator("en").render_message(build_functions_finding(known))

    assert found == "Customer service (80.0) is ahead of all other functions; HR (70.0) is behind them"


@pytest.mark.parametrize(
    ("agreements", "expected"),
    [
        ((0.2, 0.4), "People agree least on Purpose"),
        ((0.2, 0.2, 0.6), "People agree least on Purpose and People"),
        ((), None),
    ],
)
def test_agreement_title_names_least_agreed_dimensions(agreements, expected):
    result = reports.score_case(CASE)
    function = result.functions[FIRST]
    given = dict(zip(DIMENSIONS, agreements, strict=False))
    dimensions = {name: replace(part, agreement=given.get(name)) for name, part in function.dimensions.items()}
    first = replace(function, contested=True, level=None, dimensions=dimensions)

    made = report.build_report(
        reports.load_shipped_questionnaire(),
        replace(result, functions={**result.functions, FIRST: first}),
        ReportDetails("Norden"),
    )

    spread = made.functions[0].spread
    assert (spread and get_translator("en").render_message(spread.title)) == expected
