"""Charts: well-formed, safe under a strict policy, readable without colour."""

import re
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from assessment.charts.agreement import draw_agreement_chart
from assessment.charts.answer import draw_level_chart
from assessment.charts.answer_distribution import (
    BAR_HEIGHT,
    MIN_ANSWERS,
    ROW_HEIGHT,
    SIDE_WIDTH,
    TOP_MARGIN,
    draw_distribution_chart,
    draw_stacked_bar,
)
from assessment.charts.authority import draw_authority_chart
from assessment.charts.functions import draw_function_chart, draw_item_chart
from assessment.charts.outlook import draw_quadrant_chart
from assessment.charts.perception_gap import draw_gap_chart, sort_rows
from assessment.charts.primitives import palette, text_width
from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, Marker
from assessment.charts.primitives.score_axis import PLOT_LEFT
from assessment.charts.primitives.text_width import estimate_width
from assessment.charts.roadmap import draw_roadmap_chart
from assessment.charts.score_grid import draw_hand_off_chart, draw_heatmap_chart
from assessment.charts.svg import render_svg
from assessment.charts.targets import draw_target_chart
from assessment.i18n import get_translator
from tests import reports

WIDTH = 480.0
EVIL = "<script>alert(1)</script>\"'&]]>\x00\x0b"


def list_charts(made):
    translator = get_translator("en")
    yield draw_level_chart(made.answer, translator, WIDTH)
    yield draw_target_chart(made.targets.functions, translator, WIDTH, "Targets")
    yield draw_heatmap_chart(made.heatmap, translator, WIDTH)
    for part in made.functions:
        yield draw_function_chart(part, translator, WIDTH)
        yield draw_distribution_chart(
            [item for row in part.dimensions for item in row.items], translator, WIDTH, part.name
        )
        if part.spread:
            yield draw_agreement_chart(part.spread, translator, WIDTH)
    yield draw_gap_chart(made.perception_gap, translator, WIDTH)
    yield draw_authority_chart(made.authority, translator, WIDTH)
    yield draw_item_chart(made.authority.items, translator, WIDTH, "Support")
    yield draw_hand_off_chart(made.hand_offs, translator, WIDTH)
    yield draw_quadrant_chart(made.outlook, translator, WIDTH, 250)
    yield draw_roadmap_chart(made.roadmap, made.roadmap.actions, translator, WIDTH)


@pytest.mark.parametrize("case", reports.CASES)
def test_every_chart_is_well_formed_without_style_or_script(case):
    for number, chart in enumerate(list_charts(reports.build_case_report(case))):
        drawn = render_svg(chart, f"c{number}")

        root = ET.fromstring(drawn)  # noqa: S314 - our own output
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        attributes = {name for element in root.iter() for name in element.attrib}
        assert names <= {"svg", "title", "desc", "rect", "line", "circle", "polygon", "text"}
        assert "style" not in attributes
        assert not {name for name in attributes if name.startswith("on") or "href" in name}
        assert root.attrib["aria-labelledby"] == f"c{number}-title c{number}-description"


def test_markup_in_text_is_escaped():
    made = reports.build_case_report("gap-50", organisation=EVIL)

    drawn = render_svg(draw_level_chart(made.answer, get_translator("en"), WIDTH), "a")

    root = ET.fromstring(drawn)  # noqa: S314 - our own output
    assert "<script" not in drawn
    assert "<script>alert(1)</script>" in "".join(root.itertext())


@pytest.mark.parametrize("case", reports.CASES)
def test_marks_stay_inside_the_chart(case):
    for chart in list_charts(reports.build_case_report(case, unsuppressed=True)):
        for mark in chart.marks:
            right, bottom = get_extent(mark)
            assert get_left_edge(mark) >= -8
            assert right <= chart.width + 1
            assert bottom <= chart.height + 1


def get_left_edge(mark):
    return min(mark.x1, mark.x2) if isinstance(mark, ChartLine) else mark.x


def get_extent(mark):
    match mark:
        case Box():
            return mark.x + mark.width, mark.y + mark.height
        case ChartLine():
            return max(mark.x1, mark.x2), max(mark.y1, mark.y2)
        case Marker():
            return mark.x + mark.size, mark.y + mark.size
        case ChartLabel():
            return mark.x, mark.y


def test_heatmap_shows_every_figure():
    made = reports.build_case_report("risk-36")

    texts = [
        mark.text
        for mark in draw_heatmap_chart(made.heatmap, get_translator("en"), WIDTH).marks
        if isinstance(mark, ChartLabel)
    ]

    for row in made.heatmap.rows:
        assert row.name in texts
        for cell in row.cells:
            assert get_translator("en").format_figure(cell.figure) in texts


def test_numbers_on_level_colours_have_enough_contrast():
    for level in range(1, 6):
        ground, text = palette.PALETTE[f"level-{level}"], palette.PALETTE[f"on-level-{level}"]
        assert palette.compute_contrast(ground, text) >= 4.5


@pytest.mark.parametrize("tone", ["accent", "second", "third", "rule", "ink", "muted"])
def test_meaningful_tones_have_contrast_of_three_to_one(tone):
    least = 4.5 if tone in ("ink", "muted", "accent") else 3.0
    assert palette.compute_contrast(palette.PALETTE[tone], palette.PALETTE["paper"]) >= least


def test_leaders_and_practitioners_differ_in_shape():
    marks = draw_gap_chart(
        reports.build_case_report("gap-50", unsuppressed=True).perception_gap, get_translator("en"), WIDTH
    ).marks

    kinds = {(mark.shape, mark.tone) for mark in marks if isinstance(mark, Marker)}
    assert {("diamond", "accent"), ("circle", "second")} < kinds
    assert ("square", "accent") in kinds


def test_gap_chart_sorts_widest_first_and_draws_untested_gaps_hollow():
    gap = reports.build_case_report("gap-50").perception_gap
    untested = [replace(row, verdict="untested", gap=replace(row.gap, interval=None)) for row in gap.rows]

    rows = sort_rows(gap.rows)
    marks = draw_gap_chart(replace(gap, rows=tuple(untested)), get_translator("en"), WIDTH).marks

    sizes = [abs(row.gap.value) for row in rows if row.gap.value is not None]
    assert sizes == sorted(sizes, reverse=True)
    assert all(mark.hollow for mark in marks if isinstance(mark, Marker) and mark.shape == "square")


def test_distribution_of_few_answers_has_no_percentage():
    item = next(item for part in reports.build_case_report("risk-36").functions for item in part.all if item.shares)
    many = replace(item, figure=replace(item.figure, n=80))

    few_marks, many_marks = (draw_stacked_bar(one, 0, 10, 200) for one in (item, many))

    assert item.figure.n < MIN_ANSWERS
    assert not [mark for mark in few_marks if isinstance(mark, ChartLabel)]
    assert [mark for mark in many_marks if isinstance(mark, ChartLabel)]


@pytest.mark.parametrize("case", ["risk-36", "gap-50", "contested-60"])
def test_no_label_is_under_8_points(case):
    sizes = {
        mark.size
        for chart in list_charts(reports.build_case_report(case))
        for mark in chart.marks
        if isinstance(mark, ChartLabel)
    }

    assert sizes <= {8.0, 9.5, 11.5}


def test_authority_chart_has_no_point_per_person():
    chart = draw_authority_chart(reports.build_case_report("risk-36").authority, get_translator("en"), WIDTH)

    assert len([mark for mark in chart.marks if isinstance(mark, Marker)]) == 1
    assert "Critical" in {mark.text for mark in chart.marks if isinstance(mark, ChartLabel)}


def test_empty_chart_is_valid_svg():
    assert re.match(r"<svg .*</svg>$", render_svg(Chart(10, 10, (), "t", "d"), "p"))


def test_stacked_bar_length_is_sum_of_shares():
    made = reports.build_case_report("contested-60")
    items = [item for part in made.functions for row in part.dimensions for item in row.items if item.shares]

    chart = draw_distribution_chart(items, get_translator("en"), WIDTH, "Answers")

    for row, item in enumerate(items):
        middle = TOP_MARGIN + ROW_HEIGHT * (row + 0.5)
        boxes = [
            m for m in chart.marks if isinstance(m, Box) and not m.outline and abs(m.y + BAR_HEIGHT / 2 - middle) < 1
        ]
        assert sum(box.width for box in boxes) == pytest.approx(WIDTH - PLOT_LEFT - SIDE_WIDTH)
        assert [float(share) for share in item.shares if share] == pytest.approx(
            [100 * box.width / (WIDTH - PLOT_LEFT - SIDE_WIDTH) for box in boxes], abs=0.5
        )


def test_agreement_chart_sorts_lowest_agreement_first():
    parts = reports.build_case_report("contested-60", unsuppressed=True).functions

    shown = {part.id: [row.agreement.value for row in part.spread.rows] for part in parts if part.spread}

    assert set(shown) == {part.id for part in parts if part.level_score.contested}
    assert shown
    assert all(agreements == sorted(agreements) for agreements in shown.values())


@pytest.mark.parametrize("case", ["plain-24", "out-of-scope-30", "gap-50"])
def test_marked_cell_keeps_level_colour_behind_number(case):
    moving = reports.build_case_report(case).hand_offs
    chart = draw_hand_off_chart(moving, get_translator("en"), WIDTH)
    marked = [cell for row in moving.rows for cell in row.cells if cell.mark]

    frames = [number for number, mark in enumerate(chart.marks) if isinstance(mark, Box) and mark.tone == "second"]

    assert len(frames) == len(marked) > 0
    for frame, cell in zip(frames, marked, strict=True):
        paper, ground, number = chart.marks[frame + 1 : frame + 4]
        assert (paper.tone, ground.tone, number.tone) == ("paper", f"level-{cell.band}", f"on-level-{cell.band}")
        assert not ground.outline


def test_chart_description_labels_every_number():
    made, translator = reports.build_case_report("risk-36"), get_translator("en")

    gap, outlook = (
        draw_gap_chart(made.perception_gap, translator, WIDTH),
        draw_quadrant_chart(made.outlook, translator, WIDTH, 250),
    )
    targets = draw_target_chart(made.targets.functions, translator, WIDTH, "Targets")
    dimensions = draw_target_chart(made.targets.dimensions, translator, WIDTH, "Targets", group=True)

    assert (
        "Purpose: Leaders 55, Practitioners 30, gap +25 (\u22121.0; +51.0), may differ; chance could explain it"
        in gap.description
    )
    assert outlook.description == "Independence of one network 25; Readiness for another role 35"
    assert "HR 61.8 (56.8–67.7), of 75: 13.2 to go" in targets.description
    assert "People · HR 45.0, of 75: 30.0 to go" in dimensions.description


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
@pytest.mark.parametrize("case", ["sparse-40", "over-controlled-28"])
def test_score_in_words_does_not_overlap_the_gap(case, language):
    gap, translator = reports.build_case_report(case).perception_gap, get_translator(language)

    marks = draw_gap_chart(gap, translator, WIDTH).marks

    scores = {translator.format_figure(figure) for row in gap.rows for figure in (row.leader, row.practitioner)}
    said = [mark for mark in marks if isinstance(mark, ChartLabel) and mark.tone == "muted" and mark.text in scores]
    assert any(" " in mark.text for mark in said)
    assert all(get_text_ends(mark) < PLOT_LEFT for mark in said)


def get_text_ends(mark):
    wide = estimate_width(mark.text, mark.size)
    return {"start": mark.x + wide, "middle": mark.x + wide / 2, "end": mark.x}[mark.anchor]


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_clipped_scores_stand_in_full_and_apart_from_what_follows_them(language):
    translator, made = get_translator(language), reports.build_case_report("gap-50")
    clipped = next(row for row in made.targets.dimensions if row.now.bound)

    drawn = draw_target_chart((clipped,), translator, WIDTH, "Targets")
    grid = draw_heatmap_chart(made.heatmap, translator, WIDTH)

    score, aside = (mark for mark in drawn.marks if isinstance(mark, ChartLabel) and mark.y > 20 and mark.x > WIDTH / 2)
    assert score.x + estimate_width(score.text, score.size) < aside.x
    assert aside.x + estimate_width(aside.text, aside.size) <= WIDTH
    labels = [mark for mark in grid.marks if isinstance(mark, ChartLabel)]
    score_lines = text_width.wrap_text(translator.format_figure(clipped.now), 8, labels[1].limit)
    lines = [mark for mark in labels if mark.text in score_lines]
    assert len(lines) == len(score_lines)
    assert all(estimate_width(line.text, line.size) <= line.limit for line in lines)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("case", ["gap-50", "risk-36", "not-applicable-40"])
def test_counts_of_function_chart_stand_in_columns_with_one_title_each(case, language):
    translator, counts = get_translator(language), []

    for part in reports.build_case_report(case).functions:
        labels = [mark for mark in draw_function_chart(part, translator, WIDTH).marks if isinstance(mark, ChartLabel)]
        unsure = [str(item.figure.dk) for item in part.all if item.figure.value is not None and item.figure.dk]
        titles = [mark for mark in labels if mark.text == translator.gettext("Don’t know")]
        assert len(titles) == bool(unsure)
        column = [mark for title in titles for mark in labels if mark.x == title.x and mark.y > title.y]
        assert [mark.text for mark in column] == unsure
        counts += unsure

    assert counts
