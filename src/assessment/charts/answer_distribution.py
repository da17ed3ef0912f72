"""Stacked bars of answer distributions, the lowest rung at the left."""

from collections.abc import Iterator, Sequence

from assessment.charts.primitives.marks import SMALL, Box, Chart, ChartLabel, ChartMark
from assessment.charts.primitives.score_axis import PLOT_LEFT
from assessment.domain.report.figures import ItemRow
from assessment.i18n import Translator

SIDE_WIDTH, ROW_HEIGHT, TOP_MARGIN = 40.0, 15.0, 20.0
BAR_HEIGHT, MIN_LABELLED_WIDTH = 10.0, 20.0
MIN_ANSWERS = 50  # with fewer, one answer would be more than 2 percentage points
RUNG_TONES = {3: ("level-1", "level-3", "level-5"), 5: ("level-1", "level-2", "level-3", "level-4", "level-5")}


def has_percentages(item: ItemRow) -> bool:
    """Return whether an item has enough answers for percentages."""
    return item.figure.n is not None and item.figure.n >= MIN_ANSWERS


def draw_stacked_bar(item: ItemRow, left: float, middle: float, width: float) -> Iterator[ChartMark]:
    """Draw one bar with a box per rung that has answers; percentages only of enough answers and where they fit."""
    shares = item.shares
    total = float(sum(shares)) or 1.0
    yield Box(left, middle - BAR_HEIGHT / 2, width, BAR_HEIGHT, "rule", outline=True)
    for share, tone in zip(shares, RUNG_TONES[len(shares)], strict=True):
        box_width = width * float(share) / total
        if box_width:
            yield Box(left, middle - BAR_HEIGHT / 2, box_width, BAR_HEIGHT, tone)
        if box_width >= MIN_LABELLED_WIDTH and has_percentages(item):
            yield ChartLabel(left + box_width / 2, middle + 3, str(share), f"on-{tone}", SMALL, anchor="middle")
        left += box_width


def draw_key(classes: int, left: float, baseline: float, width: float) -> Iterator[ChartMark]:
    names = name_rungs(classes)
    step = width / len(names)
    for number, (name, tone) in enumerate(zip(names, RUNG_TONES[len(names)], strict=True)):
        yield Box(left + step * number + 0.4, baseline - 5.4, 6, 6, "rule", outline=True)
        yield Box(left + step * number + 0.4, baseline - 5.4, 6, 6, tone)
        yield ChartLabel(left + step * number + 9, baseline, name, "muted", SMALL, limit=step - 9)


def name_rungs(classes: int) -> tuple[str, ...]:
    """Name the classes by rung numbers, which are 0 to 4 in every language."""
    return {3: ("0–1", "2", "3–4"), 5: ("0", "1", "2", "3", "4")}[classes]


def draw_distribution_chart(items: Sequence[ItemRow], translator: Translator, width: float, title: str) -> Chart:
    """Draw the items that have a distribution."""
    rows = [item for item in items if item.shares]
    right = width - SIDE_WIDTH - PLOT_LEFT
    marks: list[ChartMark] = [*draw_key(len(rows[0].shares), PLOT_LEFT, 9.4, right)] if rows else []
    for number, item in enumerate(rows):
        middle = TOP_MARGIN + ROW_HEIGHT * (number + 0.5)
        marks.append(ChartLabel(0, middle + 3, item.name, "ink", SMALL, limit=PLOT_LEFT - 8))
        marks += draw_stacked_bar(item, PLOT_LEFT, middle, right)
        if item.figure.n is not None:
            count = translator.gettext("n {n}").format(n=item.figure.n)
            marks.append(ChartLabel(width - SIDE_WIDTH + 8, middle + 3, count, "muted", SMALL))
    description = "; ".join(f"{item.name} {describe_shares(item, translator)}" for item in rows)
    return Chart(width, TOP_MARGIN + ROW_HEIGHT * len(rows) + 2, tuple(marks), title, description)


def describe_shares(item: ItemRow, translator: Translator) -> str:
    """Describe the distribution of an item in words, for the chart's text alternative."""
    names = name_rungs(len(item.shares))
    if not has_percentages(item):
        present = [name for name, share in zip(names, item.shares, strict=True) if share]
        most = [name for name, share in zip(names, item.shares, strict=True) if share == max(item.shares)]
        text = translator.gettext("answers {rungs}, most of them {most}")
        return text.format(rungs=translator.join_list(present), most=translator.join_list(most))
    return ", ".join(
        translator.join_label(name, translator.format_percent(share))
        for name, share in zip(names, item.shares, strict=True)
    )
