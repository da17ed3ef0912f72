"""Stacked bars of answer distributions, the lowest rung at the left."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from assessment.charts.marks import Box, Chart, Label, Mark
from assessment.domain.report.parts import ItemRow
from assessment.wording import Wording

NAME, SIDE, ROW, TOP = 160.0, 40.0, 15.0, 20.0
BAR, LEAST, SMALL = 9.0, 17.0, 6.5
TONES = {3: ("level-1", "level-3", "level-5"), 5: ("level-1", "level-2", "level-3", "level-4", "level-5")}


def strip(shares: Sequence[Decimal], left: float, middle: float, width: float) -> Iterator[Mark]:
    """Draw one bar with a box per rung that has answers; percentages only where they fit."""
    whole = float(sum(shares)) or 1.0
    yield Box(left, middle - BAR / 2, width, BAR, "rule", outline=True)
    for share, tone in zip(shares, TONES[len(shares)], strict=True):
        wide = width * float(share) / whole
        if wide:
            yield Box(left, middle - BAR / 2, wide, BAR, tone)
        if wide >= LEAST:
            yield Label(left + wide / 2, middle + 2.4, str(share), f"on-{tone}", SMALL, anchor="middle")
        left += wide


def key(classes: int, left: float, middle: float, width: float) -> Iterator[Mark]:
    names = rungs(classes)
    step = width / len(names)
    for number, (name, tone) in enumerate(zip(names, TONES[len(names)], strict=True)):
        yield Box(left + step * number + 0.4, middle - 3, 6, 6, "rule", outline=True)
        yield Box(left + step * number + 0.4, middle - 3, 6, 6, tone)
        yield Label(left + step * number + 9, middle + 2.4, name, "muted", 6.5, limit=step - 9)


def rungs(classes: int) -> tuple[str, ...]:
    """Name the classes by rung numbers, which are 0 to 4 in every language."""
    return {3: ("0–1", "2", "3–4"), 5: ("0", "1", "2", "3", "4")}[classes]


def stacked_chart(items: Sequence[ItemRow], wording: Wording, width: float, title: str) -> Chart:
    """Draw the items that have a distribution."""
    rows = [item for item in items if item.shares]
    right = width - SIDE - NAME
    marks: list[Mark] = [*key(len(rows[0].shares), NAME, 7, right)] if rows else []
    for number, item in enumerate(rows):
        middle = TOP + ROW * (number + 0.5)
        marks.append(Label(0, middle + 3, item.name, "ink", 8.5, limit=NAME - 8))
        marks += strip(item.shares, NAME, middle, right)
        if item.figure.n is not None:
            count = wording.gettext("n {n}").format(n=item.figure.n)
            marks.append(Label(width - SIDE + 8, middle + 3, count, "muted", 7.5))
    described = "; ".join(f"{item.name} {spoken(item, wording)}" for item in rows)
    return Chart(width, TOP + ROW * len(rows) + 2, tuple(marks), title, described)


def spoken(item: ItemRow, wording: Wording) -> str:
    """Describe the distribution of an item in words, for the chart's text alternative."""
    names = rungs(len(item.shares))
    return ", ".join(f"{name}: {wording.percent(share)}" for name, share in zip(names, item.shares, strict=True))
