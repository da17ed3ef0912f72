"""Labels have room: none is cut, none touches a frame, and charts on one page have axes of one length."""

from decimal import Decimal
from itertools import combinations, product

import pytest
from msgspec.structs import replace

from assessment.charts.answer import draw_level_chart
from assessment.charts.authority import draw_authority_chart
from assessment.charts.functions import draw_function_chart
from assessment.charts.outlook import draw_quadrant_chart
from assessment.charts.perception_gap import draw_gap_chart
from assessment.charts.primitives.marks import SMALL, TEXT, Box, ChartLabel, ChartLine, Marker
from assessment.charts.primitives.score_axis import PLOT_LEFT
from assessment.charts.primitives.text_width import estimate_width
from assessment.charts.roadmap import draw_roadmap_chart
from assessment.charts.score_grid import draw_hand_off_chart, draw_heatmap_chart
from assessment.charts.targets import draw_target_chart
from assessment.domain import report
from assessment.domain.report import ReportDetails
from assessment.domain.report.figures import ReportFigure
from assessment.i18n import get_translator
from assessment.pdf.pages.outlook import QUADRANT_HEIGHT
from tests import reports

WIDTH = 487.0
VERDICT_COLUMN_WIDTH = 87.0
LANGUAGES = ("de", "en", "es", "fr")
CASE = "not-applicable-40"  # 29 actions


def list_labels(chart):
    return [mark for mark in chart.marks if isinstance(mark, ChartLabel)]


def list_upright_lines(chart):
    return [mark for mark in chart.marks if isinstance(mark, ChartLine) and mark.x1 == mark.x2]


def measure_box(label):
    """Left, top, right and bottom of a label."""
    wide = estimate_width(label.text, label.size)
    left = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
    return left, label.y - 0.7 * label.size, left + wide, label.y + 0.2 * label.size


def is_overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def is_inside(one, other):
    return other[0] <= one[0] and one[2] <= other[2] and other[1] <= one[1] and one[3] <= other[3]


def list_overlaps(labels):
    return [
        (one.text, other.text)
        for one, other in combinations(labels, 2)
        if is_overlap(measure_box(one), measure_box(other))
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["over-controlled-28", "gap-50"])  # with and without open figures
def test_labels_of_gap_chart_do_not_overlap(case, language):
    gap = reports.build_case_report(case).perception_gap

    labels = list_labels(draw_gap_chart(gap, get_translator(language), WIDTH))

    figures = [each for each in labels if each.text[0] in "(+−-"]
    assert figures
    assert list_overlaps(figures) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("authority", "support"), [(10, 55), (2, 70), (8, 92), (0, 40), (98, 10), (92, 35), (95, 60), (50, 50), (100, 100)]
)
def test_labels_in_authority_plane_keep_clear_of_each_other_and_of_the_point(language, authority, support):
    part = reports.build_case_report("over-controlled-28").authority
    part = replace(
        part,
        authority=replace(part.authority, value=Decimal(authority)),
        support=replace(part.support, value=Decimal(support)),
        class_name="Critical",
    )

    chart = draw_authority_chart(part, get_translator(language), WIDTH)

    (point,) = [mark for mark in chart.marks if isinstance(mark, Marker)]
    drawn = (point.x - point.size, point.y - point.size, point.x + point.size, point.y + point.size)
    labels = list_labels(chart)
    assert list_overlaps(labels) == []
    assert [each.text for each in labels if is_overlap(measure_box(each), drawn)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", reports.CASES)
def test_verdicts_of_gap_chart_do_not_overlap(case, language):
    gap = report.build_report(
        reports.load_shipped_questionnaire(), reports.score_case(case), ReportDetails("Norden"), language
    ).perception_gap

    labels = list_labels(draw_gap_chart(gap, get_translator(language), WIDTH)) if gap else []

    right = WIDTH - VERDICT_COLUMN_WIDTH
    assert list_overlaps([label for label in labels if label.x >= right]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_crosses_a_date_of_the_roadmap(language):
    roadmap = report.build_report(
        reports.load_shipped_questionnaire(),
        reports.score_case(CASE),
        ReportDetails("Norden", date=reports.DATE),
        language,
    ).roadmap

    chart = draw_roadmap_chart(roadmap, roadmap.actions, get_translator(language), WIDTH)

    dates = [mark for mark in list_labels(chart) if "20" in mark.text and any(each.isdigit() for each in mark.text[:2])]
    covers = [mark for mark in chart.marks if isinstance(mark, Box) and mark.tone == "paper"]
    crossed = [
        label.text
        for label in dates
        for line in list_upright_lines(chart)
        if measure_box(label)[0] < line.x1 < measure_box(label)[2] and not any(is_covered(label, box) for box in covers)
    ]
    assert len(dates) >= len(roadmap.actions)
    assert crossed == []


def test_roadmap_names_when_its_actions_start_where_a_group_begins():
    """Also on a further page, where the group of the page before continues."""
    roadmap = report.build_report(
        reports.load_shipped_questionnaire(), reports.score_case(CASE), ReportDetails("Norden", date=reports.DATE)
    ).roadmap
    groups = ("Start now, from 2 Nov 2026", "Start next, from 2 Feb 2027", "Only to reach a target level")

    def list_groups(actions):
        texts = [label.text for label in list_labels(draw_roadmap_chart(roadmap, actions, get_translator(), WIDTH))]
        return [text for text in texts if text in groups]

    every_action = (*roadmap.actions, *roadmap.further)
    assert list_groups(every_action) == list(groups)
    assert list_groups(every_action[8:10]) == [groups[1]]


def is_covered(label, box):
    """Return whether a box covers a line that would cross a label."""
    left, top, right, bottom = measure_box(label)
    return box.x <= left and right <= box.x + box.width and box.y <= top and bottom <= box.y + box.height


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_actions_are_never_cut(language):
    asked, result = reports.load_shipped_questionnaire(), reports.score_case(CASE)
    made = report.build_report(asked, result, ReportDetails("Norden"), language)
    actions = (*made.roadmap.actions, *made.roadmap.further)

    labels = list_labels(draw_roadmap_chart(made.roadmap, actions, get_translator(language), WIDTH))

    cut = [each.text for each in labels if each.limit and estimate_width(each.text, each.size) > each.limit]
    assert cut == []


def test_words_in_a_framed_cell_keep_clear_of_the_frame():
    hand_offs = reports.build_case_report("risk-36").hand_offs

    labels = list_labels(draw_hand_off_chart(hand_offs, get_translator("de"), WIDTH))

    framed = [each for each in labels if each.weight == "strong" and each.size == SMALL and "weniger" in each.text]
    assert [each.text for each in framed] == ["weniger"] * 3


def test_target_charts_of_one_page_have_axes_of_one_length():
    targets = reports.build_case_report("weighted-30").targets
    rows = (*targets.functions, *targets.dimensions)

    charts = [
        draw_target_chart(part, get_translator("en"), WIDTH, "Targets", page_rows=rows)
        for part in (targets.functions, targets.dimensions)
    ]

    ends = [max(line.x1 for line in list_upright_lines(chart)) for chart in charts]
    assert ends[0] == ends[1]


def build_translated_report(language):
    details = ReportDetails("Norden", "Autumn", reports.DATE, "1")
    return report.build_report(reports.load_shipped_questionnaire(), reports.score_case("gap-50"), details, language)


def list_crossed_names(outlook, translator, height):
    """Names of classes that a guide line, the point or its label crosses, and its label if a line or border does."""
    chart = draw_quadrant_chart(outlook, translator, WIDTH, height)
    point = [mark for mark in chart.marks if isinstance(mark, Marker)]
    names = " ".join(corner.name for corner in outlook.quadrants)
    named = [label for label in list_labels(chart) if not label.text.isdecimal() and label.text in names]
    figures = [label for label in list_labels(chart) if " | " in label.text]
    drawn = [measure_box(label) for label in figures]
    drawn += [(mark.x - mark.size, mark.y - mark.size, mark.x + mark.size, mark.y + mark.size) for mark in point]
    drawn += [
        (min(line.x1, line.x2), min(line.y1, line.y2), max(line.x1, line.x2), max(line.y1, line.y2))
        for line in chart.marks
        if isinstance(line, ChartLine)
    ]
    assert sorted(" ".join(label.text for label in named).split()) == sorted(names.split())
    crossed = [label.text for label in named for box in drawn if is_overlap(measure_box(label), box)]
    borders = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in chart.marks if isinstance(box, Box)]
    inside = [any(is_inside(measure_box(label), border) for border in borders) for label in figures]
    lines = drawn[len(figures) + len(point) :]
    crossed += [label.text for label in figures for line in lines if is_overlap(measure_box(label), line)]
    return crossed + [label.text for label, is_whole in zip(figures, inside, strict=True) if not is_whole]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_crosses_a_class_name_in_the_outlook_wherever_the_point_is(language):
    outlook, translator = build_translated_report(language).outlook, get_translator(language)
    scores = [Decimal(score) for score in range(0, 101, 5)]

    crossed = {
        (independence, readiness): names
        for independence, readiness in product(scores, scores)
        if (
            names := list_crossed_names(
                replace(
                    outlook,
                    independence=ReportFigure(independence),
                    readiness=ReportFigure(readiness),
                    quadrants=tuple(
                        replace(
                            corner,
                            is_current=corner.high_independence == (independence >= outlook.cut)
                            and corner.high_readiness == (readiness >= outlook.cut),
                        )
                        for corner in outlook.quadrants
                    ),
                ),
                translator,
                QUADRANT_HEIGHT,
            )
        )
    }

    assert crossed == {}


@pytest.mark.parametrize("class_id", ["low", "moderate", "high", "critical"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_crosses_the_class_of_risk_wherever_the_point_is(language, class_id):
    authority, translator = build_translated_report(language).authority, get_translator(language)
    class_name = reports.load_shipped_questionnaire().texts[language].classes[class_id]
    crossed = []

    for support, level in product(range(0, 101, 5), repeat=2):
        figures = {"support": ReportFigure(Decimal(support)), "authority": ReportFigure(Decimal(level))}
        chart = draw_authority_chart(replace(authority, **figures, class_name=class_name), translator, WIDTH)
        diagonal = next(mark for mark in chart.marks if isinstance(mark, ChartLine) and mark.dashed)
        named, *others = sorted(list_labels(chart), key=lambda label: label.text != class_name)
        assert named.limit >= estimate_width(class_name, TEXT)  # it is not cut
        left, top, right, bottom = measure_box(named)
        slope = (diagonal.y2 - diagonal.y1) / (diagonal.x2 - diagonal.x1)
        heights = [diagonal.y1 + slope * (x - diagonal.x1) for x in (left, right)]
        if not (min(heights) >= bottom or max(heights) <= top):
            crossed.append((support, level))
        crossed += [
            (support, level, label.text) for label in others if is_overlap(measure_box(named), measure_box(label))
        ]

    assert crossed == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["gap-50", "large-200"])  # with scores that are given as "10 or less", and long counts
def test_labels_of_function_chart_do_not_overlap(case, language):
    for part in reports.build_case_report(case).functions:
        chart = draw_function_chart(part, get_translator(language), WIDTH)

        assert list_overlaps(list_labels(chart)) == []
        assert all(measure_box(label)[2] <= WIDTH for label in list_labels(chart))


def test_titles_above_the_chart_of_a_function_stand_on_one_line():
    part = next(part for part in reports.build_case_report("large-200").functions if part.id == "customer-service")

    labels = list_labels(draw_function_chart(part, get_translator("en"), WIDTH))

    titles = [label for label in labels if label.text in ("n", "Don’t know", "0–1", "3–4", "100")]
    assert len(titles) >= 5
    assert len({label.y for label in titles if label.y < 14}) == 1


def test_level_chart_says_once_what_its_columns_hold():
    answer = reports.build_case_report("gap-50").answer

    texts = [label.text for label in list_labels(draw_level_chart(answer, get_translator("en"), WIDTH))]

    assert [text for text in texts if "evel" in text] == ["Level"]
    assert [text for text in texts if "o go" in text] == ["To go"]
    assert "reached" in texts


@pytest.mark.parametrize("case", ["gap-50", "risk-36"])
def test_plots_of_all_pages_start_at_one_place(case):
    made, translator = reports.build_case_report(case), get_translator()
    charts = [
        draw_target_chart(made.targets.functions, translator, WIDTH, "Targets"),
        *(draw_function_chart(part, translator, WIDTH, made.functions) for part in made.functions),
    ]
    starts = [min(line.x1 for line in list_upright_lines(chart)) for chart in charts]
    gap = draw_gap_chart(made.perception_gap, translator, WIDTH)
    starts.append(min(line.x1 for line in list_upright_lines(gap) if line.y2 == gap.height))
    grids = draw_heatmap_chart(made.heatmap, translator, WIDTH), draw_hand_off_chart(made.hand_offs, translator, WIDTH)
    planes = (
        draw_authority_chart(made.authority, translator, WIDTH),
        draw_quadrant_chart(made.outlook, translator, WIDTH, 200.0),
    )
    starts += [min(mark.x for mark in chart.marks if isinstance(mark, Box)) for chart in (*grids, *planes)]

    assert starts == pytest.approx([PLOT_LEFT] * len(starts), abs=1)


def test_charts_of_all_functions_have_axes_of_one_length():
    made, translator = reports.build_case_report("risk-36"), get_translator()
    has_distributions = [any(item.shares for item in part.all) for part in made.functions]

    charts = [draw_function_chart(part, translator, WIDTH, made.functions) for part in made.functions]

    assert len(set(has_distributions)) == 2
    assert len({max(line.x1 for line in list_upright_lines(chart)) for chart in charts}) == 1


LONG_NAME, SHORTER_NAME = "Kundenbeschwerdebearbeitungsabteilungsangelegenheiten", "Öffentlichkeitsarbeitsgruppe"
MIDDLE_NAME = "Kundenbeschwerdebearbeitungsabteilung"


def test_long_name_of_a_row_is_hyphenated_and_not_cut():
    made, translator = reports.build_case_report("risk-36"), get_translator()
    row = replace(made.targets.functions[0], name=LONG_NAME)
    part = made.functions[0]
    dimension = replace(part.dimensions[0], name=LONG_NAME, items=())
    part = replace(part, dimensions=(dimension,), rows=())
    gap = replace(made.perception_gap, rows=(replace(made.perception_gap.rows[0], name=SHORTER_NAME),))
    answer = replace(made.answer, functions=(replace(made.answer.functions[0], name=MIDDLE_NAME),))

    charts = [
        draw_level_chart(answer, translator, WIDTH),
        draw_target_chart((row,), translator, WIDTH, "Targets"),
        draw_function_chart(part, translator, WIDTH),
        draw_gap_chart(gap, translator, WIDTH),
    ]

    for chart in charts:
        names = [label for label in list_labels(chart) if label.text.rstrip("-") in LONG_NAME + SHORTER_NAME]
        assert [label.text.endswith("-") for label in names] == [True, False]
        assert "".join(label.text.rstrip("-") for label in names) in (LONG_NAME, MIDDLE_NAME, SHORTER_NAME)
        assert all(estimate_width(label.text, label.size) <= label.limit for label in names)
        assert list_overlaps(list_labels(chart)) == []
