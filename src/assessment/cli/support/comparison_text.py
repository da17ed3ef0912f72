"""Comparison of two waves as text for a terminal."""

from collections.abc import Iterator, Sequence

import click

from assessment.cli.support.text_table import format_rows, wrap_paragraphs
from assessment.domain.report import Report
from assessment.domain.report.message import Percentage
from assessment.domain.report.sections.change import ChangeRow, ChangeSection, ItemChangeRow
from assessment.domain.report.source import to_exact_decimal
from assessment.i18n import DASH, Translator


def format_comparison(report: Report, words: Translator, share: float) -> Iterator[str]:
    """Format the comparison, with the figures of page and PDF; `share` (0-1) of the items is common."""
    part = report.change
    if part is None:
        return
    yield click.style(words.render_message(part.title), bold=True)
    percent = words.format_percent(Percentage(to_exact_decimal(round(100 * share))).percent)
    yield from wrap_paragraphs(
        [words.gettext("{percent} of the later wave’s items are compared.").format(percent=percent)]
    )
    yield from wrap_paragraphs(words.render_messages(part.breaks))
    if part.rows:
        yield ""
        yield click.style(words.gettext("What changed"), bold=True)
        yield from format_rows(_make_table(part, words), left=(0, 4))
    yield from wrap_paragraphs(words.render_messages(part.notes))
    yield from _format_items(words.gettext("Biggest gains"), part.rising_items, words)
    yield from _format_items(words.gettext("Biggest drops"), part.falling_items, words)
    if part.projection:
        yield ""
        yield click.style(words.gettext("Where this pace would lead"), bold=True)
        yield from wrap_paragraphs(words.render_messages(part.projection))


def _make_table(part: ChangeSection, words: Translator) -> Sequence[list[str]]:
    _ = words.gettext
    head = ["", _("Then"), _("Now"), _("Change"), _("Verdict"), _("Answers"), _("Who answered"), _("Instrument")]
    return [head, *(_make_row(row, words) for row in part.rows)]


def _make_row(row: ChangeRow, words: Translator) -> list[str]:
    name = row.name if isinstance(row.name, str) else words.render_message(row.name)
    change = words.format_figure(row.change, signed=True)
    if row.margin is not None:
        change += words.gettext(" (±{margin})").format(margin=words.format_number(row.margin))
    parts = [words.format_figure(part, signed=True) for part in row.parts] if row.parts else [DASH] * 3
    return [
        name or words.gettext("The whole"),
        words.format_figure(row.earlier),
        words.format_figure(row.later),
        change,
        words.render_message(row.verdict),
        *parts,
    ]


def _format_items(title: str, items: Sequence[ItemChangeRow], words: Translator) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield click.style(title, bold=True)
    for item in items:
        name = " · ".join(part for part in (item.name, item.function) if part)
        yield f"  {words.format_figure(item.change, signed=True):>7}  {name}"
