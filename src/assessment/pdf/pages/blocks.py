"""Blocks shared by pages: page titles, key figures, action tables, notes, the consultant's own words."""

from collections.abc import Iterable, Sequence

from reportlab.platypus import CondPageBreak, Flowable, PageBreak

from assessment.charts.marks import Chart
from assessment.domain.report import Report
from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message
from assessment.domain.report.parts import Action, KeyFigure
from assessment.pdf.document import Heading
from assessment.pdf.drawing import Drawing
from assessment.pdf.fitting import AsMany
from assessment.pdf.fonts import REGULAR, STRONG
from assessment.pdf.paragraphs import Paragraph
from assessment.pdf.tables import Table
from assessment.pdf.text import LONGEST, barred, bounded, bullets, cell, columns, gap, paragraph, safe, table
from assessment.pdf.theme import COLOUR, HEIGHT, WIDTH, styles
from assessment.wording import Wording

Blocks = list[Flowable]
LISTED = 240
ROOM = 90.0
BESIDE = 8.0  # between the cells of a table


def page(kicker: str, title: str, level: int = 0, *, fresh: bool = True) -> Blocks:
    """Start a page with its subject and a title that states the finding.

    With `fresh` False, short sections continue on the current page.
    """
    begin: Blocks = [PageBreak()] if fresh else [CondPageBreak(ROOM * 2)]
    return [*begin, *titled(kicker, title, level, above=0 if fresh else 24)]


def unknown(kicker: str, title: str) -> Blocks:
    """Lay out a section without figures: subject and reason, in small type on the current page."""
    return [CondPageBreak(ROOM), *titled(kicker, title, style="title-quiet", above=20)]


def titled(kicker: str, title: str, level: int = 0, style: str = "title", above: float = 0) -> Blocks:
    """Make subject and title; `above` is white space, omitted at the top of a page."""
    listed = (
        f'<font name="{STRONG}">{safe(kicker, 80, STRONG)}</font>'
        f'<br/><font color="{COLOUR["muted"].hexval().replace("0x", "#")}">{safe(title, LISTED)}</font>'
    )
    if level:
        listed = safe(title, LISTED)
    small = paragraph(kicker, "kicker")
    small.style = small.style.clone("kicker-below", spaceBefore=above)
    return [small, Heading(title, style, level, listed)]


def heading(text: str) -> Paragraph:
    return paragraph(text, "heading")


def under(title: str, block: Flowable, room: float = ROOM) -> Blocks:
    """Make a heading over a block that may split: both start where some of the block fits.

    Keeping a heading with the whole of a long table would push the table to a new page.
    """
    lone = paragraph(title, "heading")
    lone.style = lone.style.clone("heading-lone", keepWithNext=False)
    return [CondPageBreak(room), lone, block]


def chart(drawn: Chart) -> Drawing:
    return Drawing(drawn)


def any_shown(figures: Iterable[Figure]) -> bool:
    """Return whether any figure has a value to draw."""
    return any(figure.shown is not None for figure in figures)


def notes(messages: Sequence[Message], wording: Wording) -> Blocks:
    """Make notes in small type, a paragraph each."""
    return [paragraph(wording.text(message), "small") for message in messages]


def points(messages: Sequence[Message], wording: Wording, style: str = "body") -> Blocks:
    """Make a bulleted list of messages."""
    return list(bullets(wording.texts(messages), style))


def key_figures(figures: Sequence[KeyFigure], wording: Wording) -> Blocks:
    """Lay out a strip of figures: label, number, meaning."""
    if not figures:
        return []
    widths = columns([1] * len(figures))
    labels = [cell(wording.text(figure.label), "head") for figure in figures]
    row = [
        [label, *_key_figure(figure, wording)]
        for label, figure in zip(as_high(labels, widths[0] - BESIDE), figures, strict=True)
    ]
    strip = table([row], widths, head=0, lines=False, pad=3)
    strip.setStyle([("LINEABOVE", (0, 0), (-1, 0), 1, COLOUR["accent"])])
    return [strip, gap(6)]


def _key_figure(figure: KeyFigure, wording: Wording) -> Blocks:
    shown = wording.figure(figure.figure, percent=figure.unit == "percent", signed=figure.unit == "signed")
    below = wording.text(figure.meaning) if figure.meaning else ""
    if figure.figure.shown is None:
        below = wording.why(figure.figure)
    if figure.figure.interval:
        below = f"{below} ({wording.span(figure.figure.interval)})".strip()
    style = "figure" if figure.figure.bound is None and figure.figure.word is None else "figure-small"
    return [cell(shown, style), cell(below, "cell-muted")]


def as_high(labels: Sequence[Paragraph], width: float) -> Sequence[Paragraph]:
    """Give labels the height of the tallest, so that the numbers below are aligned."""
    heights = [label.wrap(width, HEIGHT)[1] for label in labels]
    for label, height in zip(labels, heights, strict=True):
        label.style = label.style.clone(f"{label.style.name}-high", spaceAfter=max(heights) - height)
    return labels


def numbered(rows: Sequence[tuple[str, Sequence[Flowable]]], pad: float = 4) -> Table:
    """Make a list with large numbers at the left."""
    cells = [[Paragraph(safe(number), styles()["number"]), list(blocks)] for number, blocks in rows]
    made = table(cells, [36, WIDTH - 36], head=0, pad=pad)
    made.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("FONT", (0, 0), (-1, -1), REGULAR, 9)])
    return made


def start(action: Action, wording: Wording) -> str:
    """Format when an action starts, or that only a target level needs it."""
    if action.after is not None:
        return wording.gettext("start after {place}").format(place=wording.number(action.after))
    names = {"now": wording.gettext("start now"), "next": wording.gettext("start next")}
    return names.get(action.part, wording.gettext("to reach the target"))


def because(action: Action, wording: Wording) -> str:
    """Format the figures that fired an action, with their cut points."""
    return wording.separated([wording.text(fired.text) for fired in action.fired])


def action_list(actions: Sequence[Action], wording: Wording) -> Table:
    """Make a short table of actions: place, title, horizon, and the figures that fired them."""
    titles = (wording.gettext("Action"), wording.gettext("When"), wording.gettext("Because"))
    head = [cell("", "head"), *(cell(title, "head") for title in titles)]
    rows = [
        [
            cell(str(action.place), "cell-strong"),
            cell(action.title, "cell-strong"),
            [cell(action.horizon_name), cell(start(action, wording), "cell-muted")],
            cell(because(action, wording), "cell-muted"),
        ]
        for action in actions
    ]
    return table([head, *rows], columns([6, 42, 26, 54]), pad=2.5)


def on_this(report: Report, wording: Wording, *topics: str) -> Blocks:
    """Lay out the actions fired by a page's figures, as many as fit."""
    found = [action for action in report.roadmap.actions if action.topic in topics]
    if not found:
        return []
    choices = [_to_do(found[:count], wording) for count in range(len(found), 0, -1)]
    return [AsMany([*choices, [paragraph(_see(found, wording), "small")]])]


def _see(actions: Sequence[Action], wording: Wording) -> str:
    """Refer to the roadmap if not all actions fit."""
    places = wording.listed([wording.number(action.place) for action in actions])
    text = wording.ngettext(
        "What to do about it: action {places} of the roadmap.",
        "What to do about it: actions {places} of the roadmap.",
        len(actions),
    )
    return text.format(places=places)


def _to_do(actions: Sequence[Action], wording: Wording) -> Blocks:
    titles = (wording.gettext("Action"), wording.gettext("Begin with"), wording.gettext("Owner"))
    head = [cell("", "head"), *(cell(title, "head") for title in titles)]
    rows = [
        [
            cell(str(action.place), "cell-strong"),
            [cell(action.title, "cell-strong"), cell(because(action, wording), "cell-muted")],
            cell(next(iter(action.steps), "")),
            [cell(action.owner), cell(action.horizon_name, "cell-muted")],
        ]
        for action in actions
    ]
    return [heading(wording.gettext("What to do about it")), table([head, *rows], columns([6, 46, 44, 30]), pad=3.5)]


def own(report: Report, wording: Wording, place: str, limit: int = LONGEST) -> Blocks:
    """Lay out the consultant's remark on a page, marked as theirs; nothing if there is none."""
    text = bounded(report.details.remarks.get(place, ""), limit)
    return own_words(text, wording) if text.strip() else []


def own_words(text: str, wording: Wording) -> Blocks:
    """Make a text with a bar and a label that names its author."""
    label = barred(wording.gettext("In the consultant’s own words"), "own-label")
    return [gap(10), label, *(barred(part) for part in text.splitlines() if part.strip())]
