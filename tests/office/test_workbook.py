"""The workbook: the report's figures as numbers, every text as text, nothing that another program must repair."""

import re
from decimal import Decimal

import pytest
from msgspec.structs import replace

from assessment.domain.report import ConsultantFinding, ReportDetails
from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import make_message
from assessment.i18n import get_translator
from assessment.office.figure_formats import build_figure_cell
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn, count_lines, escape_footer
from tests import reports
from tests.office.office_files import (
    list_cells,
    open_workbook,
    read_parts,
    render_case,
    render_with_details,
)
from tests.pdf.hostile_texts import list_hostile_texts

TEXTS = list_hostile_texts()
FORMULAS = [
    f"{prefix}{body}"
    for prefix in ("=", "+", "-", "@", "\t=", " =", "{=", "=@", "|", "%")
    for body in (
        "1+1",
        "SUM(A1:A9)",
        'HYPERLINK("http://127.0.0.1:9/","x")',
        "cmd|'/c calc'!A0",
        'WEBSERVICE("http://127.0.0.1:9/")',
        "IMPORTXML(A1,A2)",
        "A1}",
        'INDIRECT("A1")',
        'DDE("cmd";"/c calc")',
        "2*3",
        "NOW()",
        "http://127.0.0.1:9/",
    )
]


def test_sheet_names_follow_the_kinds_of_content():
    names = open_workbook(render_case("gap-50", "xlsx")).sheetnames

    assert names == [
        "Overview",
        "Key figures",
        "Functions",
        "Items",
        "Gaps",
        "Hand-offs",
        "Advice",
        "Roadmap",
        "Who took part",
        "Provenance",
    ]


@pytest.mark.parametrize("case", reports.CASES)
def test_every_case_renders_the_figures_of_the_report(case):
    report = reports.build_case_report(case)

    book = open_workbook(render_case(case, "xlsx"))

    numbers = [cell.value for row in book["Overview"]["B"] for cell in [row] if isinstance(cell.value, float | int)]
    scores = (report.answer.overall, *report.answer.functions)
    assert numbers == [float(score.figure.value) for score in scores if score.figure.value is not None]


def test_same_job_gives_same_bytes():
    details = ReportDetails("Norden", "Autumn", reports.DATE)

    assert render_with_details("gap-50", "xlsx", details) == render_with_details("gap-50", "xlsx", details)


def test_no_part_has_a_timestamp_of_today():
    content = render_case("gap-50", "xlsx")

    dates = set(re.findall(rb"20\d\d-\d\d-\d\dT", read_parts(content)["docProps/core.xml"]))

    assert dates == {b"2000-01-01T"}


def test_formulas_come_back_as_text():
    assert len(FORMULAS) >= 120
    details = ReportDetails(
        "=1+1",
        "@SUM(A1)",
        reports.DATE,
        findings=tuple(ConsultantFinding(formula, formula) for formula in FORMULAS),
        remarks={"answer": "=2+2"},
    )

    cells = list_cells(render_with_details("small-9", "xlsx", details))

    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert set(FORMULAS) <= {text for text in texts if isinstance(text, str)}


@pytest.mark.parametrize("texts", [TEXTS[:50], TEXTS[50:100], TEXTS[100:]])
def test_hostile_texts_open_without_repair(texts):
    findings = tuple(ConsultantFinding(text[:240] or "x", text[:6000]) for text in texts)
    details = ReportDetails(texts[0][:200], texts[1][:200], reports.DATE, findings=findings, author=texts[2][:200])

    book = open_workbook(render_with_details("small-9", "xlsx", details))

    assert "The consultant’s own".replace("’", " ") in {name.replace("’", " ") for name in book.sheetnames}


def test_roadmap_sheet_offers_statuses_and_has_cells_for_dates():
    sheet = open_workbook(render_case("gap-50", "xlsx"))["Roadmap"]

    heads = [cell.value for cell in sheet[5]]

    assert heads[-5:] == ["Status", "Start on", "Due on", "Done on", "Notes"]
    assert sheet["J6"].value == "not begun"
    assert sheet["K6"].number_format == "yyyy-mm-dd"
    (validation,) = sheet.data_validations.dataValidation
    assert validation.formula1 == '"not begun,under way,done,dropped"'


@pytest.mark.parametrize("name", ["Items", "Advice", "Roadmap", "Key figures"])
def test_main_tables_have_filters_and_print_their_heading_on_every_page(name):
    sheet = open_workbook(render_case("gap-50", "xlsx"))[name]

    assert sheet.auto_filter.ref
    assert sheet.print_title_rows
    assert sheet.freeze_panes
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)


def test_charts_refer_to_cells_and_have_alternative_texts():
    parts = read_parts(render_case("gap-50", "xlsx"))

    charts = [content for name, content in parts.items() if name.startswith("xl/charts/chart")]
    drawings = b"".join(content for name, content in parts.items() if name.startswith("xl/drawings/drawing"))

    assert len(charts) == 4
    assert all(b"<c:f>" in chart for chart in charts)
    assert drawings.count(b"descr=") == len(charts)


@pytest.mark.parametrize(("language", "name"), [("de", "Überblick"), ("fr", "Vue d’ensemble"), ("es", "Resumen")])
def test_workbook_is_in_the_language_of_the_report(language, name):
    book = open_workbook(render_case("gap-50", "xlsx", language))

    assert book.sheetnames[0] == name


def test_playbook_shows_no_other_function():
    texts = " ".join(str(cell.value) for cell in list_cells(render_case("gap-50", "xlsx", "en", "function:hr")))

    assert "HR" in texts
    assert "Marketing" not in texts.replace("Marketing and legal", "")
    assert "Customer service" not in texts


def test_clipped_figure_stays_a_number_and_shows_its_bound():
    cell = build_figure_cell(ReportFigure(Decimal("10.0"), bound="at most"), get_translator("en"))

    assert cell.value == Decimal(10)
    assert cell.number_format.startswith('0" or less"')


def test_missing_figure_is_an_empty_cell():
    figure = ReportFigure(None, missing=make_message("missing.hidden", needed=6))

    assert build_figure_cell(figure, get_translator("en")).value is None


def test_signed_and_percent_figures_have_their_signs():
    translator = get_translator("de")

    signed = build_figure_cell(ReportFigure(Decimal("4.5")), translator, signed=True)
    percent = build_figure_cell(ReportFigure(Decimal(60)), translator, percent=True)

    assert signed.number_format.startswith("+0.0;")
    assert percent.number_format.startswith('0"\N{NO-BREAK SPACE}%"')


def test_sheets_with_the_same_name_get_numbers(tmp_path):
    book = ReportBook(tmp_path / "book.xlsx", get_translator("en"), "&L foot")

    names = [book.add_sheet(name).name for name in ("A/B", "a b", "x" * 40, "x" * 40, "'")]
    book.book.close()

    assert names == ["A B", "a b 2", "x" * 31, f"{'x' * 27} 2", "-"]


@pytest.mark.parametrize(("text", "length"), [("&" * 300, 200), ("\U0001f600" * 300, 100), ("a" * 199 + "&", 199)])
def test_footer_is_shortened_to_what_has_room(text, length):
    footer = escape_footer(text)

    assert len(footer) == length
    assert footer.replace("&&", "").count("&") == 0


def test_empty_optional_column_is_left_out(tmp_path):
    book = ReportBook(tmp_path / "book.xlsx", get_translator("en"), "")
    sheet = book.add_sheet("Sheet")

    sheet.write_table((SheetColumn("A", 10), SheetColumn("B", 10, is_optional=True)), [["x", ""]])
    book.book.close()

    assert open_workbook((tmp_path / "book.xlsx").read_bytes())["Sheet"].max_column == 1


@pytest.mark.parametrize(("text", "lines"), [("", 1), ("one two", 1), ("one two three", 2), ("a\nb", 2), ("x" * 25, 3)])
def test_line_count_breaks_between_words(text, lines):
    assert count_lines(text, 10) == lines


def test_unknown_audience_raises_value_error():
    with pytest.raises(ValueError, match="nobody"):
        render_with_details("small-9", "xlsx", replace(ReportDetails("Norden")), audience="nobody")
