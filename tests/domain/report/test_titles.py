"""Each page's title is a sentence that the figures make: singular, plural, ties, nothing, hidden, contested, waves."""

import pytest
from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.advice_outcomes import Lift
from assessment.domain.report import ReportDetails
from assessment.domain.result import GapDimension
from assessment.i18n import get_translator
from tests import reports
from tests.domain.report.title_steps import CASE, DIMENSIONS, FIRST, SECOND, build_title, with_cells, with_functions


@pytest.mark.parametrize(
    ("overall", "levels", "expected"),
    [
        (
            {"level": 4, "band": 4},
            (4, 4, 4),
            "Norden stands at level 4 of 5, with 42.6 points: Marketing and HR keep it from going further",
        ),
        ({"level": 2, "band": 3}, (3, 3, 1), "Norden stands at level 2 of 5, with 42.6 points: HR holds it back"),
        (
            {"level": 2, "band": 3},
            (1, 3, 1),
            "Norden stands at level 2 of 5, with 42.6 points: Customer service and HR hold it back",
        ),
        (
            {"level": 3, "band": 3, "provisional": True},
            (3, 3, 3),
            "Provisionally, Norden stands at level 3 of 5, with 42.6 of 100 points",
        ),
        ({"level": None}, (3, 3, 3), "Norden scores 42.6 of 100; a level can’t be given yet"),
        ({"level": None, "score": None}, (3, 3, 3), "Norden: too few answers yet to say where it stands"),
    ],
)
def test_answer_title_depends_on_level_and_limiting_functions(overall, levels, expected):
    base = with_functions(level=levels)

    assert build_title("answer", replace(base, overall=replace(base.overall, **overall))) == expected


@pytest.mark.parametrize(
    ("contested", "expected"),
    [
        ((True, False, False), "no level yet: answers diverge in Customer service"),
        ((True, False, True), "no level yet: answers diverge in Customer service and HR"),
    ],
)
def test_answer_title_without_level_names_contested_functions(contested, expected):
    base = with_functions(contested=contested)

    assert build_title("answer", replace(base, overall=replace(base.overall, level=None))).endswith(expected)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((70, 60, 50), "HR is furthest from its target: 25.0 points to go"),
        ((50, 60, 50), "Customer service, Marketing and HR are below their targets, by up to 25.0 points"),
        ((70, 68, 80), "Customer service and Marketing are below their targets, by up to 7.0 points"),
        ((50, 50, 50), "Customer service, Marketing and HR are equally far from target: 25.0 points to go"),
        ((None, 60, None), "Marketing has 15.0 points to go to its target"),
        ((80, 75, 90), "All 3 functions have reached their targets"),
        ((80, 75, None), "Both functions have reached their targets"),
        ((80, None, None), "The function with a score has reached its target"),
        ((None, None, None), "How far the functions are from their targets is not known yet"),
    ],
)
def test_targets_title_depends_on_distances(scores, expected):
    assert build_title("targets", with_functions(score=scores)) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (((80, 40), (30, 60)), "Scores run from 30.0 (Purpose in Marketing) to 80.0 (Purpose in Customer service)"),
        (((80, 80), (30,)),
         "Scores run from 30.0 (Purpose in Marketing) to 80.0 (Purpose and People in Customer service)"),
        (((80, 30), (), (None, 80)),
         "Scores run from 30.0 (People in Customer service) to 80.0 (Purpose in Customer service and People in HR)"),
        (((80, 80, 80, 80), (30,)), "Scores run from 30.0 (Purpose in Marketing) to 80.0 (4 cells)"),
        (((80, 40, 60),), "Scores run from 40.0 (People in Customer service) to 80.0 (Purpose in Customer service)"),
        (((50, 50), (50,)), "Practice is the same wherever it is known: 50.0 of 100"),
        (((50,),), "Only one dimension of one function has a score (Customer service, Purpose): 50.0 of 100"),
        ((), "No dimension has a score yet"),
    ],
)  # fmt: skip
def test_heatmap_title_names_highest_and_lowest_cells(cells, expected):
    assert build_title("heatmap", with_cells(cells)) == expected


@pytest.mark.parametrize(
    ("pinned", "expected"),
    [
        ((), "No rule calls for action at present"),
        ((False,), "One action is advised: “{first}”"),
        ((False, False), "2 actions are advised: start with “{first}”"),
        ((True,), "The one action is urgent: “{first}”"),
        ((True, True), "All 2 actions are urgent: start with “{first}”"),
        ((True, False), "1 of 2 actions is urgent: “{first}”"),
        ((True, True, False), "2 of 3 actions are urgent: start with “{first}”"),
    ],
)
def test_roadmap_title_counts_urgent_actions(pinned, expected):
    result = reports.score_case(CASE)
    advice = tuple(replace(one, pinned=first) for one, first in zip(result.advice, pinned, strict=False))
    first = reports.load_shipped_questionnaire().text("en").rules[result.advice[0].id].title

    assert build_title("roadmap", replace(result, advice=advice)) == expected.format(first=first)


def lift(function, advice, binding=(), level=2, target=4, ties=0):
    effort, reached = (None, None) if advice is None else (2.0, 4)
    return Lift(function, level, target, binding, advice, effort, ties, reached, 61.0)


RULES = tuple(advice.id for advice in reports.score_case(CASE).advice)


@pytest.mark.parametrize(
    ("lifts", "expected"),
    [
        ((), "What would lift the level can’t be said while no level is given"),
        ((lift(None, RULES[:1]),), "One action would lift the whole from level 2 to level 4"),
        ((lift(None, RULES[:3]),), "3 actions would lift the whole from level 2 to level 4"),
        ((lift(None, (), level=4),), "The whole stands at its target level 4; the score has 32.4 points to go to 75"),
        (
            (lift(None, None, (FIRST,)),),
            "Customer service holds the whole at level 2, and the advice alone doesn’t reach level 4",
        ),
        (
            (lift(None, None, (FIRST, SECOND)),),
            "Customer service and Marketing hold the whole at level 2, and the advice alone doesn’t reach level 4",
        ),
        ((lift(None, None),), "The advice alone doesn’t lift the whole from level 2 to level 4"),
        ((lift(FIRST, (), level=4),), "Customer service stands at its target level"),
        ((lift(FIRST, (), level=4), lift(SECOND, (), level=5)),
         "Customer service and Marketing stand at their target levels, with points to go to their target scores"),
        ((lift(FIRST, RULES[:2]), lift(SECOND, (), level=4)),
         "Only Customer service is below its target level, and the advice would lift it there"),
        ((lift(FIRST, None),),
         "Only Customer service is below its target level, and the advice alone doesn’t lift it there"),
        ((lift(FIRST, None), lift(SECOND, RULES[:1])),
         "2 functions are below their target levels; the advice would lift 1 of them"),
        ((lift(FIRST, None), lift(SECOND, None)),
         "2 functions are below their target levels; the advice alone would lift none of them"),
        ((lift(FIRST, RULES[:1]), lift(SECOND, RULES[:1])),
         "2 functions are below their target levels; the advice would lift them all"),
    ],
)  # fmt: skip
def test_target_paths_title_depends_on_reachable_levels(lifts, expected):
    assert build_title("target_paths", replace(reports.score_case(CASE), lifts=lifts)) == expected


def test_target_path_mentions_ties_and_unreachable_level():
    result = replace(
        reports.score_case(CASE), lifts=(lift(FIRST, RULES[:2], ties=1), lift(SECOND, None, (DIMENSIONS[0],)))
    )
    made = report.build_report(reports.load_shipped_questionnaire(), result, ReportDetails("Norden")).target_paths
    translator = get_translator("en")

    assert [translator.render_message(row.description) for row in made.rows] == [
        "Reaches level 4. One other combination needs equal effort.",
        ("All advice together would not reach level 4. Add measures beyond this catalogue, or set an interim target."),
    ]
    assert [translator.render_message(row.binding) for row in made.rows] == [
        "its own score",
        "Purpose, the lowest part",
    ]
    assert "rises to 75 of 100" in translator.render_message(made.notes[0])


@pytest.mark.parametrize(("people", "expected"), [(1, "1 person"), (34, "34 people")])
def test_summary_title_counts_respondents(people, expected):
    result = reports.score_case(CASE)
    counted = replace(result, respondents=replace(result.respondents, counted=people))

    assert build_title("summary", counted) == f"What the answers of {expected} show"


def with_gaps(**given):
    """The worked case with these dimensions in its gap: leaders' mean, practitioners' mean, verdict."""
    result = reports.score_case(CASE)
    index = result.indices.perception_gap
    dimensions = dict.fromkeys(index.dimensions) | {
        name: GapDimension(leader, other, leader - other, None, verdict)
        for name, (leader, other, verdict) in given.items()
    }
    return replace(result, indices=replace(result.indices, perception_gap=replace(index, dimensions=dimensions)))


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ({}, "Too few leaders or practitioners answered to compare their views"),
        ({"people": (50, 50, "none")}, "Where they can be compared, leaders and practitioners see much the same"),
        (dict.fromkeys(DIMENSIONS, (50, 50, "none")), "Leaders and practitioners see much the same"),
        (
            {"people": (50, 50, "none"), "purpose": (60, 50, "open")},
            "Too few answers to tell whether leaders and practitioners see practice alike",
        ),
        ({"people": (80, 50, "untested")}, "Whether leaders and practitioners differ was not tested"),
        (
            {"people": (80, 50, "untested"), "purpose": (50, 50, "none")},
            "In 1 dimension it was not tested whether leaders and practitioners differ",
        ),
        (
            {"people": (70, 50, "indicative")},
            "Leaders may rate practice higher than practitioners do; chance could explain it",
        ),
        (
            {"people": (50, 70, "indicative"), "purpose": (60, 50, "none")},
            "Practitioners may rate practice higher than leaders do; chance could explain it",
        ),
        (
            {"people": (50, 70, "indicative"), "purpose": (70, 50, "indicative")},
            "Leaders and practitioners may differ, in both directions; chance could explain it",
        ),
        ({"people": (75, 40, "strong")}, "Leaders rate People 35 points higher than practitioners do"),
        (
            {"people": (75, 40, "strong"), "purpose": (75, 40, "confirmed")},
            "Leaders rate Purpose and People 35 points higher than practitioners do",
        ),
        ({"people": (40, 75, "strong")}, "Practitioners rate People 35 points higher than leaders do"),
        (
            {"people": (40, 75, "strong"), "purpose": (80, 40, "strong")},
            "Leaders and practitioners differ on 2 dimensions, in both directions, most on Purpose: 40 points",
        ),
    ],
)
def test_gap_title_depends_on_verdicts(gaps, expected):
    assert build_title("perception_gap", with_gaps(**gaps)) == expected


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        (
            {"people": (50, 50, "none")},
            "Where they can be compared, leaders and practitioners see practice alike on average",
        ),
        (dict.fromkeys(DIMENSIONS, (50, 50, "none")), "On average, leaders and practitioners see practice alike"),
        (
            {"people": (70, 50, "indicative")},
            "Leaders may see practice more positively than practitioners do; no gap is confirmed",
        ),
        (
            {"people": (50, 70, "indicative"), "purpose": (70, 50, "indicative")},
            "Leaders and practitioners may differ, in both directions; no gap is confirmed",
        ),
    ],
)
def test_gap_title_of_method_1_0_keeps_its_wording(gaps, expected):
    assert build_title("perception_gap", replace(with_gaps(**gaps), method="1.0")) == expected


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({}, "Authority is 60, support 50; the risk of being set up to fail is moderate"),
        ({"class_": "low"}, "Authority is 60, support 50; the risk of being set up to fail is low"),
        ({"class_": "high"}, "Authority exceeds support by 10 points; the risk of being set up to fail is high"),
        (
            {"authority": 30, "support": 70, "difference": -40, "class_": "low", "over_controlled": True},
            "Support exceeds authority by 40 points: people are held back from deciding",
        ),
        (
            dict.fromkeys(("score", "class_", "authority", "support", "difference")),
            "Authority and support can’t be compared yet",
        ),
    ],
)
def test_authority_title_depends_on_risk_and_difference(figures, expected):
    result = reports.score_case(CASE)
    plain = {"score": 30, "class_": "moderate", "authority": 60, "support": 50, "difference": 10}
    risk = replace(
        result.indices.set_up_to_fail, **{**plain, "over_controlled": False, "red_flags_band": "none", **figures}
    )

    assert build_title("authority", replace(result, indices=replace(result.indices, set_up_to_fail=risk))) == expected


def test_answer_title_names_dimension_that_scores_lowest_in_all_functions():
    """Too close to be called weakest, but the lowest everywhere; a tie in one function names none."""
    lowest = [40.0 if name == "purpose" else 44.0 for name in DIMENSIONS]
    tied = [44.0 for _ in DIMENSIONS]

    title = build_title("answer", with_cells((lowest, lowest, lowest)))

    assert title.endswith("; Purpose scores lowest in all 3 functions")
    assert "Purpose" not in build_title("answer", with_cells((lowest, lowest, tied)))
