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


def format_report(report: Report, words: Translator) -> Iterator[str]:
    """Format the report; every figure is the one of page and PDF."""
    yield from (
        click.style(line, bold=True) for line in wrap_paragraphs([words.render_message(report.answer.title)], indent="")
    )
    yield from wrap_paragraphs(words.render_messages([*_list_participation(report)]))
    yield from _format_section(words.gettext("Levels"), _format_levels(report, words))
    yield from _format_section(
        words.gettext("Functions by dimension (0–100)"),
        _format_heatmap(report, words),
        words.render_messages(report.heatmap.reading),
    )
    notes = words.render_messages([*report.answer.notes, *([report.outlook.title] if report.outlook else [])])
    yield from _format_section(
        words.gettext("Indices (0–100)"), format_rows(_make_index_rows(report, words), left=(0, 2)), notes
    )
    yield from _format_gap(report, words)
    yield from _format_hand_offs(report, words)
    yield from _format_advice(report, words)
    yield from _format_section(
        words.gettext("What is hidden, and why"), (), words.render_messages(report.appendix.hidden)
    )


def _list_participation(report: Report) -> Iterator[Message]:
    yield from report.participation.notes[:1]
    yield report.participation.careless


def _format_section(title: str, table: Iterable[str], notes: Iterable[str] = ()) -> Iterator[str]:
    yield ""
    yield click.style(title, bold=True)
    yield from table
    yield from wrap_paragraphs(notes)


def _format_levels(report: Report, words: Translator) -> Iterator[str]:
    _ = words.gettext
    head = ["", _("Score"), _label_interval(report, words), _("Level"), _("Target"), _("Answering"), ""]
    targets = {row.name: words.format_number(row.target) for row in report.targets.functions}
    scores = [
        (words.gettext("The whole"), report.answer.overall),
        *((score.name, score) for score in report.answer.functions),
    ]
    return format_rows([head, *(_make_level_row(name, score, targets, words) for name, score in scores)], left=(0, 6))


def _make_level_row(name: str, one: LevelScore, targets: dict[str, str], words: Translator) -> list[str]:
    _ = words.gettext
    marks = [_("contested")] if one.contested else []
    marks += [_("provisional")] if one.provisional else []
    marks += [words.explain_missing(one.figure)] if one.figure.missing else []
    people = DASH if one.figure.n is None else words.format_number(one.figure.n)
    level = DASH if one.level is None else str(one.level)
    return [
        name,
        words.format_figure(one.figure),
        _format_interval(one.figure, words),
        level,
        targets.get(name, ""),
        people,
        ", ".join(marks),
    ]


def _label_interval(report: Report, words: Translator) -> str:
    return words.gettext("{percent}% interval").format(percent=words.format_number(report.interval_percent))


def _format_interval(figure: ReportFigure, words: Translator) -> str:
    return words.format_interval(figure.interval) if figure.interval else DASH


def _format_heatmap(report: Report, words: Translator) -> Iterator[str]:
    head = ["", *report.heatmap.columns]
    return format_rows(
        [head, *([row.name, *(words.format_figure(cell.figure) for cell in row.cells)] for row in report.heatmap.rows)]
    )


def _make_index_rows(report: Report, words: Translator) -> TableRows:
    """Return every index once, with its class and related figures."""
    parts = (report.authority, report.perception_gap, report.outlook)
    groups: Sequence[tuple[KeyFigure, ...]] = (
        report.answer.key_figures,
        *(part.key_figures for part in parts if part),
    )
    rows: TableRows = []
    for key in (key for group in groups for key in group):
        name = words.render_message(key.label)
        if name not in [row[0] for row in rows]:
            rows.append([name, _format_key_figure(key, words), _describe_key_figure(key, words)])
    own = []
    if authority := report.authority:
        own = [(words.gettext("Authority"), authority.authority), (words.gettext("Support"), authority.support)]
    if report.hand_offs:
        own.append((words.gettext("Hand-offs between channels"), report.hand_offs.overall))
    return rows + [[name, words.format_figure(figure), words.explain_missing(figure)] for name, figure in own]


def _format_key_figure(key: KeyFigure, words: Translator) -> str:
    return words.format_figure(key.figure, percent=key.unit == "percent")


def _describe_key_figure(key: KeyFigure, words: Translator) -> str:
    parts = [words.explain_missing(key.figure)] if key.figure.missing else []
    parts += [words.render_message(key.meaning)] if key.meaning else []
    parts += [f"({words.format_interval(key.figure.interval)})"] if key.figure.interval else []
    return " ".join(parts)


def _format_gap(report: Report, words: Translator) -> Iterator[str]:
    _, part = words.gettext, report.perception_gap
    if part is None:
        return
    head = ["", _("Leaders"), _("Practitioners"), _("Gap"), _label_interval(report, words), ""]
    table = [head] + [
        [
            row.name,
            words.format_figure(row.leader),
            words.format_figure(row.practitioner),
            words.format_figure(row.gap, signed=True),
            f"({words.format_interval(row.gap.interval, signed=True)})" if row.gap.interval else DASH,
            words.render_message(row.verdict_text) if row.verdict_text else words.explain_missing(row.gap),
        ]
        for row in part.rows
    ]
    lines = format_rows(table, left=(0, 5)) if part.rows else ()
    yield from _format_section(_("Leaders and practitioners"), lines, [words.render_message(part.title)])


def _format_hand_offs(report: Report, words: Translator) -> Iterator[str]:
    _, part = words.gettext, report.hand_offs
    if part is None:
        return
    head = ["", _("Score"), *part.columns]
    table = [head] + [
        [
            row.name,
            words.format_figure(row.figure),
            *(words.format_figure(cell.figure) + ("*" if cell.mark else "") for cell in row.cells),
        ]
        for row in part.rows
    ]
    notes = [words.render_message(part.title)]
    if any(cell.mark for row in part.rows for cell in row.cells):
        notes.append(_("* the weakest hand-off of the function, or those that share the lowest score"))
    yield from _format_section(_("Hand-offs between channels (0–100)"), format_rows(table), notes)


def _format_advice(report: Report, words: Translator) -> Iterator[str]:
    now = [action for action in report.roadmap.actions if action.starts_now]
    waiting = [action for action in report.roadmap.actions if action.after is not None]
    rest = [action for action in report.roadmap.actions if action.part == "next"]
    title = words.render_messages([report.roadmap.title, *report.roadmap.notes])
    yield from _format_section(words.gettext("Advice: start now"), (), title)
    yield from _format_actions(now, words)
    if waiting:
        text = words.gettext("Advice: after action {place}")
        yield from _format_section(text.format(place=words.format_number(now[0].place)), ())
        yield from _format_actions(waiting, words)
    if rest:
        yield from _format_section(words.gettext("Advice: start next"), ())
        yield from _format_actions(rest, words)
    if report.roadmap.further:
        yield from _format_section(words.gettext("Advice: only to reach a target level"), ())
        yield from _format_actions(report.roadmap.further, words)


def _format_actions(actions: Sequence[Action], words: Translator) -> Iterator[str]:
    for action in actions:
        mark = "!" if action.urgent else " "
        yield f"  {action.place:>2}{mark} {action.title}"
        reasons = (words.render_message(fired.text) for fired in action.fired)
        yield from wrap_paragraphs([f"{action.owner} · {action.horizon_name}", *reasons], indent=" " * 6)
