"""Bar charts of items: grouped by dimension for a function, or a short list."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from assessment.charts.answer_distribution import describe_shares, draw_key, draw_stacked_bar
from assessment.charts.primitives import text_width
from assessment.charts.primitives.marks import SMALL, TEXT, Box, Chart, ChartLabel, ChartMark, Marker
from assessment.charts.primitives.row_names import LINE_HEIGHT, draw_row_name, wrap_row_name
from assessment.charts.primitives.score_axis import PLOT_LEFT, ScoreAxis
from assessment.domain.report.figures import ItemRow
from assessment.domain.report.sections.functions import DimensionRow, FunctionSection
from assessment.i18n import Translator

SIDE_WIDTH, ROW_HEIGHT, DIMENSION_HEIGHT, TOP_MARGIN = 126.0, 12.6, 14.7, 14.0
TARGET_REACH = 6.0  # points above and below a row: those of dimensions are low
SCORE_LEFT, COUNT_RIGHT, COUNT_WIDTH, COLUMN_GAP = 12.0, 76.0, 14.0, 6.0  # of the columns at the right of the axis
ITEM_INDENT, NAME_GAP = 10.0, 8.0
NAME_LIMIT, ITEM_NAME_LIMIT = PLOT_LEFT - NAME_GAP, PLOT_LEFT - NAME_GAP - ITEM_INDENT
TITLE_BASELINE = TOP_MARGIN - 4.0  # of ticks, titles of columns and the key of the distributions
STRIP_WIDTH, STRIP_GAP = 98.0, 8.0


class CountColumns(Struct, frozen=True):
    """Distances from the axis to the right edges of the numbers of answers and of "don't know"."""

    answers: float
    unsure: float


def draw_function_chart(
    part: FunctionSection, translator: Translator, width: float, parts: Sequence[FunctionSection] = ()
) -> Chart:
    """Draw each dimension with its interval, its items as bars below, hand-offs last.

    If answers may be released by rung, a column at the right shows distributions of items and agreement of dimensions.
    `parts` are all functions of the report: so their axes are equally long.
    """
    class_count = max((len(item.shares) for item in part.all), default=0)
    items = [item for one in parts or (part,) for item in one.all]
    side = width - STRIP_WIDTH if any(item.shares for item in items) else width
    columns = _measure_columns(items, translator)
    axis = ScoreAxis(PLOT_LEFT, side - columns.unsure)
    marks: list[ChartMark] = (
        [*draw_key(class_count, side + STRIP_GAP, TITLE_BASELINE, STRIP_WIDTH - STRIP_GAP)] if class_count else []
    )
    y = TOP_MARGIN
    for dimension in part.dimensions:
        more = _measure_further_line(dimension.name, NAME_LIMIT, TEXT)
        marks += _draw_dimension(dimension, part.target, translator, axis, y + more / 2)
        marks += _draw_agreement(dimension, translator, side + STRIP_GAP, y + more / 2) if class_count else ()
        y += DIMENSION_HEIGHT + more
        for item in dimension.items:
            more = _measure_further_line(item.name, ITEM_NAME_LIMIT, SMALL)
            marks += _draw_item(item, translator, axis, columns, y + more / 2)
            marks += _draw_strip(item, side + STRIP_GAP, y + more / 2)
            y += ROW_HEIGHT + more
        y += 2
    if part.rows:
        hand_offs = DimensionRow(translator.gettext("Hand-offs"), part.hand_off, None, ())
        marks += _draw_dimension(hand_offs, part.target, translator, axis, y)
        y += DIMENSION_HEIGHT
        for item in part.rows:
            more = _measure_further_line(item.name, ITEM_NAME_LIMIT, SMALL)
            marks += _draw_item(item, translator, axis, columns, y + more / 2)
            marks += _draw_strip(item, side + STRIP_GAP, y + more / 2)
            y += ROW_HEIGHT + more
    ticks = [*axis.draw_ticks(TOP_MARGIN, y), *_draw_count_titles(part.all, translator, axis, columns)]
    description = "; ".join(
        [
            translator.gettext("target {target}").format(target=translator.format_number(part.target)),
            *(_describe_dimension(row, translator) for row in part.dimensions),
            *(_describe_item(item, translator) for item in part.rows),
        ]
    )
    distributions = "; ".join(f"{item.name} {describe_shares(item, translator)}" for item in part.all if item.shares)
    description = ". ".join(text for text in (description, distributions) if text)
    return Chart(width, y + 2, (*ticks, *marks), translator.render_message(part.title), description)


def draw_item_chart(items: Sequence[ItemRow], translator: Translator, width: float, title: str) -> Chart:
    columns = _measure_columns(items, translator)
    axis = ScoreAxis(PLOT_LEFT, width - columns.unsure)
    marks: list[ChartMark] = [*_draw_count_titles(items, translator, axis, columns)]
    y = TOP_MARGIN + 2
    for item in items:
        more = _measure_further_line(item.name, ITEM_NAME_LIMIT, SMALL)
        marks += _draw_item(item, translator, axis, columns, y + more / 2)
        y += ROW_HEIGHT + more
    bottom = y + 2
    marks = [*axis.draw_ticks(TOP_MARGIN, bottom), *marks]
    description = "; ".join(_describe_item(item, translator) for item in items)
    return Chart(width, bottom, tuple(marks), title, description)


def _describe_dimension(row: DimensionRow, translator: Translator) -> str:
    """Describe a dimension in words: score, interval, moderated score, then its items."""
    interval = f" ({translator.format_interval(row.figure.interval)})" if row.figure.interval else ""
    parts = [f"{row.name} {translator.format_figure(row.figure)}{interval}", translator.format_moderated(row.figure)]
    text = ", ".join(part for part in parts if part)
    items = ", ".join(_describe_item(item, translator) for item in row.items)
    return translator.join_label(text, items) if items else text


def _describe_item(item: ItemRow, translator: Translator) -> str:
    """Describe an item in words: score and number of answers."""
    count = format_counts(item, translator)
    return f"{item.name} {translator.format_figure(item.figure)}" + (f" ({count})" if count else "")


def _draw_dimension(
    row: DimensionRow, target: Decimal, translator: Translator, axis: ScoreAxis, top: float
) -> Iterator[ChartMark]:
    y = top + DIMENSION_HEIGHT / 2 + 1
    yield from draw_row_name(row.name, y, NAME_LIMIT)
    yield ChartLabel(axis.right + 12, y + 3, translator.format_figure(row.figure), "ink", TEXT, "strong")
    if row.figure.value is None:
        yield ChartLabel(
            axis.right + 24, y + 3, translator.format_missing_briefly(row.figure), "muted", SMALL, limit=SIDE_WIDTH - 24
        )
        return
    yield axis.draw_target(target, y, TARGET_REACH)
    if row.figure.interval:
        yield ChartLabel(axis.right + 40, y + 3, f"({translator.format_interval(row.figure.interval)})", "muted", SMALL)
    if row.figure.moderated is not None:
        moderated = axis.get_position(row.figure.moderated)
        yield Marker(moderated, y, 3.2, "square", "third", hollow=True)
        text = translator.format_number(row.figure.moderated)
        yield ChartLabel(moderated + 6, y + 3, text, "third", SMALL)
    yield from axis.draw_point(row.figure, y, "diamond", "ink", 4)


def _measure_further_line(name: str, limit: float, size: float) -> float:
    """Return the height of the second line that a long name needs."""
    return LINE_HEIGHT * (len(wrap_row_name(name, limit, size)) - 1)


def _draw_strip(row: ItemRow, left: float, top: float) -> Iterator[ChartMark]:
    if row.shares:
        yield from draw_stacked_bar(row, left, top + ROW_HEIGHT / 2, STRIP_WIDTH - STRIP_GAP)


def _draw_agreement(row: DimensionRow, translator: Translator, left: float, top: float) -> Iterator[ChartMark]:
    if row.agreement is not None and row.agreement.value is not None:
        text = translator.gettext("agreement {agreement}").format(agreement=translator.format_figure(row.agreement))
        yield ChartLabel(left, top + DIMENSION_HEIGHT / 2 + 4, text, "muted", SMALL)


def _draw_item(
    row: ItemRow, translator: Translator, axis: ScoreAxis, columns: CountColumns, top: float
) -> Iterator[ChartMark]:
    y = top + ROW_HEIGHT / 2
    yield from draw_row_name(row.name, y, ITEM_NAME_LIMIT, "regular", x=ITEM_INDENT, size=SMALL)
    if row.figure.value is None:
        yield ChartLabel(axis.right + 12, y + 3, translator.format_figure(row.figure), "muted", SMALL)
        yield ChartLabel(
            axis.right + 24, y + 3, translator.format_missing_briefly(row.figure), "muted", SMALL, limit=SIDE_WIDTH - 24
        )
        return
    score = translator.format_figure(row.figure)
    yield ChartLabel(axis.right + SCORE_LEFT, y + 3, score, "ink", SMALL)
    yield from _draw_counts(row, translator, axis, columns, y + 3)
    tone = "second" if row.mark else "accent"
    yield Box(axis.left, y - 3.2, max(0.8, axis.get_position(row.figure.value) - axis.left), 6.4, tone)
    if row.mark:
        yield Marker(axis.left - 6, y, 2.6, "square", "second")


def _measure_columns(rows: Iterable[ItemRow], translator: Translator) -> CountColumns:
    """Measure the columns of counts: the first has room for the scores, the second for its title."""
    scores = [translator.format_figure(row.figure) for row in rows if row.figure.value is not None]
    widest = max((text_width.estimate_width(score, SMALL) for score in scores), default=0.0)
    answers = max(COUNT_RIGHT, SCORE_LEFT + widest + COLUMN_GAP + COUNT_WIDTH)
    title = text_width.estimate_width(translator.gettext("Don’t know"), SMALL)
    return CountColumns(answers, max(SIDE_WIDTH, answers + COLUMN_GAP + title))


def _draw_counts(
    row: ItemRow, translator: Translator, axis: ScoreAxis, columns: CountColumns, y: float
) -> Iterator[ChartMark]:
    """Draw the numbers of answers and of "don't know" in columns of their own."""
    for count, place in ((row.figure.n, columns.answers), (row.figure.dk or None, columns.unsure)):
        if count is not None:
            yield ChartLabel(axis.right + place, y, translator.format_number(count), "muted", SMALL, anchor="end")


def _draw_count_titles(
    rows: Iterable[ItemRow], translator: Translator, axis: ScoreAxis, columns: CountColumns
) -> Iterator[ChartMark]:
    """Draw the titles of the columns of counts that have any."""
    figures = [row.figure for row in rows if row.figure.value is not None]
    for title, place, is_filled in (
        ("n", columns.answers, any(figure.n is not None for figure in figures)),
        (translator.gettext("Don’t know"), columns.unsure, any(figure.dk for figure in figures)),
    ):
        if is_filled:
            yield ChartLabel(axis.right + place, TITLE_BASELINE, title, "muted", SMALL, anchor="end")


def format_counts(row: ItemRow, translator: Translator) -> str:
    """Format the numbers of answers and of "don't know" in words; empty if they are hidden."""
    if row.figure.n is None:
        return ""
    text = translator.gettext("n {n}").format(n=row.figure.n)
    if row.figure.dk:
        text += ", " + translator.gettext("{dk} don’t know").format(dk=row.figure.dk)
    return text
