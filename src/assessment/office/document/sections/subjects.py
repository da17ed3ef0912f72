"""Sections on one subject each: targets, heatmap, gap, authority, hand-offs, outlook, change."""

from assessment.domain.report.figures import KeyFigure
from assessment.domain.report.message import make_message
from assessment.office.document.document_writer import TABLE_SIZE, DocumentWriter
from assessment.office.report_charts import (
    build_authority_chart,
    build_gap_chart,
    build_outlook_chart,
    build_target_chart,
    format_coordinates,
    list_authority_figures,
)
from assessment.office.report_tables import (
    ReportTable,
    build_change_table,
    build_embedding_figure,
    build_figure_table,
    build_gap_table,
    build_hand_off_table,
    build_heatmap_table,
    build_level_key,
    build_target_path_table,
    build_target_table,
)

GRID_COLUMNS, GRID_SIZE = 6, 7.5  # from so many columns on, the type in points: longer names would break


def choose_grid_size(table: ReportTable) -> float:
    """Choose the type of a grid by its columns, in points."""
    return GRID_SIZE if len(table.head) > GRID_COLUMNS else TABLE_SIZE


def add_targets(writer: DocumentWriter) -> None:
    """Add scores against targets, and what would lift the level."""
    report, translator = writer.selection.report, writer.translator
    section, subject = report.targets, translator.gettext("Now against target")
    writer.add_heading(translator.render_message(section.title), is_new_page=True)
    writer.add_chart(build_target_chart(section, translator), subject)
    writer.add_table(build_target_table(section.functions, translator.gettext("Function"), translator), subject)
    if section.balance:
        writer.add_paragraph(translator.render_message(section.balance))
    writer.add_table(
        build_target_table(section.dimensions, translator.gettext("Dimension"), translator, by_dimension=True),
        translator.gettext("The widest distances, dimension by dimension"),
    )
    writer.add_remark("targets")
    if report.target_paths.rows:
        writer.add_heading(translator.gettext("What would lift the level"), 2)
        writer.add_paragraph(f"{translator.render_message(report.target_paths.title)}.")
        table = build_target_path_table(report.target_paths, translator)
        writer.add_table(table, translator.gettext("What would lift the level"))
        writer.add_messages(report.target_paths.notes, "Normal", tone="muted")


def add_heatmap(writer: DocumentWriter) -> None:
    """Add functions by dimensions."""
    section, translator = writer.selection.report.heatmap, writer.translator
    writer.add_heading(translator.render_message(section.title))  # a small table: no page of its own
    table = build_heatmap_table(section, translator)
    writer.add_table(table, translator.gettext("Functions by dimension (0–100)"), choose_grid_size(table))
    key = translator.gettext("Scores from 0 to 100; the colour is the level of the score.")
    levels = translator.join_with_semicolons([cell.text for cell in build_level_key(section.cuts, translator).head])
    writer.add_paragraph(f"{key} {levels}.", tone="muted")
    writer.add_messages(section.reading)
    writer.add_remark("heatmap")


def add_perception_gap(writer: DocumentWriter) -> None:
    """Add leaders and practitioners."""
    section, translator = writer.selection.report.perception_gap, writer.translator
    if section is None:
        return
    subject = translator.gettext("Leaders and practitioners")
    chart = build_gap_chart(section, translator)
    writer.add_heading(translator.render_message(section.title), is_new_page=chart is not None)
    if chart is not None:
        writer.add_key_figures(section.key_figures, translator.join_label(subject, translator.gettext("Key figures")))
        writer.add_chart(chart, subject)
        writer.add_table(build_gap_table(section, translator), subject)
    writer.add_messages(section.notes, "Normal", tone="muted")
    writer.add_remark("gap")


def add_authority(writer: DocumentWriter) -> None:
    """Add authority and support."""
    section, translator = writer.selection.report.authority, writer.translator
    if section is None:
        return
    subject = translator.gettext("Authority and support")
    chart = build_authority_chart(section, translator)
    writer.add_heading(translator.render_message(section.title), is_new_page=chart is not None)
    if chart is not None:
        writer.add_key_figures(section.key_figures, translator.join_label(subject, translator.gettext("Key figures")))
        writer.add_chart(chart, subject)
        writer.add_table(build_figure_table(list_authority_figures(section, translator), translator), subject)
    if section.class_meaning:
        name = translator.gettext("{class_name}:").format(class_name=section.class_name)
        writer.add_paragraph(f"{name} {section.class_meaning}")
    writer.add_messages(section.notes, "Normal", tone="muted")
    writer.add_remark("authority")


def add_hand_offs(writer: DocumentWriter) -> None:
    """Add functions by channels."""
    section, translator = writer.selection.report.hand_offs, writer.translator
    if section is None:
        return
    has_figures = any(cell.figure.value is not None for row in section.rows for cell in row.cells)
    writer.add_heading(translator.render_message(section.title), is_new_page=has_figures)
    if has_figures:
        figure = KeyFigure(make_message("label.hand-offs-whole"), section.overall)
        writer.add_key_figures((figure,), translator.gettext("Hand-offs, all functions"))
        writer.add_table(
            table := build_hand_off_table(section, translator),
            translator.gettext("Hand-offs between channels (0–100)"),
            choose_grid_size(table),
        )
        worst = [row for row in section.rows if row.worst]
        if worst:
            writer.add_heading(translator.gettext("Begin with"), 2)
        for row in worst:
            writer.add_paragraph(translator.join_label(row.name, translator.join_list(row.worst)), "List Bullet")
    writer.add_messages(section.notes, "Normal", tone="muted")
    writer.add_remark("hand-offs")


def add_outlook(writer: DocumentWriter) -> None:
    """Add the outlook on roles, and how far the work is embedded."""
    section, translator = writer.selection.report.outlook, writer.translator
    if section is None:
        return
    chart = build_outlook_chart(section, translator)
    has_figures = chart is not None or section.embedding.value is not None
    writer.add_heading(translator.render_message(section.title), is_new_page=has_figures)
    if chart is not None:
        writer.add_chart(chart, translator.gettext("Roles in four years"))
        sides = [
            (translator.gettext("Independence of one network"), section.independence),
            (translator.gettext("Readiness for another role"), section.readiness),
        ]
        writer.add_table(build_figure_table(sides, translator), translator.gettext("Roles in four years"))
        writer.add_paragraph(format_coordinates(section, translator), tone="muted")
        for quadrant in section.quadrants:
            writer.add_paragraph(
                translator.join_label(quadrant.name, quadrant.meaning), "List Bullet", bold=quadrant.is_current
            )
    writer.add_messages(section.notes, "Normal", tone="muted")
    if section.embedding.value is not None:
        subject = translator.gettext("How far the work is embedded")
        writer.add_heading(subject, 2)
        writer.add_key_figures((build_embedding_figure(section),), subject)
        writer.add_paragraph(section.embedding_meaning)
    writer.add_remark("outlook")


def add_change(writer: DocumentWriter) -> None:
    """Add the change since the last wave; nothing without one."""
    section, translator = writer.selection.report.change, writer.translator
    if section is None:
        return
    writer.add_heading(translator.render_message(section.title), is_new_page=True)
    writer.add_messages(section.breaks, "Normal")
    writer.add_table(build_change_table(section, translator), translator.gettext("Change since the last wave"))
    for title, items in (
        (translator.gettext("Biggest gains"), section.rising_items),
        (translator.gettext("Biggest drops"), section.falling_items),
    ):
        if items:
            writer.add_heading(title, 2)
        for item in items:
            about = " · ".join(text for text in (item.name, item.function) if text)
            writer.add_paragraph(f"{translator.format_figure(item.change, signed=True)}  {about}", "List Bullet")
    writer.add_messages((*section.projection, *section.notes), "Normal", tone="muted")
    writer.add_remark("change")
