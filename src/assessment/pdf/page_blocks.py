"""Blocks shared by pages: page titles, key figures, action tables, notes, the consultant's own words."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from msgspec import Struct
from reportlab.platypus import CondPageBreak, Flowable, KeepInFrame, PageBreak

from assessment.charts.primitives.marks import Chart
from assessment.domain.report import Report
from assessment.domain.report.actions import Action
from assessment.domain.report.figures import KeyFigure, ReportFigure
from assessment.domain.report.message import Message
from assessment.i18n import Translator
from assessment.i18n.action_texts import format_owner, format_reasons, format_start
from assessment.pdf.chart_drawing import ChartBlock
from assessment.pdf.document import Heading
from assessment.pdf.typesetting.fonts import STRONG
from assessment.pdf.typesetting.page_filling import FirstFit
from assessment.pdf.typesetting.page_groups import TyingGap
from assessment.pdf.typesetting.paragraphs import Paragraph
from assessment.pdf.typesetting.tables import Table
from assessment.pdf.typesetting.text import (
    MAX_TEXT_LENGTH,
    align_small_columns,
    escape_text,
    make_barred_paragraph,
    make_bullets,
    make_cell,
    make_gap,
    make_labelled_paragraph,
    make_paragraph,
    make_table,
    share_width,
    truncate_characters,
)
from assessment.pdf.typesetting.theme import (
    COLOURS,
    COLUMN_GUTTER,
    COLUMN_WIDTH,
    CONTENT_HEIGHT,
    CONTENT_WIDTH,
    FINE,
    find_colour,
)

Blocks = list[Flowable]


class SectionLayout(Struct, frozen=True):
    """Positions of the short parts of sections, and the height of sections; alternatives fill pages or save one."""

    has_ladder_with_targets: bool  # otherwise with the heatmap
    has_embedding_with_hand_offs: bool  # otherwise with the outlook
    heatmap_row: float  # height in points
    hand_off_row: float
    shortened: tuple[str, ...] = ()  # topics that refer to the roadmap instead of listing actions


MAX_LISTED_LENGTH = 240
MAX_REMARK_LENGTH = 900  # in editions of a fixed number of pages
MIN_ROOM = 90.0
QUIET_ROOM = 46.0  # for a section without figures: subject, title and a line
CELL_GAP = 8.0  # between the cells of a table


def start_page(kicker: str, title: str, level: int = 0, *, is_new_page: bool = True, style: str = "title") -> Blocks:
    """Start a page with its subject and a title that states the finding.

    With `is_new_page` False, short sections continue on the current page.
    """
    begin: Blocks = [PageBreak()] if is_new_page else [CondPageBreak(MIN_ROOM * 2)]
    return [*begin, *make_title(kicker, title, level, style, above=24)]


def shrink_to_page(blocks: Blocks, height: float) -> Flowable:
    """Shrink blocks to one page if they don't fit."""
    return KeepInFrame(CONTENT_WIDTH, height, blocks, mode="shrink")


def fit_on_page(choices: Sequence[Callable[[], Blocks]], height: float) -> Flowable:
    """Use the first choice that fits on one page; shrink the last one if none does."""
    return FirstFit([*choices[:-1], lambda: [shrink_to_page(choices[-1](), height)]])


def lay_out_unknown(kicker: str, title: str) -> Blocks:
    """Lay out a section without figures: subject and reason, in small type on the current page."""
    return [CondPageBreak(QUIET_ROOM), *make_title(kicker, title, style="title-quiet", above=10.5)]


def make_title(kicker: str, title: str, level: int = 0, style: str = "title", above: float = 0) -> Blocks:
    """Make subject and title; `above` is white space, omitted at the top of a page."""
    contents_text = (
        f'<font name="{STRONG}">{escape_text(kicker, 80, STRONG)}</font>'
        f'<br/><font size="{FINE}" color="{COLOURS["muted"].hexval().replace("0x", "#")}">'
        f"{escape_text(title, MAX_LISTED_LENGTH)}</font>"
    )
    if level:
        contents_text = escape_text(title, MAX_LISTED_LENGTH)
    small = make_paragraph(kicker, "kicker")
    small.style = small.style.clone("kicker-below", spaceBefore=above)
    return [small, Heading(title, style, level, contents_text)]


def make_heading(text: str) -> Paragraph:
    return make_paragraph(text, "heading")


def make_heading_with_block(title: str, block: Flowable, room: float = MIN_ROOM) -> Blocks:
    """Make a heading over a block that may split: both start where some of the block fits.

    Keeping a heading with the whole of a long table would push the table to a new page.
    """
    heading = make_paragraph(title, "heading")
    heading.style = heading.style.clone("heading-lone", keepWithNext=False)
    return [CondPageBreak(room), heading, block]


def make_columns(left: Blocks, right: Blocks) -> Table:
    """Set blocks next to each other."""
    table = make_table([[left, "", right]], [COLUMN_WIDTH, COLUMN_GUTTER, COLUMN_WIDTH], head=0, lines=False, pad=0)
    table.setStyle([("RIGHTPADDING", (0, 0), (-1, -1), 0)])
    return table


def make_chart_block(chart: Chart) -> ChartBlock:
    return ChartBlock(chart)


def has_any_value(figures: Iterable[ReportFigure]) -> bool:
    """Return whether any figure has a value to draw."""
    return any(figure.value is not None for figure in figures)


def make_notes(messages: Sequence[Message], translator: Translator) -> Blocks:
    """Make notes in small type, a paragraph each."""
    return [make_paragraph(translator.render_message(message), "small") for message in messages]


def make_points(messages: Sequence[Message], translator: Translator, style: str = "body") -> Blocks:
    """Make a bulleted list of messages."""
    return list(make_bullets(translator.render_messages(messages), style))


def make_class_meaning(name: str, meaning: str, translator: Translator, style: str = "body") -> Flowable:
    """Make a paragraph of a class and its meaning, with a colon between them."""
    return make_labelled_paragraph(translator.gettext("{class_name}:").format(class_name=name), meaning, style)


def lay_out_key_figures(figures: Sequence[KeyFigure], translator: Translator, style: str = "figure") -> Blocks:
    """Lay out a strip of figures: label, number, meaning; with `style` in another size."""
    if not figures:
        return []
    widths = share_width([1] * len(figures))
    labels = [make_cell(translator.render_message(figure.label), "head") for figure in figures]
    row = [
        [label, *_lay_out_key_figure(figure, translator, style)]
        for label, figure in zip(equalize_heights(labels, widths[0] - CELL_GAP), figures, strict=True)
    ]
    strip = make_table([row], widths, head=0, lines=False, pad=3)
    strip.setStyle([("LINEABOVE", (0, 0), (-1, 0), 1, find_colour("accent"))])
    return [strip, TyingGap(1, 6)]


def _lay_out_key_figure(figure: KeyFigure, translator: Translator, style: str) -> Blocks:
    number = translator.format_figure(figure.figure, percent=figure.unit == "percent", signed=figure.unit == "signed")
    below = translator.render_message(figure.meaning) if figure.meaning else ""
    if figure.figure.value is None:
        below = translator.explain_missing(figure.figure)
    if figure.figure.interval:
        below = f"{below} ({translator.format_interval(figure.figure.interval)})".strip()
    below = " · ".join(text for text in (below, translator.format_moderated(figure.figure)) if text)
    if style == "figure" and (figure.figure.bound is not None or figure.figure.word is not None):
        style = "figure-small"
    return [make_cell(number, style), *([make_cell(below, "cell-muted")] if below else [])]


def equalize_heights(labels: Sequence[Paragraph], width: float) -> Sequence[Paragraph]:
    """Give labels the height of the tallest, so that the numbers below are aligned."""
    heights = [label.wrap(width, CONTENT_HEIGHT)[1] for label in labels]
    for label, height in zip(labels, heights, strict=True):
        label.style = label.style.clone(f"{label.style.name}-high", spaceAfter=max(heights) - height)
    return labels


def make_action_table(actions: Sequence[Action], translator: Translator) -> Table:
    """Make a short table of actions: place, title, horizon, and the figures that fired them."""
    titles = (translator.gettext("Action"), translator.gettext("When"), translator.gettext("Because"))
    head = [make_cell("", "head"), *(make_cell(title, "head") for title in titles)]
    rows = [
        [
            make_cell(str(action.place), "row-strong"),
            make_cell(action.title, "row-strong"),
            [make_cell(action.horizon_name), make_cell(format_start(action, translator), "cell-muted")],
            make_cell(format_reasons(action, translator), "cell-muted"),
        ]
        for action in actions
    ]
    return align_small_columns(make_table([head, *rows], share_width([6, 50, 24, 48]), pad=2.5), (2, 3), 2.5)


def lay_out_topic_actions(report: Report, translator: Translator, *topics: str, is_compact: bool = False) -> Blocks:
    """Lay out the actions fired by a page's figures, as many as fit; a reference to the roadmap if `is_compact`."""
    actions = [action for action in report.roadmap.actions if action.topic in topics]
    if not actions:
        return []
    reference = [make_roadmap_reference(actions, translator)]
    if is_compact:
        return reference
    choices = [partial(_lay_out_actions, actions[:count], translator) for count in range(len(actions), 0, -1)]
    return [FirstFit([*choices, lambda: reference])]


def make_roadmap_reference(actions: Sequence[Action], translator: Translator) -> Flowable:
    """Refer to the roadmap where the actions of a page don't fit."""
    places = translator.join_list([translator.format_number(action.place) for action in actions])
    text = translator.ngettext(
        "What to do about it: action {places} of the roadmap.",
        "What to do about it: actions {places} of the roadmap.",
        len(actions),
    )
    return make_paragraph(text.format(places=places), "small")


def _lay_out_actions(actions: Sequence[Action], translator: Translator) -> Blocks:
    titles = (translator.gettext("Action"), translator.gettext("Begin with"), translator.gettext("Owner"))
    head = [make_cell("", "head"), *(make_cell(title, "head") for title in titles)]
    rows = [
        [
            make_cell(str(action.place), "row-strong"),
            [make_cell(action.title, "row-strong"), make_cell(format_reasons(action, translator), "cell-muted")],
            make_cell(next(iter(action.steps), ""), "row"),
            [make_cell(format_owner(action, translator)), make_cell(action.horizon_name, "cell-muted")],
        ]
        for action in actions
    ]
    return [
        make_heading(translator.gettext("What to do about it")),
        align_small_columns(make_table([head, *rows], share_width([6, 46, 46, 28]), pad=3.5), (3,), 3.5),
    ]


def lay_out_remark(report: Report, translator: Translator, place: str, limit: int = MAX_TEXT_LENGTH) -> Blocks:
    """Lay out the consultant's remark on a page, marked as theirs; nothing if there is none."""
    text = truncate_characters(report.details.remarks.get(place, ""), limit)
    return make_own_words(text, translator) if text.strip() else []


def make_own_words(text: str, translator: Translator) -> Blocks:
    """Make a text with a bar and a label that names its author."""
    label = make_barred_paragraph(translator.gettext("In the consultant’s own words"), "own-label")
    return [make_gap(10), label, *(make_barred_paragraph(part) for part in text.splitlines() if part.strip())]
