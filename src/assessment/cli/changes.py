"""Comparison of two waves as text for a terminal."""

from collections.abc import Iterator, Sequence

import click

from assessment.cli.table import paragraphs, rows
from assessment.domain.report import Report
from assessment.domain.report.message import Share
from assessment.domain.report.parts import Change, ChangeRow, ItemChange
from assessment.domain.report.source import exact
from assessment.wording import DASH, Wording


def lines(report: Report, words: Wording, share: float) -> Iterator[str]:
    """Format the comparison, with the figures of page and PDF; `share` (0-1) of the items is common."""
    part = report.change
    if part is None:
        return
    yield click.style(words.text(part.title), bold=True)
    percent = words.percent(Share(exact(round(100 * share))).percent)
    yield from paragraphs([words.gettext("{percent} of the later wave's items are compared.").format(percent=percent)])
    yield from paragraphs(words.texts(part.breaks))
    if part.rows:
        yield ""
        yield click.style(words.gettext("What changed"), bold=True)
        yield from rows(_table(part, words), left=(0, 4))
    yield from paragraphs(words.texts(part.notes))
    yield from _moved(words.gettext("Biggest gains"), part.risen, words)
    yield from _moved(words.gettext("Biggest drops"), part.fallen, words)
    if part.projection:
        yield ""
        yield click.style(words.gettext("Where this pace would lead"), bold=True)
        yield from paragraphs(words.texts(part.projection))


def _table(part: Change, words: Wording) -> Sequence[list[str]]:
    _ = words.gettext
    head = ["", _("Then"), _("Now"), _("Change"), _("Verdict"), _("Answers"), _("Who answered"), _("Instrument")]
    return [head, *(_row(row, words) for row in part.rows)]


def _row(row: ChangeRow, words: Wording) -> list[str]:
    name = row.name if isinstance(row.name, str) else words.text(row.name)
    told = words.figure(row.change, signed=True)
    if row.margin is not None:
        told += words.gettext(" (±{margin})").format(margin=words.number(row.margin))
    parts = [words.figure(part, signed=True) for part in row.parts] if row.parts else [DASH] * 3
    return [
        name or words.gettext("The whole"),
        words.figure(row.earlier),
        words.figure(row.later),
        told,
        words.text(row.verdict),
        *parts,
    ]


def _moved(title: str, items: Sequence[ItemChange], words: Wording) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield click.style(title, bold=True)
    for item in items:
        name = " · ".join(each for each in (item.name, item.function) if each)
        yield f"  {words.figure(item.change, signed=True):>7}  {name}"
