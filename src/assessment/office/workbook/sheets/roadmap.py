"""Sheet of the roadmap: a tracker with status and dates that its readers fill in."""

from collections.abc import Sequence

from assessment.charts.primitives.palette import PALETTE
from assessment.domain.closed_sets import ActionStatus
from assessment.domain.report.actions import Action
from assessment.i18n.action_texts import format_start, name_effort, name_impact, name_status
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import (
    A3,
    DATE_FORMAT,
    ReportBook,
    SheetColumn,
    SheetValue,
    SheetWriter,
    TableArea,
)

STATUS_COLUMN = 9
DATE_COLUMNS = (10, 11, 12)
NOTE_COLUMN = 13
EARLIEST_YEAR = 2000


def add_roadmap(book: ReportBook, selection: EditionSelection) -> None:
    """Add the tracker: what the report says of each action, then columns to fill in."""
    translator = selection.translator
    further = selection.report.roadmap.further if selection.is_complete else ()
    actions = (*selection.actions, *further)
    if not actions:
        return
    sheet = book.add_sheet(translator.gettext("Roadmap"), paper=A3)
    title = translator.render_message(selection.report.roadmap.title if selection.is_complete else selection.title)
    sheet.write_title(title, selection.subject)
    sheet.write_line(translator.gettext("Columns to fill in: status, dates and notes. Nothing else depends on them."))
    for note in translator.render_messages(selection.report.roadmap.edit_notes):
        sheet.write_line(note)
    columns = (
        SheetColumn(translator.gettext("Rank"), 7, is_number=True),
        SheetColumn(translator.gettext("Action"), 40),
        SheetColumn(translator.gettext("Function"), 17),
        SheetColumn(translator.gettext("Owner"), 26),
        SheetColumn(translator.gettext("Effort"), 10),
        SheetColumn(translator.gettext("Impact"), 10),
        SheetColumn(translator.gettext("Start"), 16),
        SheetColumn(translator.gettext("When"), 16),
        SheetColumn(translator.gettext("Watch"), 40),
        SheetColumn(translator.gettext("Status"), 14),
        SheetColumn(translator.gettext("Start on"), 12),
        SheetColumn(translator.gettext("Due on"), 12),
        SheetColumn(translator.gettext("Done on"), 12),
        SheetColumn(translator.gettext("Notes"), 40),
    )
    area = sheet.write_table(columns, [_build_row(action, selection) for action in actions], is_main=True)
    _prepare_inputs(sheet, area, actions, selection)


def _build_row(action: Action, selection: EditionSelection) -> list[SheetValue]:
    translator = selection.translator
    return [
        action.place,
        action.title,
        action.function_name or translator.gettext("All functions"),
        action.owner,
        name_effort(action, translator),
        name_impact(action, translator),
        format_start(action, translator),
        action.horizon_name,
        action.indicator,
        name_status(action.status or ActionStatus.NOT_BEGUN, translator),
        action.start,
        action.until,
        None,
        None,
    ]


def list_statuses(selection: EditionSelection) -> tuple[str, ...]:
    """List the statuses that can be chosen, the first one at the beginning."""
    return tuple(name_status(status, selection.translator) for status in ActionStatus)


def _prepare_inputs(
    sheet: SheetWriter, area: TableArea, actions: Sequence[Action], selection: EditionSelection
) -> None:
    """Offer the statuses as a list, accept only dates as dates, and colour what is done or dropped."""
    first, last, book = area.first_row, area.last_row, sheet.book
    statuses = list_statuses(selection)
    sheet.sheet.data_validation(
        first, STATUS_COLUMN, last, STATUS_COLUMN, {"validate": "list", "source": list(statuses)}
    )
    input_look = {"bottom": 1, "bottom_color": PALETTE["faint"], "bg_color": PALETTE["wash"]}
    for row, action in enumerate(actions, start=first):
        for column, day in zip(DATE_COLUMNS, (action.start, action.until, None), strict=True):
            cell_format = book.get_format(**input_look, num_format=DATE_FORMAT)
            if day is None:
                sheet.sheet.write_blank(row, column, None, cell_format)
            else:
                sheet.sheet.write_datetime(row, column, day, cell_format)
    for row, action in enumerate(actions, start=first):
        status = name_status(action.status or ActionStatus.NOT_BEGUN, selection.translator)
        sheet.write_cell(row, STATUS_COLUMN, status, {"bg_color": PALETTE["wash"]})
        sheet.sheet.write_string(row, NOTE_COLUMN, action.note, book.get_format(**input_look, text_wrap=True))
    looks = {"under way": "level-1", "done": "level-2"}
    for status, tone in zip(statuses[1:3], looks.values(), strict=True):
        sheet.sheet.conditional_format(
            first,
            STATUS_COLUMN,
            last,
            STATUS_COLUMN,
            {
                "type": "cell",
                "criteria": "==",
                "value": f'"{status}"',
                "format": book.book.add_format({"bg_color": PALETTE[tone]}),
            },
        )
