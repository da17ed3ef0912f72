"""Charts: well-formed, safe under a strict policy, readable without colour."""

import re
from xml.etree import ElementTree as ET

import pytest

from assessment.charts import palette
from assessment.charts.authority import authority_chart
from assessment.charts.bars import counted, function_bars, item_bars, short_key
from assessment.charts.dumbbell import dumbbell
from assessment.charts.gap import gap_chart
from assessment.charts.grid import hand_off_chart, heatmap_chart
from assessment.charts.level import level_chart
from assessment.charts.marks import Box, Chart, Label, Line, Marker
from assessment.charts.measure import width
from assessment.charts.quadrant import quadrant_chart
from assessment.charts.roadmap import roadmap_chart
from assessment.charts.spread import spread_chart
from assessment.charts.stacked import BAR, NAME, ROW, SIDE, TOP, stacked_chart
from assessment.charts.svg import svg
from assessment.wording import wording
from tests import reports

WIDTH = 480.0
EVIL = "<script>alert(1)</script>\"'&]]>\x00\x0b"


def charts(made):
    words = wording("en")
    yield level_chart(made.answer, words, WIDTH)
    yield dumbbell(made.targets.functions, words, WIDTH, "Targets")
    yield heatmap_chart(made.heatmap, words, WIDTH)
    for part in made.functions:
        yield function_bars(part, words, WIDTH)
        yield stacked_chart([item for row in part.dimensions for item in row.items], words, WIDTH, part.name)
        if part.spread:
            yield spread_chart(part.spread, words, WIDTH)
    yield gap_chart(made.gap, words, WIDTH)
    yield authority_chart(made.authority, words, WIDTH)
    yield item_bars(made.authority.items, words, WIDTH, "Support")
    yield hand_off_chart(made.hand_offs, words, WIDTH)
    yield quadrant_chart(made.outlook, words, WIDTH, 250)
    yield roadmap_chart(made.roadmap, made.roadmap.actions, words, WIDTH)


@pytest.mark.parametrize("case", reports.CASES)
def test_every_chart_is_well_formed_and_carries_no_style_or_script(case):
    for number, chart in enumerate(charts(reports.made(case))):
        drawn = svg(chart, f"c{number}")

        root = ET.fromstring(drawn)  # noqa: S314 - our own output
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        attributes = {name for element in root.iter() for name in element.attrib}
        assert names <= {"svg", "title", "desc", "rect", "line", "circle", "polygon", "text"}
        assert "style" not in attributes
        assert not {name for name in attributes if name.startswith("on") or "href" in name}
        assert root.attrib["aria-labelledby"] == f"c{number}-title c{number}-description"


def test_hostile_text_comes_out_as_text():
    made = reports.made("gap-50", organisation=EVIL)

    drawn = svg(level_chart(made.answer, wording("en"), WIDTH), "a")

    root = ET.fromstring(drawn)  # noqa: S314 - our own output
    assert "<script" not in drawn
    assert "<script>alert(1)</script>" in "".join(root.itertext())


@pytest.mark.parametrize("case", reports.CASES)
def test_marks_stay_inside_the_chart(case):
    for chart in charts(reports.made(case, unsuppressed=True)):
        for mark in chart.marks:
            right, bottom = reach(mark)
            assert mark_left(mark) >= -8
            assert right <= chart.width + 1
            assert bottom <= chart.height + 1


def mark_left(mark):
    return min(mark.x1, mark.x2) if isinstance(mark, Line) else mark.x


def reach(mark):
    match mark:
        case Box():
            return mark.x + mark.width, mark.y + mark.height
        case Line():
            return max(mark.x1, mark.x2), max(mark.y1, mark.y2)
        case Marker():
            return mark.x + mark.size, mark.y + mark.size
        case Label():
            return mark.x, mark.y


def test_every_figure_of_the_heatmap_is_written_in_it():
    made = reports.made("risk-36")

    texts = [mark.text for mark in heatmap_chart(made.heatmap, wording("en"), WIDTH).marks if isinstance(mark, Label)]

    for row in made.heatmap.rows:
        assert row.name in texts
        for cell in row.cells:
            assert wording("en").figure(cell.figure) in texts


def test_numbers_on_levels_have_enough_contrast():
    for level in range(1, 6):
        ground, text = palette.PALETTE[f"level-{level}"], palette.PALETTE[f"on-level-{level}"]
        assert palette.contrast(ground, text) >= 4.5


@pytest.mark.parametrize("tone", ["accent", "second", "third", "rule", "ink", "muted"])
def test_tones_that_carry_meaning_have_three_to_one_on_white(tone):
    least = 4.5 if tone in ("ink", "muted", "accent") else 3.0
    assert palette.contrast(palette.PALETTE[tone], palette.PALETTE["paper"]) >= least


def test_leaders_and_practitioners_differ_in_shape_as_well_as_colour():
    marks = gap_chart(reports.made("gap-50", unsuppressed=True).gap, wording("en"), WIDTH).marks

    kinds = {(mark.shape, mark.tone) for mark in marks if isinstance(mark, Marker)}
    assert kinds == {("diamond", "accent"), ("circle", "second")}


def test_authority_shows_the_group_and_no_point_per_person():
    chart = authority_chart(reports.made("risk-36").authority, wording("en"), WIDTH)

    assert not [mark for mark in chart.marks if isinstance(mark, Marker)]
    assert len([mark for mark in chart.marks if isinstance(mark, Box)]) == 2


def test_an_empty_chart_is_still_a_picture():
    assert re.match(r"<svg .*</svg>$", svg(Chart(10, 10, (), "t", "d"), "p"))


def test_a_stacked_bar_is_as_long_as_all_answers_together():
    made = reports.made("contested-60")
    items = [item for part in made.functions for row in part.dimensions for item in row.items if item.shares]

    chart = stacked_chart(items, wording("en"), WIDTH, "Answers")

    for row, item in enumerate(items):
        middle = TOP + ROW * (row + 0.5)
        boxes = [m for m in chart.marks if isinstance(m, Box) and not m.outline and abs(m.y + BAR / 2 - middle) < 1]
        assert sum(box.width for box in boxes) == pytest.approx(WIDTH - NAME - SIDE)
        assert [float(share) for share in item.shares if share] == pytest.approx(
            [100 * box.width / (WIDTH - NAME - SIDE) for box in boxes], abs=0.5
        )


def test_a_contested_function_shows_its_spread_the_least_agreed_first():
    parts = reports.made("contested-60", unsuppressed=True).functions

    shown = {part.id: [row.agreement.shown for row in part.spread.rows] for part in parts if part.spread}

    assert set(shown) == {part.id for part in parts if part.whole.contested}
    assert shown
    assert all(agreements == sorted(agreements) for agreements in shown.values())


@pytest.mark.parametrize("case", ["plain-24", "out-of-scope-30", "gap-50"])
def test_the_number_of_a_marked_cell_stands_on_the_colour_of_its_level(case):
    moving = reports.made(case).hand_offs
    chart = hand_off_chart(moving, wording("en"), WIDTH)
    marked = [cell for row in moving.rows for cell in row.cells if cell.mark]

    frames = [number for number, mark in enumerate(chart.marks) if isinstance(mark, Box) and mark.tone == "second"]

    assert len(frames) == len(marked) > 0
    for frame, cell in zip(frames, marked, strict=True):
        paper, ground, number = chart.marks[frame + 1 : frame + 4]
        assert (paper.tone, ground.tone, number.tone) == ("paper", f"level-{cell.band}", f"on-level-{cell.band}")
        assert not ground.outline


def test_where_a_chart_is_not_seen_each_number_is_told_with_what_it_is():
    made, words = reports.made("risk-36"), wording("en")

    gap, outlook = gap_chart(made.gap, words, WIDTH), quadrant_chart(made.outlook, words, WIDTH, 250)
    targets = dumbbell(made.targets.functions, words, WIDTH, "Targets")
    dimensions = dumbbell(made.targets.dimensions, words, WIDTH, "Targets", group=True)

    assert "Purpose: Leaders 55, Practitioners 30, may differ; chance could explain it" in gap.description
    assert outlook.description == "Independence of one network 25; Readiness for another role 35"
    assert "HR 61.8, of 75: 13.2 to go" in targets.description
    assert "People · HR 45.0, of 75: 30.0 to go" in dimensions.description


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
@pytest.mark.parametrize("case", ["sparse-40", "over-controlled-28"])
def test_a_score_in_words_does_not_run_into_the_gap_beside_it(case, language):
    gap, words = reports.made(case).gap, wording(language)

    marks = gap_chart(gap, words, WIDTH).marks

    scores = {words.figure(figure) for row in gap.rows for figure in (row.leader, row.practitioner)}
    said = [mark for mark in marks if isinstance(mark, Label) and mark.tone == "muted" and mark.text in scores]
    place = next(mark.x for mark in marks if isinstance(mark, Label) and mark.text == words.gettext("gap (interval)"))
    assert any(" " in mark.text for mark in said)
    assert all(ends(mark) < place for mark in said)


def ends(mark):
    wide = width(mark.text, mark.size)
    return {"start": mark.x + wide, "middle": mark.x + wide / 2, "end": mark.x}[mark.anchor]


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_clipped_scores_stand_in_full_and_apart_from_what_follows_them(language):
    words, made = wording(language), reports.made("gap-50")
    clipped = next(row for row in made.targets.dimensions if row.now.bound)

    drawn = dumbbell((clipped,), words, WIDTH, "Targets")
    grid = heatmap_chart(made.heatmap, words, WIDTH)

    score, aside = (mark for mark in drawn.marks if isinstance(mark, Label) and mark.y > 20 and mark.x > WIDTH / 2)
    assert score.x + width(score.text, score.size) < aside.x
    assert aside.x + width(aside.text, aside.size) <= WIDTH
    (cell,) = (mark for mark in grid.marks if isinstance(mark, Label) and mark.text == words.figure(clipped.now))
    assert width(cell.text, cell.size) <= cell.limit


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("case", ["gap-50", "risk-36", "not-applicable-40"])
def test_dont_know_without_room_in_the_chart_is_given_in_short_and_explained(case, language):
    words, forms = wording(language), []

    for part in reports.made(case).functions:
        texts = {mark.text for mark in function_bars(part, words, WIDTH).marks if isinstance(mark, Label)}
        unsure = [tuple(counted(item, words)) for item in part.all if item.figure.shown is not None and item.figure.dk]
        shortened = [text for text in texts if text.endswith(" ?")]
        assert all(long in texts or short in texts for long, short in unsure)
        assert bool(short_key(part.all, words)) == bool(shortened)
        forms.append(len(unsure))

    assert sum(forms)
