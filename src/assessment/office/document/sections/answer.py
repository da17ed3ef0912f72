"""Cover, contents, the answer, and what the consultant adds."""

from docx.shared import Cm

from assessment.office.answer_table import build_answer_table
from assessment.office.document.document_writer import DocumentWriter
from assessment.office.pictures import load_logo
from assessment.office.plain_text import clean_line
from assessment.office.report_charts import build_level_chart
from assessment.office.report_tables import Cell, ReportTable, build_head, build_level_table

MAX_NAME_LENGTH = 90
LOGO_HEIGHT = Cm(1.6)


def add_cover(writer: DocumentWriter) -> None:
    """Add client, title, date, edition and the main finding."""
    selection, details = writer.selection, writer.selection.report.details
    logo = load_logo(details.logo)
    if logo is not None:
        name = clean_line(details.author or details.organisation, MAX_NAME_LENGTH)
        writer.add_picture(logo, LOGO_HEIGHT, name)
    writer.add_paragraph(clean_line(details.organisation, MAX_NAME_LENGTH), "Title")
    line = " · ".join(text for text in (details.title, selection.date, selection.name) if text)
    writer.add_paragraph(clean_line(line), "Subtitle")
    if not selection.is_short:
        writer.add_paragraph(writer.translator.render_message(selection.title), bold=True, fill="wash")
    if details.author:
        text = writer.translator.gettext("Prepared by {author}").format(author=details.author)
        writer.add_paragraph(clean_line(text), tone="muted")


def add_contents(writer: DocumentWriter) -> None:
    """Add the contents on a page of their own."""
    writer.add_page_break()
    writer.add_paragraph(writer.translator.gettext("Contents"), "Subtitle")
    writer.reserve_contents()


def add_answer(writer: DocumentWriter) -> None:
    """Add level, findings with the actions that follow from them, and the decision asked for."""
    selection, translator = writer.selection, writer.translator
    section = selection.report.answer
    writer.add_heading(translator.render_message(section.title), is_new_page=not selection.is_short)
    writer.add_chart(build_level_chart(selection), translator.gettext("Where it stands"))
    writer.add_table(build_level_table(selection), translator.gettext("Levels"))
    if section.change:
        writer.add_paragraph(f"{translator.render_message(section.change)}.", bold=True)
    writer.add_key_figures(section.key_figures, translator.gettext("Key figures"))
    if section.findings:
        heading = translator.gettext("What we found")
        writer.add_heading(heading, 2)
        if table := build_answer_table(selection.report, translator):
            writer.add_table(table, heading)
        else:
            writer.add_messages(section.findings)
    writer.add_heading(translator.gettext("The decision asked for"), 2)
    writer.add_paragraph(translator.render_message(section.decision), bold=True, fill="wash")
    outcome = [section.effort, *section.expected] if section.effort else section.expected
    writer.add_paragraph(" ".join(translator.render_messages(outcome)))
    if section.also:
        sentences = (sentence.rstrip(".") for sentence in translator.render_messages(section.also))
        text = " ".join(f"{sentence}." for sentence in sentences)
        writer.add_paragraph(f"{translator.gettext('Also found:')} {text}")
    if section.strengths:
        text = translator.join_with_semicolons(translator.render_messages(section.strengths))
        writer.add_paragraph(f"{translator.gettext('Worth keeping:')} {text}.")
    writer.add_messages(section.notes, "Normal", tone="muted")


def add_own_findings(writer: DocumentWriter) -> None:
    """Add the consultant's findings, text and moderated scores; nothing if there are none."""
    report, translator = writer.selection.report, writer.translator
    details = report.details
    changes = report.answer.finding_notes
    if not (details.findings or report.moderations or changes or details.remarks.get("answer", "").strip()):
        return
    writer.add_heading(translator.gettext("The consultant adds to the computed findings"))
    writer.add_remark("answer")
    for finding in details.findings:
        writer.add_heading(finding.title, 2)
        writer.add_paragraph(finding.text)
    if changes:
        writer.add_heading(translator.gettext("Changes to computed findings"), 2)
        writer.add_messages(changes)
    titles = ("", translator.gettext("Computed"), translator.gettext("Moderated"), translator.gettext("Why"))
    rows = [
        [
            Cell(row.place, bold=True),
            Cell(translator.format_figure(row.computed), is_number=True),
            Cell(translator.format_figure(row.moderated), is_number=True),
            Cell(row.reason),
        ]
        for row in report.moderations
    ]
    table = ReportTable(build_head(titles, (1, 2)), rows, [30, 16, 16, 60])
    writer.add_table(table, translator.gettext("Moderated scores"))
