"""The document: styles, headings, captions, native charts, language."""

import re

import pytest
from docx.oxml.ns import qn

from assessment.domain.report import ConsultantFinding, ReportDetails, ScoreModeration
from assessment.i18n import get_translator
from tests import reports
from tests.office.office_files import (
    open_document,
    open_workbook,
    read_deck_text,
    read_document_text,
    read_parts,
    render_case,
    render_with_details,
)
from tests.pdf.hostile_texts import list_hostile_texts

TEXTS = list_hostile_texts()


def list_styled_texts(document, style):
    """List the paragraphs of one style."""
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == style]


@pytest.mark.parametrize("case", reports.CASES)
def test_every_case_opens_with_headings(case):
    document = open_document(render_case(case, "docx"))

    assert len(list_styled_texts(document, "Heading 1")) >= 4
    assert all(text.strip() for text in list_styled_texts(document, "Heading 1"))


def test_headings_are_the_sentences_of_the_report():
    report, translator = reports.build_case_report("gap-50"), get_translator("en")

    headings = list_styled_texts(open_document(render_case("gap-50", "docx")), "Heading 1")

    sections = (report.answer, report.targets, report.heatmap, *report.functions, report.perception_gap)
    sections += (report.authority, report.hand_offs, report.outlook, report.roadmap)
    assert [translator.render_message(section.title) for section in sections] == headings[: len(sections)]


def test_tables_and_charts_have_numbered_captions():
    document = open_document(render_case("gap-50", "docx"))

    captions = list_styled_texts(document, "Caption")

    tables = [caption for caption in captions if caption.startswith("Table ")]
    figures = [caption for caption in captions if caption.startswith("Figure ")]
    assert len(tables) == len(document.tables)
    assert [int(re.match(r"Figure (\d+): ", caption)[1]) for caption in figures] == list(range(1, 9))


def test_tables_repeat_their_heading_and_have_alternative_texts():
    for table in open_document(render_case("gap-50", "docx")).tables:
        properties = table._tbl.tblPr

        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert properties.find(qn("w:tblDescription")).get(qn("w:val"))


def test_charts_are_native_and_hold_their_data():
    parts = read_parts(render_case("gap-50", "docx"))

    charts = [name for name in parts if name.startswith("word/charts/chart")]
    books = [open_workbook(content) for name, content in parts.items() if name.startswith("word/embeddings/")]

    report = reports.build_case_report("gap-50")
    expected = {float(score.figure.value) for score in (report.answer.overall, *report.answer.functions)}
    assert len(charts) == len(books) == 8
    assert any({row[1].value for row in book.active.iter_rows(min_row=2)} == expected for book in books)
    assert parts["word/document.xml"].count(b"descr=") == 8


def test_contents_link_to_every_heading():
    document = open_document(render_case("gap-50", "docx"))

    links = {link.get(qn("w:anchor")) for link in document.element.body.iter(qn("w:hyperlink"))}
    bookmarks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}

    assert len(links) > 10
    assert links <= bookmarks


@pytest.mark.parametrize(("language", "tag"), [("de", "de-DE"), ("fr", "fr-FR")])
def test_document_has_the_language_of_the_report(language, tag):
    document = open_document(render_case("gap-50", "docx", language))

    assert {mark.get(qn("w:val")) for mark in document.styles.element.iter(qn("w:lang"))} == {tag}
    assert document.core_properties.language == tag


def test_consultants_words_are_marked_as_theirs():
    details = ReportDetails(
        "Norden",
        "Autumn",
        reports.DATE,
        remarks={"heatmap": "We walked two shifts.\nBoth were calm.", "hr": "Being rewritten."},
        findings=(ConsultantFinding("Two tools do the same job", "Both pay."),),
        moderations=(ScoreModeration("HR", 21.1, 55.0, "We saw more"),),
    )

    text = read_document_text(render_with_details("gap-50", "docx", details))

    assert text.count("In the consultant’s own words") == 2
    assert "Both were calm." in text
    assert "Two tools do the same job" in text
    assert "We saw more" in text


@pytest.mark.parametrize("audience", ["board", "respondents", "function:hr"])
def test_short_editions_open(audience):
    document = open_document(render_case("gap-50", "docx", "en", audience))

    assert list_styled_texts(document, "Heading 1")


def test_playbook_shows_no_other_function():
    text = read_document_text(render_case("gap-50", "docx", "en", "function:hr"))

    assert "HR" in text
    assert "Customer service" not in text


def test_same_report_gives_same_bytes():
    details = ReportDetails("Norden", "Autumn", reports.DATE)

    first, second = (render_with_details("gap-50", "docx", details) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("texts", [TEXTS[:50], TEXTS[50:100], TEXTS[100:]])
def test_hostile_texts_open_without_repair(texts):
    findings = tuple(ConsultantFinding(text[:240] or "x", text[:6000]) for text in texts)
    remarks = {"answer": texts[0], "hr": texts[1], "authority": texts[2]}
    details = ReportDetails(texts[0][:200] or "x", texts[1][:200], reports.DATE, findings=findings, remarks=remarks)

    document = open_document(render_with_details("small-9", "docx", details))

    assert len(list_styled_texts(document, "Heading 2")) >= len(texts)


@pytest.mark.parametrize(("ending", "read"), [("docx", read_document_text), ("pptx", read_deck_text)])
def test_playbook_names_the_action_that_others_wait_for(ending, read):
    report = reports.build_case_report("contested-60")
    waiting = next(action for action in report.roadmap.actions if action.after is not None and action.function)
    first = next(action for action in report.roadmap.actions if action.place == waiting.after)

    text = read(render_case("contested-60", ending, "en", f"function:{waiting.function}"))

    assert first.title in text


def test_answer_goes_from_finding_to_action_owner_date_and_effect():
    answer = reports.build_case_report("risk-36").answer
    document = open_document(render_case("risk-36", "docx"))

    (rows,) = [
        [[cell.text for cell in row.cells] for row in table.rows][1:]
        for table in document.tables
        if table.rows[0].cells[0].text == "What we found"
    ]

    assert [row[0][3:] for row in rows] == get_translator("en").render_messages(answer.findings)
    assert rows[0][2] == "Keep an experienced colleague within reach (Action 1; also action 2)"
    assert rows[0][3:] == ["Head of customer service, 30 Nov 2026", "Experienced help in time: 20 → 50 or more"]


def test_answer_slide_names_each_action_below_its_finding():
    slide = read_deck_text(render_case("risk-36", "pptx"))

    finding = slide.index("3. Purpose in Customer service is at 17.5, below 40")
    action = slide.index("→ Hold every channel to the same service goals")
    assert slide.index("→ Make escalation work in all staffed hours") < finding < action
