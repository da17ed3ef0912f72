"""Files of cases in which most figures are hidden: no empty slides, pages, columns and tables."""

from decimal import Decimal
from io import BytesIO

import openpyxl
from docx import Document
from docx.oxml.ns import qn
from pptx import Presentation
from pptx.enum.chart import XL_LABEL_POSITION

from assessment.domain.report.figures import ReportFigure
from assessment.i18n import get_translator
from assessment.office.chart_data import DumbbellRow, DumbbellSpec
from assessment.office.native_charts import add_native_chart
from tests.office.office_files import render_case

HIDDEN_CASE, SHOWN_CASE = "small-9", "floor-40"


def open_deck(case):
    return Presentation(BytesIO(render_case(case, "pptx")))


def open_document(case):
    return Document(BytesIO(render_case(case, "docx")))


def list_titles(case):
    return [slide.shapes.title.text_frame.text for slide in open_deck(case).slides]


def test_functions_without_a_figure_share_one_slide():
    titles = list_titles(HIDDEN_CASE)

    assert "No score can be shown for Marketing and HR" in titles
    assert not any(title.startswith(("Marketing", "HR")) for title in titles)
    assert any(title.startswith("Customer service") for title in titles)


def test_answer_without_a_chart_has_its_table_at_the_top():
    slide = open_deck(HIDDEN_CASE).slides[1]

    table = next(shape for shape in slide.shapes if shape.has_table)

    assert table.top < slide.shapes.title.top + slide.shapes.title.height + 400_000


def test_number_of_people_is_said_once_on_the_last_slide():
    text = "\n".join(shape.text_frame.text for shape in open_deck(SHOWN_CASE).slides[-1].shapes if shape.has_text_frame)

    assert text.count("people count") == 1


def test_both_columns_of_the_roadmap_have_type_of_one_size():
    slide = next(slide for slide in open_deck(SHOWN_CASE).slides if "urgent" in slide.shapes.title.text_frame.text)

    tables = [shape for shape in slide.shapes if shape.has_table]

    sizes = {run.get("sz") for table in tables for run in table._element.iter(qn("a:rPr"))}
    assert len(tables) == 2
    assert len(sizes) == 1


def test_decision_is_left_out_next_to_more_actions_than_it_names():
    slide = next(
        slide
        for slide in open_deck(SHOWN_CASE).slides
        if "start now, each with an owner" in slide.shapes.title.text_frame.text
    )

    assert not any("Approve these" in shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_labels_of_close_values_point_away_from_each_other():
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    rows = [("near", 50, 55), ("crossed", 60, 55), ("low", 5, 55)]
    spec = DumbbellSpec(
        tuple(DumbbellRow(name, ReportFigure(Decimal(one)), ReportFigure(Decimal(two))) for name, one, two in rows),
        "Leaders",
        "Practitioners",
        "",
    )

    chart = add_native_chart(slide.shapes, spec, (0, 0, 5_000_000, 3_000_000), get_translator("en")).chart

    _, second, first, _ = chart.plots[0].series
    positions = [
        (first.points[place].data_label.position, second.points[place].data_label.position) for place in range(3)
    ]
    left, right = XL_LABEL_POSITION.LEFT, XL_LABEL_POSITION.RIGHT
    assert positions == [(left, right), (right, left), (XL_LABEL_POSITION.ABOVE, XL_LABEL_POSITION.BELOW)]


def test_sections_without_figures_begin_no_page():
    def list_breaks(case):
        return {
            paragraph.text
            for paragraph in open_document(case).paragraphs
            if paragraph._p.pPr is not None and paragraph._p.pPr.find(qn("w:pageBreakBefore")) is not None
        }

    hidden, shown = list_breaks(HIDDEN_CASE), list_breaks(SHOWN_CASE)

    assert not any("hand-offs" in title for title in hidden)
    assert any("hand-offs" in title for title in shown)
    assert len(hidden) < len(shown)


def test_questions_of_a_function_are_left_out_where_all_are_hidden():
    text = "\n".join(paragraph.text for paragraph in open_document(HIDDEN_CASE).paragraphs)

    assert "Customer service: What was asked, item by item" in text
    assert "HR: What was asked, item by item" not in text


def test_empty_column_of_intervals_is_left_out():
    table = next(table for table in open_document(SHOWN_CASE).tables if table.cell(0, 0).text == "Item")

    assert [cell.text for cell in table.rows[0].cells] == ["Item", "Score", "Answers"]


def test_words_in_columns_of_numbers_are_aligned_like_numbers():
    sheet = openpyxl.load_workbook(BytesIO(render_case(SHOWN_CASE, "xlsx")))["Key figures"]

    cell = next(row[2] for row in sheet.iter_rows() if row[2].value == "nobody")

    assert cell.alignment.horizontal == "right"
