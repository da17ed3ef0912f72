"""Sheet of the advice in full."""

from assessment.domain.report.actions import Action
from assessment.i18n.action_texts import format_reasons, format_start, name_effort, name_impact
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import A3, ReportBook, SheetColumn, SheetValue


def add_advice(book: ReportBook, selection: EditionSelection) -> None:
    """Add a row for each action, with reasons and first steps."""
    translator = selection.translator
    if not selection.actions:
        return
    sheet = book.add_sheet(translator.gettext("Advice"), paper=A3)
    sheet.write_title(translator.gettext("All advice in full"), selection.subject)
    if decision := selection.format_first_decision():
        sheet.write_line(decision)
    columns = (
        SheetColumn(translator.gettext("Rank"), 7, is_number=True),
        SheetColumn(translator.gettext("Action"), 32),
        SheetColumn(translator.gettext("Function"), 17),
        SheetColumn(translator.gettext("Why"), 40),
        SheetColumn(translator.gettext("Because"), 28),
        SheetColumn(translator.gettext("First steps"), 50),
        SheetColumn(translator.gettext("Owner"), 18),
        SheetColumn(translator.gettext("Effort"), 10),
        SheetColumn(translator.gettext("Impact"), 10),
        SheetColumn(translator.gettext("Start"), 16),
        SheetColumn(translator.gettext("When"), 16),
        SheetColumn(translator.gettext("Watch"), 26),
        SheetColumn(translator.gettext("Goal"), 30),
    )
    sheet.write_table(columns, [_build_row(action, selection) for action in selection.actions], is_main=True)


def _build_row(action: Action, selection: EditionSelection) -> list[SheetValue]:
    translator = selection.translator
    about = [translator.render_message(action.about)] if action.about else []
    return [
        action.place,
        action.title,
        action.function_name or translator.gettext("All functions"),
        " ".join([action.why, *about]),
        format_reasons(action, translator),
        "\n".join(f"{number}. {step}" for number, step in enumerate(action.steps, start=1)),
        action.owner,
        name_effort(action, translator),
        name_impact(action, translator),
        format_start(action, translator),
        action.horizon_name,
        action.indicator,
        translator.render_message(action.goal) if action.goal else "",
    ]
