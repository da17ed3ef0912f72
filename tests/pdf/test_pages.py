"""Content of single pages of the PDF."""

from decimal import Decimal
from io import BytesIO

import pytest
from msgspec.structs import replace

from assessment.domain.report import ReportDetails, build_report
from assessment.domain.report.details import ScoreModeration
from assessment.domain.report.figures import ReportFigure
from assessment.i18n import get_translator
from assessment.pdf.accessibility.tagged_canvas import TaggedCanvas
from assessment.pdf.page_blocks import SectionLayout
from assessment.pdf.pages import functions, hand_offs, heatmap, ladder, outlook, roadmap, targets
from assessment.pdf.typesetting.page_filling import FirstFit
from assessment.pdf.typesetting.theme import COLOURS, COLUMN_WIDTH
from tests import reports
from tests.consistency.editions import _texts

WORDS = get_translator("en")


def read_text(blocks):
    """Read blocks; of those that adapt to the room, the longest choice."""
    longest = [block.choices[0]() if isinstance(block, FirstFit) else [block] for block in blocks]
    return " ".join(_texts([block for choice in longest for block in choice]))


def test_tied_lowest_dimensions_are_all_shown():
    report = reports.build_case_report("gap-50")
    part = report.functions[0]
    rows = tuple(
        replace(row, figure=ReportFigure(Decimal(40 if number < 2 else 60)), next_text="Next")
        for number, row in enumerate(part.dimensions)
    )

    shown = read_text(ladder.lay_out_ladder(replace(report, functions=(replace(part, dimensions=rows),)), WORDS))

    assert [row.name in shown for row in rows] == [True, True, *[False] * (len(rows) - 2)]
    assert "owest" not in shown


EMBEDDING = "How far the work is embedded"
MOST_ROOM = "Where each function has the most room"
LAYOUT = SectionLayout(
    has_ladder_with_targets=False, has_embedding_with_hand_offs=False, heatmap_row=44.0, hand_off_row=44.0
)


@pytest.mark.parametrize("case", ["gap-50", "over-controlled-28"])  # two actions about hand-offs, and one
def test_embedding_stands_with_hand_offs_where_few_actions_leave_room(case):
    assert outlook.has_room_with_hand_offs(reports.build_case_report(case))


def test_embedding_stands_with_roles_where_a_remark_takes_the_room():
    report = reports.build_case_report("gap-50")
    report = replace(report, details=replace(report.details, remarks={"hand-offs": "We saw this too."}))

    assert not outlook.has_room_with_hand_offs(report)
    assert outlook.can_stand_with_hand_offs(report)


@pytest.mark.parametrize("is_with_hand_offs", [True, False])
def test_embedding_stands_on_one_of_two_pages(is_with_hand_offs):
    report, layout = (
        reports.build_case_report("gap-50"),
        replace(LAYOUT, has_embedding_with_hand_offs=is_with_hand_offs),
    )

    assert (EMBEDDING in read_text(hand_offs.lay_out_hand_offs(report, WORDS, layout))) is is_with_hand_offs
    assert (EMBEDDING in read_text(outlook.lay_out_outlook(report, WORDS, layout))) is not is_with_hand_offs


@pytest.mark.parametrize("is_with_hand_offs", [True, False])
def test_action_on_embedding_stands_on_the_page_that_shows_it(is_with_hand_offs):
    report = reports.build_case_report("gap-50")
    layout = replace(LAYOUT, has_embedding_with_hand_offs=is_with_hand_offs)
    (title,) = [action.title for action in report.roadmap.actions if action.figure == "embedding"]

    assert (title in read_text(hand_offs.lay_out_hand_offs(report, WORDS, layout))) is is_with_hand_offs
    assert (title in read_text(outlook.lay_out_outlook(report, WORDS, layout))) is not is_with_hand_offs


def test_roles_without_both_figures_are_a_sentence_instead_of_empty_quadrants():
    report = reports.build_case_report("plain-24")  # independence is hidden

    text = read_text(outlook.lay_out_outlook(report, WORDS, LAYOUT))

    assert "Readiness for another role: 20." in text
    assert "At home in a function" not in text


def test_shortened_function_refers_to_the_roadmap():
    report = reports.build_case_report("gap-50")
    part = next(part for part in report.functions if part.actions and not any(one.pinned for one in part.actions))

    full, compact = (
        read_text(functions.lay_out_function(report, part, WORDS, is_compact=is_compact))
        for is_compact in (False, True)
    )

    assert "What to do here" in full
    assert "What to do here" not in compact
    assert "What to do about it: actions" in compact


@pytest.mark.parametrize(("case", "is_with_targets"), [("over-controlled-28", True), ("gap-50", False)])
def test_most_room_stands_with_targets_only_where_no_level_is_to_be_reached(case, is_with_targets):
    assert ladder.has_room_with_targets(reports.build_case_report(case)) is is_with_targets


@pytest.mark.parametrize("is_with_targets", [True, False])
def test_most_room_stands_on_one_of_two_pages(is_with_targets):
    report, layout = reports.build_case_report("gap-50"), replace(LAYOUT, has_ladder_with_targets=is_with_targets)

    assert (MOST_ROOM in read_text(targets.lay_out_targets(report, WORDS, layout))) is is_with_targets
    assert (MOST_ROOM in read_text(heatmap.lay_out_heatmap(report, WORDS, layout))) is not is_with_targets


def test_shortened_topic_refers_to_the_roadmap():
    report, layout = reports.build_case_report("gap-50"), replace(LAYOUT, shortened=("hand-offs",))

    blocks = hand_offs.lay_out_hand_offs(report, WORDS, layout)

    assert "What to do about it:" in read_text(blocks)
    assert "Begin with" not in read_text(blocks)


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_titles_of_load_table_are_on_one_line(language):
    table = roadmap._make_load_table(reports.build_case_report("gap-50").plan.loads, get_translator(language))
    table.wrap(COLUMN_WIDTH, 700)

    assert [len(cell[0].blPara.lines) for cell in table._cellvalues[0]] == [1, 1, 1]


def count_fill_colours(canvas):
    return sum(code.endswith(" rg") for code in canvas._code)


def test_fill_colour_is_set_again_only_where_it_has_changed():
    canvas = TaggedCanvas(BytesIO())

    for colour in (COLOURS["ink"], COLOURS["ink"], COLOURS["muted"]):
        canvas.setFillColor(colour)

    assert count_fill_colours(canvas) == 2


def test_fill_colour_is_set_again_after_the_state_was_restored():
    canvas = TaggedCanvas(BytesIO())
    canvas.setFillColor(COLOURS["ink"])
    canvas.saveState()
    canvas.setFillColor(COLOURS["muted"])
    canvas.restoreState()
    canvas.setFillColor(COLOURS["ink"])
    canvas.setFillColor(COLOURS["muted"])

    assert count_fill_colours(canvas) == 3


@pytest.mark.parametrize(("case", "has_intervals"), [("large-200", True), ("weighted-30", False)])
def test_key_of_a_function_speaks_of_intervals_only_where_some_are_drawn(case, has_intervals):
    report = reports.build_case_report(case)
    part = next(part for part in report.functions if part.id == "marketing")

    shown = read_text(functions.lay_out_function(report, part, WORDS))

    assert "Diamond: score of the dimension" in shown
    assert ("with its interval" in shown) == has_intervals


def make_report_with_targets(own_targets, moderated_places=()):
    """The report of a worked case with targets and moderated scores of its own."""
    questionnaire, result = reports.load_shipped_questionnaire(), reports.score_case("risk-36")
    scored = {
        name: replace(function, target=own_targets.get(name, function.target))
        for name, function in result.functions.items()
    }
    moderations = tuple(ScoreModeration(place, 60.0, 50.0, "Interviews.") for place in moderated_places)
    return build_report(
        questionnaire, replace(result, functions=scored), ReportDetails("Norden", moderations=moderations)
    )


SUGGESTED, SET_HERE = "as the questionnaire suggests it", "set for this assessment"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, {SUGGESTED}),
        ({"hr": 60.0}, {SET_HERE, SUGGESTED}),
        ({"hr": 60.0, "marketing": 60.0, "customer-service": 60.0}, {SET_HERE}),
    ],
)
def test_page_of_targets_says_who_set_them(own, expected):
    shown = read_text(targets.lay_out_targets(make_report_with_targets(own), WORDS, LAYOUT))

    assert {words for words in (SUGGESTED, SET_HERE) if words in shown} == expected
    assert ("set for this assessment for HR," in shown) == (len(own) == 1)


@pytest.mark.parametrize(
    ("place", "expected"), [("HR", (True, False)), ("HR · People", (False, True)), ("Norden", (False, False))]
)
def test_hollow_square_is_explained_where_one_is_drawn(place, expected):
    report = make_report_with_targets({}, [place])
    part = next(part for part in report.functions if part.id == "hr")

    pages = targets.lay_out_targets(report, WORDS, LAYOUT), functions.lay_out_function(report, part, WORDS)

    assert tuple("Hollow square: moderated score." in read_text(page) for page in pages) == expected
