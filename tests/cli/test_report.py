"""`assessment report`: a whole PDF, or none."""

from io import BytesIO

import openpyxl
import pytest
from docx import Document
from pptx import Presentation
from pypdf import PdfReader

from assessment import pdf
from tests.office.slide_templates import make_slide_template
from tests.office.word_templates import write_template


def test_report_is_written_and_its_path_printed(run, golden, tmp_path):
    out = tmp_path / "out.pdf"

    said = run("report", golden / "risk-36.csv", "-o", out, "--organisation", "Brightwater", "--date", "2026-11-30")

    assert said.exit_code == 0
    assert said.stdout == ""
    assert f"Wrote {out}." in said.stderr
    read = PdfReader(BytesIO(out.read_bytes()))
    assert len(read.pages) >= 8
    assert "Brightwater" in (read.pages[0].extract_text() or "")


def test_report_shows_figures_of_table(run, golden, tmp_path):
    out = tmp_path / "out.pdf"
    title = run("score", golden / "risk-36.csv").stdout.splitlines()[0]

    run("report", golden / "risk-36.csv", "-o", out)

    cover = " ".join((PdfReader(BytesIO(out.read_bytes())).pages[0].extract_text() or "").split())
    assert title in cover


def test_failed_report_leaves_previous_file_unchanged(run, golden, tmp_path, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError

    out = tmp_path / "out.pdf"
    out.write_bytes(b"former")
    monkeypatch.setattr(pdf, "render_report", fail)

    with pytest.raises(RuntimeError):
        run("report", golden / "risk-36.csv", "-o", out)

    assert out.read_bytes() == b"former"
    assert [path.name for path in tmp_path.glob("*out*")] == ["out.pdf"]


def test_missing_output_folder_is_reported(run, golden, tmp_path):
    out = tmp_path / "no" / "out.pdf"

    said = run("report", golden / "risk-36.csv", "-o", out)

    assert said.exit_code == 1
    assert f"There is no folder {out.parent}." in said.stderr
    assert "Traceback" not in said.stderr


def test_responses_with_mistakes_write_no_report(run, tmp_path):
    broken, out = tmp_path / "broken.csv", tmp_path / "out.pdf"
    broken.write_text("respondent,role\nr1,boss\n", encoding="utf-8")

    said = run("report", broken, "-o", out)

    assert said.exit_code == 1
    assert not out.exists()


def test_untranslated_language_is_usage_error(run, golden, tmp_path):
    said = run("report", golden / "risk-36.csv", "-o", tmp_path / "out.pdf", "--language", "xx")

    assert said.exit_code == 2
    assert "only in: de, en, es, fr" in said.stderr


def test_audiences_equal_those_of_api(run, golden, tmp_path):
    arguments = ("report", golden / "risk-36.csv", "-o", tmp_path / "out.pdf", "--audience")

    assert run(*arguments, "board").exit_code == 0
    assert len(PdfReader(tmp_path / "out.pdf").pages) == 2
    refused = run(*arguments, "everybody")
    assert refused.exit_code == 2
    assert "function:customer-service" in refused.stderr


def test_ending_names_the_format(run, golden, tmp_path):
    out = tmp_path / "out.xlsx"

    answer = run("report", golden / "risk-36.csv", "-o", out, "--organisation", "Brightwater")

    assert answer.exit_code == 0
    assert "Brightwater" in openpyxl.load_workbook(out)["Overview"]["A1"].value


def test_unknown_ending_is_usage_error(run, golden, tmp_path):
    answer = run("report", golden / "risk-36.csv", "-o", tmp_path / "out.odt")

    assert answer.exit_code == 2
    assert "out.odt must end in one of: .pdf" in " ".join(answer.stderr.split())


def test_dash_writes_to_standard_output(run, golden):
    answer = run("report", golden / "risk-36.csv", "-o", "-", "--format", "xlsx")

    assert answer.stdout_bytes.startswith(b"PK")
    assert answer.stderr == ""


def test_own_word_template_is_filled_in(run, golden, tmp_path):
    template, out = tmp_path / "ours.docx", tmp_path / "out.docx"
    template.write_bytes(write_template("{{ organisation }}", "{{ level }}"))

    said = run("report", golden / "risk-36.csv", "-o", out, "--organisation", "Brightwater", "--template", template)

    assert said.exit_code == 0, said.stderr
    assert [paragraph.text for paragraph in Document(out).paragraphs] == ["Brightwater", "3"]


def test_mistakes_of_a_word_template_are_listed_and_nothing_is_written(run, golden, tmp_path):
    template, out = tmp_path / "ours.docx", tmp_path / "out.docx"
    template.write_bytes(write_template("{{ nobody }}", "{{ nothing }}"))

    said = run("report", golden / "risk-36.csv", "-o", out, "--template", template)

    assert said.exit_code == 1
    assert "There is no field nobody." in said.stderr
    assert "There is no field nothing." in said.stderr
    assert not out.exists()


def test_word_template_makes_word_documents_only(run, golden, tmp_path):
    template = tmp_path / "ours.docx"
    template.write_bytes(write_template("{{ title }}"))

    said = run("report", golden / "risk-36.csv", "-o", tmp_path / "out.pdf", "--template", template)

    assert said.exit_code == 2
    assert "ends in .docx" in said.stderr


def test_chart_is_written_as_picture_of_its_ending(run, golden, tmp_path):
    pictures = [tmp_path / "heatmap.svg", tmp_path / "heatmap.png"]

    said = [run("report", golden / "risk-36.csv", "-o", out, "--chart", "heatmap") for out in pictures]

    assert [each.exit_code for each in said] == [0, 0]
    assert pictures[0].read_bytes().startswith(b"<?xml")
    assert pictures[1].read_bytes().startswith(b"\x89PNG")


def test_unknown_chart_and_ending_are_usage_errors(run, golden, tmp_path):
    unknown = run("report", golden / "risk-36.csv", "-o", tmp_path / "a.svg", "--chart", "nothing")
    ending = run("report", golden / "risk-36.csv", "-o", tmp_path / "a.pdf", "--chart", "heatmap")

    assert (unknown.exit_code, ending.exit_code) == (2, 2)
    assert "heatmap" in unknown.stderr
    assert ".svg" in ending.stderr
    assert list(tmp_path.iterdir()) == []


def test_slides_are_written_with_the_template_of_the_firm(run, golden, tmp_path):
    template = tmp_path / "ours.pptx"
    template.write_bytes(make_slide_template())

    said = run("report", golden / "risk-36.csv", "-o", tmp_path / "out.pptx", "--template", template)

    assert said.exit_code == 0
    assert Presentation(tmp_path / "out.pptx").slides[0].slide_layout.name == "Cover"
