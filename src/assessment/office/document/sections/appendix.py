"""Appendix: method, cut points, who took part, items, what is hidden, provenance."""

from assessment.domain.report.sections.appendix import AppendixItem
from assessment.office.document.document_writer import DocumentWriter
from assessment.office.report_tables import (
    DASH,
    Cell,
    ReportTable,
    build_head,
    build_people_table,
    build_provenance_table,
)


def add_appendix(writer: DocumentWriter) -> None:
    """Add all parts of the appendix."""
    report, translator = writer.selection.report, writer.translator
    section, people = report.appendix, report.participation
    writer.add_heading(translator.gettext("How the figures came about"), is_new_page=True)
    writer.add_heading(translator.gettext("Method"), 2)
    writer.add_messages(section.method)
    cuts = [
        [Cell(translator.render_message(cut.name), bold=True), Cell(translator.render_message(cut.value))]
        for cut in section.cut_points
    ]
    title = translator.gettext("Cut points")
    writer.add_table(ReportTable(build_head((title, "")), cuts, [44, 80]), title)
    writer.add_heading(translator.gettext("Who took part"), 2)
    writer.add_messages(people.notes)
    if not report.consensus:
        writer.add_messages((people.careless,))
        for label, counts in (
            (translator.gettext("Role"), people.by_role),
            (translator.gettext("Function"), people.by_function),
        ):
            table = build_people_table(label, counts, translator)
            writer.add_table(table, translator.join_label(translator.gettext("Who took part"), label))
    add_items(writer)
    add_provenance(writer)


def add_items(writer: DocumentWriter) -> None:
    """Add the items of the functions shown, and of the whole those asked across functions."""
    selection, translator = writer.selection, writer.translator
    names = {part.name for part in selection.functions}
    groups = [
        group
        for group in selection.report.appendix.items
        if group.name in names or (selection.is_complete and not group.name)
    ]
    writer.add_heading(translator.gettext("What was asked, item by item"), 2)
    titles = (
        "",
        translator.gettext("Item"),
        translator.gettext("Asked of"),
        translator.gettext("Score"),
        translator.gettext("Answers"),
        translator.gettext("Don’t know"),
    )
    for group in groups:
        rows = [_build_item_row(item, writer) for item in group.items]
        table = ReportTable(build_head(titles, (3, 4, 5)), rows, [16, 60, 26, 16, 13, 13])
        writer.add_table(table, group.name or translator.gettext("Across functions"))


def _build_item_row(item: AppendixItem, writer: DocumentWriter) -> list[Cell]:
    translator, figure = writer.translator, item.figure
    score = translator.format_figure(figure)
    if figure.value is None:
        score = translator.format_missing_briefly(figure) or DASH
    counts = [DASH if count is None else translator.format_number(count) for count in (figure.n, figure.dk)]
    return [
        Cell(item.id, tone="muted"),
        Cell(item.text),
        Cell(item.asked_of, tone="muted"),
        Cell(score, bold=True, is_number=True),
        *(Cell(count, is_number=True) for count in counts),
    ]


def add_provenance(writer: DocumentWriter) -> None:
    """Add what is hidden and why, and where the figures come from."""
    translator = writer.translator
    writer.add_heading(translator.gettext("What is hidden, and why"), 2)
    writer.add_messages(writer.selection.hidden)
    writer.add_heading(translator.gettext("Provenance"), 2)
    writer.add_table(build_provenance_table(writer.selection), translator.gettext("Provenance"))
