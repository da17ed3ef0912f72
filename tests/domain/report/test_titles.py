"""Each page's title is a sentence that the figures make: singular, plural, ties, nothing, hidden, contested, waves."""

import pytest
from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.advice_outcomes import Lift
from assessment.domain.comparison.waves import Break, FigureChange, Projection, WaveComparison
from assessment.domain.report import EarlierWave, ReportDetails
from assessment.domain.report.sections.findings import build_functions_finding
from assessment.domain.report.source import build_source
from assessment.domain.result import GapDimension
from assessment.i18n import get_translator
from tests import reports

CASE = "gap-50"
FUNCTIONS = tuple(reports.score_case(CASE).functions)
DIMENSIONS = tuple(reports.score_case(CASE).functions[FUNCTIONS[0]].dimensions)
FIRST, SECOND, THIRD = FUNCTIONS


def build_title(part, result, earlier=None):
    """The title of a part of the report of a result."""
    made = report.build_report(reports.load_shipped_questionnaire(), result, ReportDetails("Norden"), earlier=earlier)
    return get_translator("en").render_message(getattr(made, part).title)


def with_functions(**changes):
    """The worked case with one field of its functions changed, in their order; None leaves one as it is."""
    result = reports.score_case(CASE)
    functions = dict(result.functions)
    for field, values in changes.items():
        for name, value in zip(FUNCTIONS, values, strict=True):
            functions[name] = replace(functions[name], **{field: value})
    return replace(result, functions=functions)


def with_overall(**changes):
    result = reports.score_case(CASE)
    return replace(result, overall=replace(result.overall, **changes))


def with_cells(scores):
    """The worked case with these scores of its dimensions, function by function; the rest has none."""
    result = reports.score_case(CASE)
    functions = {}
    for number, (name, function) in enumerate(result.functions.items()):
        given = dict(zip(DIMENSIONS, scores[number] if number < len(scores) else (), strict=False))
        dimensions = {key: replace(part, score=given.get(key)) for key, part in function.dimensions.items()}
        functions[name] = replace(function, dimensions=dimensions)
    return replace(result, functions=functions)


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
        ((True, False, False), "no level yet, because answers diverge in Customer service"),
        ((True, False, True), "no level yet, because answers diverge in Customer service and HR"),
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
        ((None, None, None), "The distance to the targets is not known yet"),
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
    words = get_translator("en")

    assert [words.render_message(row.description) for row in made.rows] == [
        "Reaches level 4. One other combination needs equal effort.",
        ("All advice together would not reach level 4. Add measures beyond this catalogue, or set an interim target."),
    ]
    assert [words.render_message(row.binding) for row in made.rows] == ["its own score", "Purpose, the lowest part"]
    assert "rises to 75 of 100" in words.render_message(made.notes[0])


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
