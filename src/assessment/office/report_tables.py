"""Tables of the report's sections, as deck and document show them."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.figures import KeyFigure, LevelScore, ReportFigure, ScoreCell
from assessment.domain.report.message import make_message
from assessment.domain.report.sections.change import ChangeRow, ChangeSection
from assessment.domain.report.sections.hand_offs import HandOffsSection
from assessment.domain.report.sections.heatmap import HeatmapSection
from assessment.domain.report.sections.outlook import OutlookSection
from assessment.domain.report.sections.participation import PeopleCount
from assessment.domain.report.sections.perception_gap import GapRow, PerceptionGapSection
from assessment.domain.report.sections.target_paths import TargetPathRow, TargetPathsSection
from assessment.domain.report.sections.targets import TargetRow
from assessment.i18n import Translator
from assessment.office.selection import EditionSelection

NAME_SHARE = 18.0
DASH = "–"


class Cell(Struct, frozen=True):
    """A table cell; `fill` and `tone` are colours of the palette, `size` compares with that of the table."""

    text: str
    bold: bool = False
    fill: str = ""
    tone: str = "ink"
    is_number: bool = False
    size: float = 1.0


class ReportTable(Struct, frozen=True):
    """A table with its heading; `shares` are the widths of the columns relative to each other."""

    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    shares: Sequence[float]

    @property
    def description(self) -> str:
        """Alternative text: each row with the names of its columns, or the heading of a table that has no rows."""
        if not self.rows:
            return "; ".join(cell.text for cell in self.head)
        return "; ".join(
            ", ".join(
                f"{top.text} {cell.text}".strip() for top, cell in zip(self.head, row, strict=True) if cell.text.strip()
            )
            for row in self.rows
        )


def build_head(titles: Sequence[str], numbers: Sequence[int] = ()) -> list[Cell]:
    """Build a heading; `numbers` are the places of the columns that hold numbers."""
    return [Cell(title, tone="muted", is_number=place in numbers) for place, title in enumerate(titles)]


def build_level_table(selection: EditionSelection) -> ReportTable:
    """Build the levels of the whole and its functions."""
    translator, answer = selection.translator, selection.report.answer
    titles = (
        "",
        translator.gettext("Score"),
        translator.gettext("Interval"),
        translator.gettext("Answers"),
        translator.gettext("Level"),
    )
    rows = [(translator.gettext("The whole"), answer.overall), *((row.name, row) for row in answer.functions)]
    cells = [_build_level_row(name, row, translator) for name, row in rows]
    return ReportTable(build_head(titles, range(1, 5)), cells, [30, 17, 21, 16, 22])


def _build_level_row(name: str, row: LevelScore, translator: Translator) -> list[Cell]:
    figure = row.figure
    interval = translator.format_interval(figure.interval) if figure.interval else ""
    level = translator.format_number(row.level) if row.level is not None else DASH
    if row.level is None and figure.value is not None:
        level = translator.gettext("withheld")
    return [
        Cell(name, bold=True),
        Cell(translator.format_figure(figure), bold=True, is_number=True),
        Cell(interval or translator.format_missing_briefly(figure) or DASH, tone="muted", is_number=True),
        Cell(DASH if figure.n is None else translator.format_number(figure.n), tone="muted", is_number=True),
        Cell(level, bold=True, is_number=True),
    ]


def build_key_figure_table(figures: Sequence[KeyFigure], translator: Translator, size: float = 1.8) -> ReportTable:
    """Build a strip of figures: label, number, meaning. `size` is that of the numbers."""
    texts = [_format_key_figure(figure, translator) for figure in figures]
    rows = [[Cell(number, bold=True, size=size) for _, number, _ in texts]]
    if any(meaning for _, _, meaning in texts):
        rows.append([Cell(meaning, tone="muted") for _, _, meaning in texts])
    return ReportTable(build_head([label for label, _, _ in texts]), rows, [1] * len(texts))


def _format_key_figure(entry: KeyFigure, translator: Translator) -> tuple[str, str, str]:
    figure = entry.figure
    number = translator.format_figure(figure, percent=entry.unit == "percent", signed=entry.unit == "signed")
    meaning = translator.render_message(entry.meaning) if entry.meaning else ""
    if figure.value is None and figure.word is None:
        meaning = translator.explain_missing(figure)
    if figure.interval:
        meaning = f"{meaning} ({translator.format_interval(figure.interval)})".strip()
    return translator.render_message(entry.label), number, meaning


def build_embedding_figure(section: OutlookSection) -> KeyFigure:
    """Build the key figure of the embedding with its class."""
    meaning = make_message("plain", text=section.embedding_class) if section.embedding_class else None
    return KeyFigure(make_message("label.embedding"), section.embedding, meaning)


def build_figure_table(rows: Sequence[tuple[str, ReportFigure]], translator: Translator) -> ReportTable:
    """Build figures with their names: what a chart shows, as text."""
    cells = [
        [
            Cell(name, bold=True),
            Cell(translator.format_figure(figure), bold=True, is_number=True),
            Cell(translator.explain_missing(figure), tone="muted"),
        ]
        for name, figure in rows
    ]
    titles = ("", translator.gettext("Score"), "")
    return ReportTable(build_head(titles, (1,)), cells, [50, 16, 34])


def build_target_table(
    rows: Sequence[TargetRow], title: str, translator: Translator, *, by_dimension: bool = False
) -> ReportTable:
    """Build scores, targets and the points to go; rows `by_dimension` name their function too."""
    titles = (title, translator.gettext("Now"), translator.gettext("Target"), translator.gettext("Points to go"))
    cells = [
        [
            Cell(f"{row.function} · {row.name}" if by_dimension else row.name, bold=True),
            Cell(translator.format_figure(row.now), is_number=True),
            Cell(translator.format_number(row.target), is_number=True),
            Cell(translator.format_figure(row.distance), bold=True, is_number=True),
        ]
        for row in rows
    ]
    return ReportTable(build_head(titles, range(1, 4)), cells, [48, 19, 14, 21])


def build_heatmap_table(section: HeatmapSection, translator: Translator) -> ReportTable:
    """Build functions by dimensions, coloured by level."""
    rows = [(row.name, (ScoreCell(row.level_score.figure, row.level_score.band), *row.cells)) for row in section.rows]
    return _build_score_grid((translator.gettext("Score"), *section.columns), rows, translator)


def build_level_key(cuts: Sequence[Decimal], translator: Translator) -> ReportTable:
    """Build the key of the colours: a cell for each level, from its lower bound."""
    first = translator.gettext("Level {level}: under {cut}").format(level=1, cut=translator.format_number(cuts[0]))
    texts = [first] + [
        translator.gettext("Level {level}: from {cut}").format(level=level, cut=translator.format_number(cut))
        for level, cut in enumerate(cuts, start=2)
    ]
    head = [Cell(text, fill=f"level-{level}", tone=f"on-level-{level}") for level, text in enumerate(texts, start=1)]
    return ReportTable(head, [], [1] * len(head))


def build_hand_off_table(section: HandOffsSection, translator: Translator) -> ReportTable:
    """Build functions by channels, coloured by level."""
    rows = [(row.name, (ScoreCell(row.figure, None), *row.cells)) for row in section.rows]
    return _build_score_grid((translator.gettext("Hand-offs"), *section.columns), rows, translator)


def _build_score_grid(
    columns: Sequence[str], rows: Sequence[tuple[str, Sequence[ScoreCell]]], translator: Translator
) -> ReportTable:
    head = [Cell(""), *(Cell(name, bold=True, is_number=True) for name in columns)]
    cells = [
        [Cell(name, bold=True), *(build_score_cell(cell.figure, cell.band, translator, mark=cell.mark) for cell in row)]
        for name, row in rows
    ]
    return ReportTable(head, cells, [NAME_SHARE, *[100 / len(columns)] * len(columns)])


def build_score_cell(figure: ReportFigure, band: int | None, translator: Translator, *, mark: bool = False) -> Cell:
    """Build a cell coloured by level, or the reason why there is no figure."""
    if figure.value is None:
        return Cell(translator.format_missing_briefly(figure) or DASH, fill="wash", tone="muted", is_number=True)
    text = translator.format_figure(figure)
    if band is None:
        return Cell(text, bold=True, is_number=True)
    return Cell(text, bold=mark, fill=f"level-{band}", tone=f"on-level-{band}", is_number=True)


def build_gap_table(section: PerceptionGapSection, translator: Translator) -> ReportTable:
    """Build leaders and practitioners by dimension, with verdicts."""
    titles = (
        translator.gettext("Dimension"),
        translator.gettext("Leaders"),
        translator.gettext("Practitioners"),
        translator.gettext("Gap"),
        translator.gettext("Interval"),
        translator.gettext("Verdict"),
    )
    rows = [_build_gap_row(row, translator) for row in section.rows]
    return ReportTable(build_head(titles, range(1, 5)), rows, [28, 17, 22, 13, 27, 34])


def _build_gap_row(row: GapRow, translator: Translator) -> list[Cell]:
    message = row.verdict_text or row.direction
    interval = translator.format_interval(row.gap.interval, signed=True) if row.gap.interval else DASH
    return [
        Cell(row.name, bold=True),
        Cell(translator.format_figure(row.leader), is_number=True),
        Cell(translator.format_figure(row.practitioner), is_number=True),
        Cell(translator.format_figure(row.gap, signed=True), bold=True, is_number=True),
        Cell(interval, tone="muted", is_number=True),
        Cell(translator.render_message(message) if message else DASH),
    ]


def build_target_path_table(
    section: TargetPathsSection, translator: Translator, *, has_titles: bool = True
) -> ReportTable:
    """Build what limits each level, and what would lift it; without titles, actions are numbers of the roadmap."""
    titles = (
        "",
        translator.gettext("Level"),
        translator.gettext("Limited by"),
        translator.gettext("Smallest set of actions that reaches the target"),
    )
    rows = [_build_target_path_row(row, translator, has_titles=has_titles) for row in section.rows]
    return ReportTable(build_head(titles), rows, [22, 16, 26, 84])


def _build_target_path_row(row: TargetPathRow, translator: Translator, *, has_titles: bool) -> list[Cell]:
    levels = translator.format_number(row.level) if row.level is not None else translator.gettext("withheld")
    if not row.reached:
        levels = translator.gettext("{now}, target {target}").format(now=levels, target=row.target_level)
    places = [translator.format_number(step.place) for step in row.steps]
    names = [f"{step.title} ({place})" for step, place in zip(row.steps, places, strict=True)]
    steps = translator.join_list(names if has_titles else places)
    if steps and not has_titles:
        steps = translator.gettext("Actions of the roadmap: {numbers}.").format(numbers=steps)
    description = translator.render_message(row.description)
    return [
        Cell(row.name or translator.gettext("The whole"), bold=True),
        Cell(levels),
        Cell(translator.render_message(row.binding)),
        Cell(f"{description} {steps}".strip()),
    ]


def build_change_table(section: ChangeSection, translator: Translator) -> ReportTable:
    """Build both waves, with verdicts."""
    titles = (
        "",
        translator.gettext("Then"),
        translator.gettext("Now"),
        translator.gettext("Change"),
        translator.gettext("Verdict"),
    )
    rows = [_build_change_row(row, translator) for row in section.rows]
    return ReportTable(build_head(titles, range(1, 4)), rows, [36, 18, 18, 24, 40])


def _build_change_row(row: ChangeRow, translator: Translator) -> list[Cell]:
    name = row.name if isinstance(row.name, str) else translator.render_message(row.name)
    text = translator.format_figure(row.change, signed=True)
    if row.margin is not None:
        text += translator.gettext(" (±{margin})").format(margin=translator.format_number(row.margin))
    return [
        Cell(name or translator.gettext("The whole"), bold=True),
        Cell(translator.format_figure(row.earlier), is_number=True),
        Cell(translator.format_figure(row.later), is_number=True),
        Cell(text, bold=bool(row.changed), is_number=True),
        Cell(translator.render_message(row.verdict), bold=bool(row.changed), tone="ink" if row.changed else "muted"),
    ]


def build_people_table(label: str, counts: Sequence[PeopleCount], translator: Translator) -> ReportTable:
    """Build people by role or by function."""
    unsaid = translator.gettext("not shown")
    rows = [
        [
            Cell(count.name, bold=True),
            Cell(unsaid if count.people is None else translator.format_number(count.people), is_number=True),
        ]
        for count in counts
    ]
    return ReportTable(build_head((label, translator.gettext("People")), (1,)), rows, [66, 34])


def build_provenance_table(selection: EditionSelection, omitted: Sequence[str] = ()) -> ReportTable:
    """Build the lines of the provenance without the `omitted` ones."""
    translator = selection.translator
    rows = [
        [Cell(translator.render_message(line.label), bold=True), Cell(selection.format_provenance(line))]
        for line in selection.report.appendix.provenance
        if line.label.id not in omitted
    ]
    return ReportTable(build_head((translator.gettext("Provenance"), "")), rows, [34, 66])
