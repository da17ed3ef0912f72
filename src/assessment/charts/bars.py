"""Bar charts of items: grouped by dimension for a function, or a short list."""

from collections.abc import Iterable, Iterator, Sequence

from assessment.charts import measure
from assessment.charts.marks import Box, Chart, Label, Line, Mark, Marker
from assessment.charts.scale import Axis
from assessment.charts.stacked import key, spoken, strip
from assessment.domain.report.parts import DimensionRow, FunctionPart, ItemRow
from assessment.wording import Wording

NAME, SIDE, ROW, HEAD, TOP = 160.0, 116.0, 12.8, 15.0, 14.0
STRIP, APART = 112.0, 8.0


def function_bars(part: FunctionPart, wording: Wording, width: float) -> Chart:
    """Draw each dimension with its interval, its items as bars below, hand-offs last.

    If answers may be released by rung, a column at the right shows distributions of items and agreement of dimensions.
    """
    told = max((len(item.shares) for item in part.all), default=0)
    side = width - STRIP if told else width
    axis = Axis(NAME, side - SIDE)
    marks: list[Mark] = [*key(told, side + APART, 5, STRIP - APART)] if told else []
    y = TOP
    for dimension in part.dimensions:
        marks += _dimension(dimension, wording, axis, y)
        marks += _agreement(dimension, wording, side + APART, y) if told else ()
        y += HEAD
        for item in dimension.items:
            marks += [*_item(item, wording, axis, y), *_strip(item, side + APART, y)]
            y += ROW
        y += 2
    if part.rows:
        marks += _dimension(DimensionRow(wording.gettext("Hand-offs"), part.hand_off, None, ()), wording, axis, y)
        y += HEAD
        for item in part.rows:
            marks += [*_item(item, wording, axis, y), *_strip(item, side + APART, y)]
            y += ROW
    target = axis.at(part.target)
    ticks = [*axis.ticks(TOP, y), Line(target, TOP, target, y, "ink", 0.8, dashed=True)]
    described = "; ".join(f"{row.name} {wording.figure(row.figure)}" for row in part.dimensions)
    lying = "; ".join(f"{item.name} {spoken(item, wording)}" for item in part.all if item.shares)
    described = ". ".join(text for text in (described, lying) if text)
    return Chart(width, y + 2, (*ticks, *marks), wording.text(part.title), described)


def item_bars(items: Sequence[ItemRow], wording: Wording, width: float, title: str) -> Chart:
    axis = Axis(NAME, width - SIDE)
    bottom = TOP + ROW * len(items) + 4
    marks: list[Mark] = [*axis.ticks(TOP, bottom)]
    for number, item in enumerate(items):
        marks += _item(item, wording, axis, TOP + 2 + ROW * number)
    described = "; ".join(f"{item.name} {wording.figure(item.figure)}" for item in items)
    return Chart(width, bottom, tuple(marks), title, described)


def _dimension(row: DimensionRow, wording: Wording, axis: Axis, top: float) -> Iterator[Mark]:
    y = top + HEAD / 2 + 1
    yield Label(0, y + 3, row.name, "ink", 9.5, "strong", limit=NAME - 8)
    yield Label(axis.right + 12, y + 3, wording.figure(row.figure), "ink", 9.5, "strong")
    if row.figure.shown is None:
        yield Label(axis.right + 24, y + 3, wording.briefly(row.figure), "muted", 7.5, limit=SIDE - 24)
        return
    if row.figure.interval:
        yield Label(axis.right + 40, y + 3, f"({wording.span(row.figure.interval)})", "muted", 7.5)
    yield from axis.point(row.figure, y, "diamond", "ink", 4)


def _strip(row: ItemRow, left: float, top: float) -> Iterator[Mark]:
    if row.shares:
        yield from strip(row.shares, left, top + ROW / 2, STRIP - APART)


def _agreement(row: DimensionRow, wording: Wording, left: float, top: float) -> Iterator[Mark]:
    if row.agreement is not None and row.agreement.shown is not None:
        text = wording.gettext("agreement {agreement}").format(agreement=wording.figure(row.agreement))
        yield Label(left, top + HEAD / 2 + 4, text, "muted", 7.5)


def _item(row: ItemRow, wording: Wording, axis: Axis, top: float) -> Iterator[Mark]:
    y = top + ROW / 2
    yield Label(10, y + 3, row.name, "ink", 8.5, limit=NAME - 18)
    if row.figure.shown is None:
        yield Label(axis.right + 12, y + 3, wording.figure(row.figure), "muted", 8.5)
        yield Label(axis.right + 24, y + 3, wording.briefly(row.figure), "muted", 7.5, limit=SIDE - 24)
        return
    shown = wording.figure(row.figure)
    room, (text, size) = _room(row, wording), _fitting(row, wording)
    yield Label(axis.right + 12, y + 3, shown, "ink", 8.5)
    yield Label(axis.right + SIDE - room, y + 3, text, "muted", size, limit=room)
    tone = "second" if row.mark else "accent"
    yield Box(axis.left, y - 3.2, max(0.8, axis.at(row.figure.shown) - axis.left), 6.4, tone)
    if row.mark:
        yield Marker(axis.left - 6, y, 2.6, "square", "second")


def _room(row: ItemRow, wording: Wording) -> float:
    """Room to the right of a score."""
    return SIDE - 12 - max(28, measure.width(wording.figure(row.figure), 8.5) + 6)


def _fitting(row: ItemRow, wording: Wording) -> tuple[str, float]:
    """Lay out the counts of answers and of "don't know", as long and as large as the room allows."""
    room, tried = _room(row, wording), [(text, 7.5) for text in counted(row, wording)]
    tried += [(text, 6.0) for text, _ in tried[1:]]
    return next(((text, size) for text, size in tried if measure.width(text, size) <= room), ("", 7.5))


def short_key(rows: Iterable[ItemRow], wording: Wording) -> str:
    """Explain the short form of "don't know", where a chart has room for no other; nothing where it has."""
    known = [row for row in rows if row.figure.shown is not None and row.figure.dk]
    if all(_fitting(row, wording)[0] == next(counted(row, wording), "") for row in known):
        return ""
    return wording.gettext("“?”: don’t know.")


def counted(row: ItemRow, wording: Wording) -> Iterator[str]:
    """Return the counts of answers and of "don't know" as a long and a short text."""
    if row.figure.n is None:
        return
    text = wording.gettext("n {n}").format(n=row.figure.n)
    if row.figure.dk:
        yield text + ", " + wording.gettext("{dk} don’t know").format(dk=row.figure.dk)
        text += f", {row.figure.dk} ?"
    yield text
