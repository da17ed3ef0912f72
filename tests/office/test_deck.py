"""The deck: titles that are sentences, native charts with their data, notes, alternative texts, language."""

import re
from decimal import Decimal

import pytest
from lxml.etree import fromstring, tostring
from pptx import Presentation
from pptx.oxml.ns import qn

from assessment.domain.report import ConsultantFinding, ReportDetails
from assessment.domain.report.figures import ReportFigure
from assessment.i18n import get_translator
from assessment.office.chart_data import BarSeries, BarSpec
from assessment.office.deck.slide_writer import MIN_SIZE
from assessment.office.native_charts import add_native_chart
from assessment.office.text_fitting import count_text_lines, find_scale
from tests import reports
from tests.office.office_files import (
    list_texts,
    open_deck,
    open_workbook,
    read_deck_text,
    read_parts,
    render_case,
    render_with_details,
)
from tests.pdf.hostile_texts import list_hostile_texts

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
FULL_CASES = ("gap-50", "risk-36", "large-200", "contested-60")
TEXTS = list_hostile_texts()


@pytest.mark.parametrize("case", FULL_CASES)
def test_deck_has_twelve_to_sixteen_slides(case):
    assert 12 <= len(open_deck(render_case(case, "pptx")).slides) <= 16


@pytest.mark.parametrize("case", reports.CASES)
def test_every_case_opens_with_a_title_and_notes_on_every_slide(case):
    slides = open_deck(render_case(case, "pptx")).slides

    assert all(slide.shapes.title.text_frame.text.strip() for slide in slides)
    assert all(slide.notes_slide.notes_text_frame.text.strip() for slide in slides)


def test_titles_are_the_sentences_of_the_report():
    report, translator = reports.build_case_report("gap-50"), get_translator("en")

    titles = [slide.shapes.title.text_frame.text for slide in open_deck(render_case("gap-50", "pptx")).slides]

    sections = (report.answer, report.targets, report.heatmap, *report.functions, report.perception_gap)
    sections += (report.authority, report.hand_offs, report.outlook, report.roadmap, report.target_paths)
    assert {translator.render_message(section.title) for section in sections} <= set(titles)


def test_notes_name_the_source_of_the_figures():
    slides = open_deck(render_case("gap-50", "pptx")).slides

    notes = [slide.notes_slide.notes_text_frame.text for slide in slides]

    assert all("Source of the figures: “" in note and "2 November 2026" in note for note in notes)


def test_charts_are_native_and_hold_their_data():
    report = reports.build_case_report("gap-50")
    charts = [
        shape.chart
        for slide in open_deck(render_case("gap-50", "pptx")).slides
        for shape in slide.shapes
        if shape.has_chart
    ]

    first = charts[0]
    values = [
        row[1].value for row in open_workbook(first.part.chart_workbook.xlsx_part.blob).active.iter_rows(min_row=2)
    ]

    assert len(charts) == 8
    expected = [float(score.figure.value) for score in (report.answer.overall, *report.answer.functions)]
    assert list(first.plots[0].series[0].values) == expected == values


def test_tables_show_the_figures_of_the_heatmap():
    report, translator = reports.build_case_report("gap-50"), get_translator("en")
    slide = next(
        slide
        for slide in open_deck(render_case("gap-50", "pptx")).slides
        if slide.shapes.title.text_frame.text == translator.render_message(report.heatmap.title)
    )

    texts = list_texts(slide)

    figures = [cell.figure for row in report.heatmap.rows for cell in row.cells]
    assert [translator.format_figure(figure) in texts for figure in figures if figure.value is not None] == [True] * 18


def test_every_chart_and_table_has_an_alternative_text():
    frames = [
        shape._element.nvGraphicFramePr.cNvPr
        for slide in open_deck(render_case("gap-50", "pptx")).slides
        for shape in slide.shapes
        if shape.has_chart or shape.has_table
    ]

    assert len(frames) > 20
    assert all(frame.get("descr") for frame in frames)


@pytest.mark.parametrize(("language", "tag"), [("en", "en-GB"), ("de", "de-DE"), ("fr", "fr-FR"), ("es", "es-ES")])
def test_every_run_has_the_language_of_the_report(language, tag):
    deck = open_deck(render_case("gap-50", "pptx", language))

    tags = {
        run.get("lang")
        for slide in deck.slides
        for element in (slide.element, slide.notes_slide.element)
        for run in element.iter(qn("a:rPr"), qn("a:endParaRPr"))
    }

    assert tags == {tag}
    assert deck.core_properties.language == tag


def test_no_placeholder_is_left_empty():
    for slide in open_deck(render_case("gap-50", "pptx")).slides:
        for shape in slide.placeholders:
            assert shape.text_frame.text.strip() or "sldNum" in str(shape.placeholder_format.type.xml_value)


def test_slides_are_wide():
    deck = open_deck(render_case("gap-50", "pptx"))

    assert deck.slide_width * 9 == pytest.approx(deck.slide_height * 16, rel=0.001)


def test_every_shape_is_inside_its_slide():
    deck = open_deck(render_case("gap-50", "pptx", "de"))

    shapes = [shape for slide in deck.slides for shape in slide.shapes if shape.width is not None]

    assert all(shape.left >= 0 and shape.left + shape.width <= deck.slide_width for shape in shapes)
    assert all(shape.top >= 0 and shape.top + shape.height <= deck.slide_height for shape in shapes)


@pytest.mark.parametrize("output", ["pptx", "docx"])
def test_targets_are_upright_lines_as_in_every_chart_and_have_a_key(output):
    charts = [
        chart
        for name, content in read_parts(render_case("risk-36", output)).items()
        if re.search(r"/charts/chart\d+\.xml$", name)
        for chart in [fromstring(content)]
        if any("Target" in (cell.text or "") for cell in chart.iter(f"{CHART}v"))
    ]
    assert len(charts) == 1
    targets = next(
        series
        for series in charts[0].iter(f"{CHART}ser")
        if any(cell.text == "Target" for cell in series.find(f"{CHART}tx").iter(f"{CHART}v"))
    )

    assert targets.find(f"{CHART}marker/{CHART}symbol").get("val") == "none"
    assert targets.find(f"{CHART}errBars/{CHART}errDir").get("val") == "y"
    key = "".join(run.text for run in charts[0].find(f"{CHART}chart/{CHART}title").iter(f"{DRAWING}t"))
    assert key.split() == ["●", "Score", "now", "|", "Target"]
    assert charts[0].find(f"{CHART}chart/{CHART}legend") is None


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("case", ["gap-50", "risk-36", "large-200"])
def test_text_on_slides_has_twelve_points_or_more(case, language):
    sizes = [
        (number, int(size) / 100)
        for number, slide in enumerate(open_deck(render_case(case, "pptx", language)).slides, start=1)
        for shape in slide.shapes
        if not shape.name.startswith(("Source", "Number"))
        for size in re.findall(r' sz="(\d+)"', tostring(shape._element, encoding="unicode"))
    ]

    assert sizes
    assert [entry for entry in sizes if entry[1] < MIN_SIZE] == []


def test_outlook_chart_names_its_quadrants():
    report = reports.build_case_report("gap-50")
    charts = [
        shape.chart
        for slide in open_deck(render_case("gap-50", "pptx")).slides
        for shape in slide.shapes
        if shape.has_chart
    ]

    names = {quadrant.name for quadrant in report.outlook.quadrants}

    assert any(names <= {series.name for series in chart.plots[0].series} for chart in charts)


def test_same_report_gives_same_bytes():
    details = ReportDetails("Norden", "Autumn", reports.DATE)

    first, second = (render_with_details("gap-50", "pptx", details) for _ in range(2))

    assert first == second
    stamps = re.findall(rb"\d{4}-\d\d-\d\dT", b"".join(read_parts(first).values()))
    assert set(stamps) == {b"2000-01-01T"}


def test_playbook_shows_no_other_function():
    text = read_deck_text(render_case("gap-50", "pptx", "en", "function:hr"))

    assert "HR" in text
    assert "Customer service" not in text
    assert "Marketing" not in text


def test_board_edition_is_short():
    assert len(open_deck(render_case("gap-50", "pptx", "en", "board")).slides) == 5


@pytest.mark.parametrize("texts", [TEXTS[:50], TEXTS[50:100], TEXTS[100:]])
def test_hostile_texts_open_without_repair(texts):
    findings = tuple(ConsultantFinding(text[:240] or "x", text[:6000]) for text in texts)
    remarks = {"answer": texts[0], "hr": texts[1], "authority": texts[2]}
    details = ReportDetails(texts[0][:200] or "x", texts[1][:200], reports.DATE, findings=findings, remarks=remarks)

    deck = open_deck(render_with_details("gap-50", "pptx", details))

    assert len(deck.slides) >= 12


def test_formulas_stay_text_in_the_workbook_of_a_chart():
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    series = BarSeries("=1+1", (ReportFigure(Decimal(5)),))
    spec = BarSpec(('=HYPERLINK("http://127.0.0.1:9/")',), (series,), "=2+2")

    frame = add_native_chart(slide.shapes, spec, (0, 0, 9_000_000, 5_000_000), get_translator("en"))

    cells = [
        cell
        for row in open_workbook(frame.chart.part.chart_workbook.xlsx_part.blob).active.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert [cell.value for cell in cells] == ["=1+1", '=HYPERLINK("http://127.0.0.1:9/")', 5]
    assert [cell.data_type for cell in cells] == ["s", "s", "n"]


def test_long_text_gets_smaller_until_it_fits():
    texts = [("word " * 60, 16.0)]

    assert find_scale(texts, 400, 500, 6, (1.0, 0.5)) == 1.0
    assert find_scale(texts, 400, 60, 6, (1.0, 0.5)) == 0.5


def test_line_count_grows_with_the_size():
    assert count_text_lines("one two three four", 10, 60) < count_text_lines("one two three four", 20, 60)
