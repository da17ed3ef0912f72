"""The lowest dimensions of each function and the next rung, on the page of targets or of the heatmap."""

from assessment.domain.report import Report
from assessment.domain.report.sections.functions import DimensionRow, FunctionSection
from assessment.i18n import Translator
from assessment.pdf.page_blocks import Blocks, has_any_value, make_heading_with_block
from assessment.pdf.pages.functions import sort_dimensions_by_score
from assessment.pdf.typesetting.text import make_cell, make_table, share_width


def can_stand_with_targets(report: Report) -> bool:
    """Return whether the ladder may stand on the page of targets: it has scores."""
    return has_any_value(row.now for row in report.targets.functions)


def has_room_with_targets(report: Report) -> bool:
    """Return whether the page of targets has room for the ladder: no level is to be reached."""
    has_room = not report.target_paths.rows and not report.details.remarks.get("targets")
    return has_room and can_stand_with_targets(report)


def lay_out_ladder(report: Report, translator: Translator) -> Blocks:
    """Lay out the current rung and the next one of each function's lowest dimensions, ties included."""
    rows = [(part.name, row) for part in report.functions for row in _select_lowest_dimensions(part)]
    if not rows:
        return []
    head = [
        make_cell(text, "head")
        for text in (
            "",
            translator.gettext("Dimension"),
            translator.gettext("Today"),
            translator.gettext("One level up"),
        )
    ]
    lines = [
        [make_cell(name, "cell-strong"), make_cell(row.name), make_cell(row.level_text), make_cell(row.next_text)]
        for name, row in rows
    ]
    table = make_table([head, *lines], share_width([24, 22, 42, 42]), pad=4)
    return make_heading_with_block(translator.gettext("Where each function has the most room"), table)


def _select_lowest_dimensions(part: FunctionSection) -> list[DimensionRow]:
    """Select the dimensions with the lowest displayed score, ties included."""
    ordered = sort_dimensions_by_score(part)
    return [row for row in ordered if row.figure.value == ordered[0].figure.value]
