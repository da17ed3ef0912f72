"""Tables of actions, as deck and document show them."""

from collections.abc import Sequence

from assessment.domain.report.actions import Action
from assessment.i18n import Translator
from assessment.i18n.action_texts import format_owner, format_reasons, format_start, format_until
from assessment.office.report_tables import Cell, ReportTable, build_head


def build_reason_table(actions: Sequence[Action], title: str, translator: Translator) -> ReportTable:
    """Build actions with the figures that fired them."""
    rows = [
        [
            Cell(translator.format_number(action.place), bold=True),
            Cell(action.title, bold=True),
            Cell(format_reasons(action, translator), tone="muted"),
        ]
        for action in actions
    ]
    return ReportTable(build_head(("", title, translator.gettext("Because"))), rows, [8, 52, 56])


def build_dense_roadmap_table(actions: Sequence[Action], translator: Translator) -> ReportTable:
    """Build actions with their dates only, those that start now in bold: for two columns on a slide."""
    table = build_roadmap_table(actions, translator)
    return ReportTable(table.head[:3], [row[:3] for row in table.rows], [6, 75, 19])


def build_roadmap_table(actions: Sequence[Action], translator: Translator) -> ReportTable:
    """Build actions with horizon and start; those that start now stand out."""
    titles = ("", translator.gettext("Action"), translator.gettext("When"), translator.gettext("Start"))
    rows = [
        [
            Cell(translator.format_number(action.place), bold=True, tone="accent" if action.starts_now else "ink"),
            Cell(action.title, bold=action.starts_now),
            Cell(format_until(action, translator)),
            Cell(
                format_start(action, translator),
                bold=action.starts_now,
                tone="ink" if action.starts_now else "muted",
            ),
        ]
        for action in actions
    ]
    return ReportTable(build_head(titles), rows, [8, 52, 24, 20])


def build_owner_table(actions: Sequence[Action], translator: Translator) -> ReportTable:
    """Build actions with owner, horizon, first step and indicator."""
    titles = (
        "",
        translator.gettext("Action"),
        translator.gettext("Owner"),
        translator.gettext("When"),
        translator.gettext("First step"),
        translator.gettext("Watch"),
    )
    rows = [
        [
            Cell(translator.format_number(action.place), bold=True, tone="accent"),
            Cell(action.title, bold=True),
            Cell(format_owner(action, translator)),
            Cell(format_until(action, translator)),
            Cell(next(iter(action.steps), "")),
            Cell(action.indicator),
        ]
        for action in actions
    ]
    return ReportTable(build_head(titles), rows, [6, 40, 28, 22, 44, 40])
