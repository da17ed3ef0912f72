"""Level chart: the whole and its functions on the 0-100 scale, with levels, intervals, targets and the last wave."""

from collections.abc import Iterator, Sequence

from assessment.charts.primitives import text_width
from assessment.charts.primitives.marks import SMALL, TEXT, Chart, ChartLabel, ChartLine, ChartMark, FontWeight, Marker
from assessment.charts.primitives.row_names import draw_row_name
from assessment.charts.primitives.score_axis import ScoreAxis
from assessment.domain.report.figures import LevelScore
from assessment.domain.report.sections.answer import AnswerSection
from assessment.i18n import Translator

NAME_WIDTH, MAX_SCORE_WIDTH, LEVEL_WIDTH, DISTANCE_WIDTH = 112.0, 128.0, 76.0, 66.0
ROW_HEIGHT, TALL_ROW_HEIGHT, BAND_HEIGHT, TOP_MARGIN, KEY_HEIGHT = 22.0, 29.0, 16.0, 14.0, 18.0
EARLIER_DROP, KEY_GAP = 7.0, 14.0


def draw_level_chart(answer: AnswerSection, translator: Translator, width: float) -> Chart:
    """Draw the whole first, then its functions; without targets where there is no score at all."""
    rows = (answer.overall, *answer.functions)
    scores = _measure_scores(rows, translator)
    axis = ScoreAxis(NAME_WIDTH + scores + 12, width - LEVEL_WIDTH - DISTANCE_WIDTH)
    has_moderated = any(row.figure.moderated is not None for row in rows)
    row_height = TALL_ROW_HEIGHT if has_moderated else ROW_HEIGHT
    bottom = TOP_MARGIN + BAND_HEIGHT + row_height * len(rows) + 4
    marks = tuple(_draw_marks(answer, rows, translator, axis, (bottom, width)))
    title = translator.render_message(answer.title)
    description = "; ".join(_describe_row(row, translator, is_overall=number == 0) for number, row in enumerate(rows))
    return Chart(width, bottom + KEY_HEIGHT, marks, title, description)


def _measure_scores(rows: Sequence[LevelScore], translator: Translator) -> float:
    """Measure the column of scores and intervals."""
    widths = [
        text_width.estimate_width(translator.format_figure(row.figure), TEXT)
        + text_width.estimate_width(_format_interval(row, translator), SMALL)
        + 6
        for row in rows
    ]
    return min(MAX_SCORE_WIDTH, max(widths, default=0.0))


def _describe_row(row: LevelScore, translator: Translator, *, is_overall: bool) -> str:
    """Describe a row in words: score, interval, level, target, distance and the last wave."""
    name = f"{translator.gettext('The whole')}, {row.name}" if is_overall else row.name
    parts = [translator.format_figure(row.figure)]
    if row.figure.value is None:
        return translator.join_label(name, translator.explain_missing(row.figure))
    parts += [translator.format_moderated(row.figure), _format_interval(row, translator)]
    parts.append(format_level(row, translator))
    if row.target is not None:
        parts.append(translator.gettext("target {target}").format(target=translator.format_number(row.target)))
    parts.append(format_distance(row, translator))
    if row.earlier is not None:
        earlier = translator.gettext("last wave {score}").format(score=translator.format_figure(row.earlier))
        parts.append(earlier)
    return translator.join_label(name, ", ".join(part for part in parts if part))


def _draw_marks(
    answer: AnswerSection,
    rows: tuple[LevelScore, ...],
    translator: Translator,
    axis: ScoreAxis,
    edges: tuple[float, float],
) -> Iterator[ChartMark]:
    bottom, width = edges
    head = TOP_MARGIN + BAND_HEIGHT / 2 + 3
    yield from axis.draw_bands(TOP_MARGIN, BAND_HEIGHT, answer.cuts)
    yield ChartLabel(axis.right + 12, head, translator.gettext("Level"), "muted", SMALL, "strong")
    yield ChartLabel(width, head, translator.gettext("To go"), "muted", SMALL, "strong", "end")
    for cut in answer.cuts:
        x = axis.get_position(cut)
        yield ChartLine(x, TOP_MARGIN + BAND_HEIGHT, x, bottom - 4, "faint", 0.6)
        yield ChartLabel(x, TOP_MARGIN - 4, translator.format_number(cut), "muted", SMALL, anchor="middle")
    for number, row in enumerate(rows):
        y = TOP_MARGIN + BAND_HEIGHT + (bottom - 4 - TOP_MARGIN - BAND_HEIGHT) / len(rows) * (number + 0.5) + 2
        yield from _draw_row(row, translator, axis, (y, width), is_overall=number == 0)
    yield from _draw_key(rows, translator, axis.left, bottom + KEY_HEIGHT / 2 + 3)


def _draw_row(
    row: LevelScore, translator: Translator, axis: ScoreAxis, place: tuple[float, float], *, is_overall: bool
) -> Iterator[ChartMark]:
    y, width = place
    weight: FontWeight = "strong" if is_overall else "regular"
    name = translator.gettext("The whole") if is_overall else row.name
    yield from draw_row_name(name, y, NAME_WIDTH - 6, weight)
    score = translator.format_figure(row.figure)
    yield ChartLabel(NAME_WIDTH, y + 3, score, "ink", TEXT, "strong")
    if row.figure.value is None:
        missing = translator.format_missing_briefly(row.figure)
        yield ChartLabel(NAME_WIDTH + 14, y + 3, missing, "muted", SMALL, limit=axis.left - NAME_WIDTH - 16)
        return
    moderated = translator.format_moderated(row.figure)
    if moderated:
        yield ChartLabel(NAME_WIDTH, y + 12, moderated, "third", SMALL, limit=axis.left - NAME_WIDTH - 2)
        yield Marker(axis.get_position(row.figure.moderated or 0), y, 3.4, "square", "third", hollow=True)
    left = NAME_WIDTH + text_width.estimate_width(score, TEXT) + 5
    yield ChartLabel(left, y + 3, _format_interval(row, translator), "muted", SMALL, limit=axis.left - left - 2)
    yield from _draw_target(row, axis, y)
    shape, tone, size = ("diamond", "accent", 5.0) if is_overall else ("circle", "ink", 4.0)
    yield from axis.draw_point(row.figure, y, shape, tone, size)  # type: ignore[arg-type] # a literal in a tuple
    level = translator.gettext("withheld") if row.level is None else translator.format_number(row.level)
    yield ChartLabel(axis.right + 12, y + 3, level, "ink", SMALL, weight, limit=LEVEL_WIDTH - 14)
    distance = _format_distance_cell(row, translator)
    yield ChartLabel(width, y + 3, distance, "ink", SMALL, weight, "end", DISTANCE_WIDTH)


def _draw_target(row: LevelScore, axis: ScoreAxis, y: float) -> Iterator[ChartMark]:
    """Draw the last wave, and the way to the target as a dotted line that ends at a bar."""
    if row.earlier is not None and row.earlier.value is not None:
        yield Marker(axis.get_position(row.earlier.value), y + EARLIER_DROP, 2.6, "circle", "rule", hollow=True)
    if row.target is None or row.figure.value is None:
        return
    target = axis.get_position(row.target)
    yield ChartLine(axis.get_position(row.figure.value), y, target, y, "rule", 0.8, dashed=True)
    yield axis.draw_target(row.target, y)


def _draw_key(rows: Sequence[LevelScore], translator: Translator, left: float, y: float) -> Iterator[ChartMark]:
    scored = [row for row in rows if row.figure.value is not None]
    if not scored:
        return
    now = (
        translator.gettext("now, with interval")
        if any(row.figure.interval for row in rows)
        else translator.gettext("now")
    )
    yield ChartLine(left, y - 3, left + 12, y - 3, "ink", 1.2)
    yield Marker(left + 6, y - 3, 3.2, "circle", "ink")
    yield ChartLabel(left + 16, y, now, "muted", SMALL)
    left += 16 + text_width.estimate_width(now, SMALL) + KEY_GAP
    target = translator.gettext("target")
    yield ChartLine(left, y - 8, left, y + 2, "ink", 2.0)
    yield ChartLabel(left + 6, y, target, "muted", SMALL)
    left += 6 + text_width.estimate_width(target, SMALL) + KEY_GAP
    if any(row.earlier is not None for row in scored):
        yield Marker(left + 3, y - 3, 2.6, "circle", "rule", hollow=True)
        earlier = translator.gettext("last wave")
        yield ChartLabel(left + 10, y, earlier, "muted", SMALL)
        left += 10 + text_width.estimate_width(earlier, SMALL) + KEY_GAP
    if any(row.figure.moderated is not None for row in scored):
        yield Marker(left + 3, y - 3, 3.0, "square", "third", hollow=True)
        yield ChartLabel(left + 10, y, translator.gettext("moderated"), "muted", SMALL)


def _format_interval(row: LevelScore, translator: Translator) -> str:
    return f"({translator.format_interval(row.figure.interval)})" if row.figure.interval else ""


def format_level(row: LevelScore, translator: Translator) -> str:
    """Format the level of a score, or that it is withheld."""
    if row.level is None:
        return translator.gettext("level withheld")
    return translator.gettext("level {level}").format(level=row.level)


def format_distance(row: LevelScore, translator: Translator) -> str:
    """Format the points to the target."""
    if row.distance is None or row.distance.value is None:
        return ""
    if row.distance.value <= 0:
        return translator.gettext("reached")
    return translator.gettext("{points} to go").format(points=translator.format_figure(row.distance))


def _format_distance_cell(row: LevelScore, translator: Translator) -> str:
    """Format the points to the target without words, which the title of the column has."""
    if row.distance is not None and row.distance.value is not None and row.distance.value > 0:
        return translator.format_figure(row.distance)
    return format_distance(row, translator)
