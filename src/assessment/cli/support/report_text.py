"""A report as text for a terminal: levels, indices, risks and advice."""

from collections.abc import Iterable, Iterator, Sequence

import click

from assessment.cli.support.text_table import format_rows, wrap_paragraphs
from assessment.domain.report import Report
from assessment.domain.report.actions import Action
from assessment.domain.report.figures import KeyFigure, LevelScore, ReportFigure
from assessment.domain.report.message import Message
from assessment.i18n import DASH, Translator

TableRows = list[list[str]]


def format_report(report: Report, translator: Translator) -> Iterator[str]:
    """Format the report; every figure is the one of page and PDF."""
    yield from (
        click.style(line, bold=True)
        for line in wrap_paragraphs([translator.render_message(report.answer.title)], indent="")
    )
    yield from wrap_paragraphs(translator.render_messages([*_list_participation(report)]))
    yield from _format_section(translator.gettext("Levels"), _format_levels(report, translator))
    yield from _format_section(
        translator.gettext("Functions by dimension (0–100)"),
        _format_heatmap(report, translator),
        translator.render_messages(report.heatmap.reading),
    )
    notes = translator.render_messages([*report.answer.notes, *([report.outlook.title] if report.outlook else [])])
    yield from _format_section(
        translator.gettext("Indices (0–100)"), format_rows(_make_index_rows(report, translator), left=(0, 2)), notes
    )
    yield from _format_gap(report, translator)
    yield from _format_hand_offs(report, translator)
    yield from _format_advice(report, translator)
    yield from _format_section(
        translator.gettext("What is hidden, and why"), (), translator.render_messages(report.appendix.hidden)
    )


def _list_participation(report: Report) -> Iterator[Message]:
    yield from report.participation.notes[:1]
    yield report.participation.careless


def _format_section(title: str, table: Iterable[str], notes: Iterable[str] = ()) -> Iterator[str]:
    yield ""
    yield click.style(title, bold=True)
    yield from table
    yield from wrap_paragraphs(notes)


def _format_levels(report: Report, translator: Translator) -> Iterator[str]:
    _ = translator.gettext
    head = ["", _("Score"), _label_interval(report, translator), _("Level"), _("Target"), _("Answering"), ""]
    targets = {row.name: translator.format_number(row.target) for row in report.targets.functions}
    scores = [
        (translator.gettext("The whole"), report.answer.overall),
        *((score.name, score) for score in report.answer.functions),
    ]
    return format_rows(
        [head, *(_make_level_row(name, score, targets, translator) for name, score in scores)], left=(0, 6)
    )


def _make_level_row(name: str, one: LevelScore, targets: dict[str, str], translator: Translator) -> list[str]:
    _ = translator.gettext
    marks = [_("contested")] if one.contested else []
    marks += [_("provisional")] if one.provisional else []
    marks += [translator.explain_missing(one.figure)] if one.figure.missing else []
    people = DASH if one.figure.n is None else translator.format_number(one.figure.n)
    level = DASH if one.level is None else str(one.level)
    return [
        name,
        translator.format_figure(one.figure),
        _format_interval(one.figure, translator),
        level,
        targets.get(name, ""),
        people,
        ", ".join(marks),
    ]


def _label_interval(report: Report, translator: Translator) -> str:
    return translator.gettext("{percent}% interval").format(percent=translator.format_number(report.interval_percent))


def _format_interval(figure: ReportFigure, translator: Translator) -> str:
    return translator.format_interval(figure.interval) if figure.interval else DASH


def _format_heatmap(report: Report, translator: Translator) -> Iterator[str]:
    head = ["", *report.heatmap.columns]
    return format_rows(
        [
            head,
            *(
                [row.name, *(translator.format_figure(cell.figure) for cell in row.cells)]
                for row in report.heatmap.rows
            ),
        ]
    )


def _make_index_rows(report: Report, translator: Translator) -> TableRows:
    """Return every index once, with its class and related figures."""
    parts = (report.authority, report.perception_gap, report.outlook)
    groups: Sequence[tuple[KeyFigure, ...]] = (
        report.answer.key_figures,
        *(part.key_figures for part in parts if part),
    )
    rows: TableRows = []
    for key in (key for group in groups for key in group):
        name = translator.render_message(key.label)
        if name not in [row[0] for row in rows]:
            rows.append([name, _format_key_figure(key, translator), _describe_key_figure(key, translator)])
    own = []
    if authority := report.authority:
        own = [
            (translator.gettext("Authority"), authority.authority),
            (translator.gettext("Support"), authority.support),
        ]
    if report.hand_offs:
        own.append((translator.gettext("Hand-offs between channels"), report.hand_offs.overall))
    return rows + [[name, translator.format_figure(figure), translator.explain_missing(figure)] for name, figure in own]


def _format_key_figure(key: KeyFigure, translator: Translator) -> str:
    return translator.format_figure(key.figure, percent=key.unit == "percent")


def _describe_key_figure(key: KeyFigure, translator: Translator) -> str:
    parts = [translator.explain_missing(key.figure)] if key.figure.missing else []
    parts += [translator.render_message(key.meaning)] if key.meaning else []
    parts += [f"({translator.format_interval(key.figure.interval)})"] if key.figure.interval else []
    return " ".join(parts)


def _format_gap(report: Report, translator: Translator) -> Iterator[str]:
    _, part = translator.gettext, report.perception_gap
    if part is None:
        return
    head = ["", _("Leaders"), _("Practitioners"), _("Gap"), _label_interval(report, translator), ""]
    table = [head] + [
        [
            row.name,
            translator.format_figure(row.leader),
            translator.format_figure(row.practitioner),
            translator.format_figure(row.gap, signed=True),
            f"({translator.format_interval(row.gap.interval, signed=True)})" if row.gap.interval else DASH,
            translator.render_message(row.verdict_text) if row.verdict_text else translator.explain_missing(row.gap),
        ]
        for row in part.rows
    ]
    lines = format_rows(table, left=(0, 5)) if part.rows else ()
    yield from _format_section(_("Leaders and practitioners"), lines, [translator.render_message(part.title)])


def _format_hand_offs(report: Report, translator: Translator) -> Iterator[str]:
    _, part = translator.gettext, report.hand_offs
    if part is None:
        return
    head = ["", _("Score"), *part.columns]
    table = [head] + [
        [
            row.name,
            translator.format_figure(row.figure),
            *(translator.format_figure(cell.figure) + ("*" if cell.mark else "") for cell in row.cells),
        ]
        for row in part.rows
    ]
    notes = [translator.render_message(part.title)]
    if any(cell.mark for row in part.rows for cell in row.cells):
        notes.append(_("* the weakest hand-off of the function, or those that share the lowest score"))
    yield from _format_section(_("Hand-offs between channels (0–100)"), format_rows(table), notes)


def _format_advice(report: Report, translator: Translator) -> Iterator[str]:
    now = [action for action in report.roadmap.actions if action.starts_now]
    waiting = [action for action in report.roadmap.actions if action.after is not None]
    rest = [action for action in report.roadmap.actions if action.part == "next"]
    title = translator.render_messages([report.roadmap.title, *report.roadmap.notes])
    yield from _format_section(translator.gettext("Advice: start now"), (), title)
    yield from _format_actions(now, translator)
    if waiting:
        text = translator.gettext("Advice: after action {place}")
        yield from _format_section(text.format(place=translator.format_number(now[0].place)), ())
        yield from _format_actions(waiting, translator)
    if rest:
        yield from _format_section(translator.gettext("Advice: start next"), ())
        yield from _format_actions(rest, translator)
    if report.roadmap.further:
        yield from _format_section(translator.gettext("Advice: only to reach a target level"), ())
        yield from _format_actions(report.roadmap.further, translator)


def _format_actions(actions: Sequence[Action], translator: Translator) -> Iterator[str]:
    for action in actions:
        mark = "!" if action.urgent else " "
        yield f"  {action.place:>2}{mark} {action.title}"
        reasons = (translator.render_message(fired.text) for fired in action.fired)
        yield from wrap_paragraphs([f"{action.owner} · {action.horizon_name}", *reasons], indent=" " * 6)
