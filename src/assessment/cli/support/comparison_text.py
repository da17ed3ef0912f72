"""Comparison of two waves as text for a terminal."""

from collections.abc import Iterator, Sequence

import click

from assessment.cli.support.text_table import format_rows, wrap_paragraphs
from assessment.domain.report import Report
from assessment.domain.report.message import Percentage
from assessment.domain.report.sections.change import ChangeRow, ChangeSection, ItemChangeRow
from assessment.domain.report.source import to_exact_decimal
from assessment.i18n import DASH, Translator


def format_comparison(report: Report, translator: Translator, share: float) -> Iterator[str]:
    """Format the comparison, with the figures of page and PDF; `share` (0-1) of the items is common."""
    part = report.change
    if part is None:
        return
    yield click.style(translator.render_message(part.title), bold=True)
    percent = translator.format_percent(Percentage(to_exact_decimal(round(100 * share))).percent)
    yield from wrap_paragraphs(
        [translator.gettext("{percent} of the later wave’s items are compared.").format(percent=percent)]
    )
    yield from wrap_paragraphs(translator.render_messages(part.breaks))
    if part.rows:
        yield ""
        yield click.style(translator.gettext("What changed"), bold=True)
        yield from format_rows(_make_table(part, translator), left=(0, 4))
    yield from wrap_paragraphs(translator.render_messages(part.notes))
    yield from _format_items(translator.gettext("Biggest gains"), part.rising_items, translator)
    yield from _format_items(translator.gettext("Biggest drops"), part.falling_items, translator)
    if part.projection:
        yield ""
        yield click.style(translator.gettext("Where this pace would lead"), bold=True)
        yield from wrap_paragraphs(translator.render_messages(part.projection))


def _make_table(part: ChangeSection, translator: Translator) -> Sequence[list[str]]:
    _ = translator.gettext
    head = ["", _("Then"), _("Now"), _("Change"), _("Verdict"), _("Answers"), _("Who answered"), _("Instrument")]
    return [head, *(_make_row(row, translator) for row in part.rows)]


def _make_row(row: ChangeRow, translator: Translator) -> list[str]:
    name = row.name if isinstance(row.name, str) else translator.render_message(row.name)
    change = translator.format_figure(row.change, signed=True)
    if row.margin is not None:
        change += translator.gettext(" (±{margin})").format(margin=translator.format_number(row.margin))
    parts = [translator.format_figure(part, signed=True) for part in row.parts] if row.parts else [DASH] * 3
    return [
        name or translator.gettext("The whole"),
        translator.format_figure(row.earlier),
        translator.format_figure(row.later),
        change,
        translator.render_message(row.verdict),
        *parts,
    ]


def _format_items(title: str, items: Sequence[ItemChangeRow], translator: Translator) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield click.style(title, bold=True)
    for item in items:
        name = " · ".join(part for part in (item.name, item.function) if part)
        yield f"  {translator.format_figure(item.change, signed=True):>7}  {name}"
