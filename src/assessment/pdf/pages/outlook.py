"""Page of the outlook on roles and of the embedding."""

from reportlab.platypus import Flowable

from assessment.charts.outlook import draw_quadrant_chart
from assessment.domain.report import Report
from assessment.domain.report.figures import KeyFigure
from assessment.domain.report.message import make_message
from assessment.domain.report.sections.outlook import OutlookSection
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    Blocks,
    SectionLayout,
    has_any_value,
    lay_out_key_figures,
    lay_out_remark,
    lay_out_topic_actions,
    lay_out_unknown,
    make_chart_block,
    make_class_meaning,
    make_heading,
    start_page,
)
from assessment.pdf.typesetting.text import (
    make_cell,
    make_gap,
    make_paragraph,
    make_table,
    share_width,
)
from assessment.pdf.typesetting.theme import COLOURS, CONTENT_WIDTH

QUADRANT_HEIGHT = 175.0
ROOMY_QUADRANT_HEIGHT, TALL_QUADRANT_HEIGHT = 215.0, 290.0  # where little or nothing else is on the page
MAX_HAND_OFF_ACTIONS = 2  # that leave room for embedding on the page of hand-offs


def lay_out_outlook(
    report: Report, translator: Translator, layout: SectionLayout, *, is_new_page: bool = True
) -> Blocks:
    """Lay out where roles are heading, and how far the work is a normal part of the functions.

    If it is about embedding alone, start a new page only if `is_new_page`.
    """
    part = report.outlook
    if part is None:
        return []
    has_outlook = has_point(part)
    subject, title = translator.gettext("Roles in four years"), translator.render_message(part.title)
    has_figures = has_outlook or part.embedding.value is not None
    is_aside = not has_outlook and not is_new_page
    blocks = lay_out_unknown(subject, title) if is_aside or not has_figures else start_page(subject, title)
    if has_outlook:
        blocks += lay_out_key_figures(part.key_figures, translator)
        blocks += [
            make_chart_block(draw_quadrant_chart(part, translator, CONTENT_WIDTH, _choose_height(report, layout))),
            make_gap(8),
            _make_quadrant_table(part),
            make_gap(8),
        ]
        blocks += [_make_coordinates_note(part, translator)]
    else:  # four quadrants without a point would say less than a sentence
        blocks += _lay_out_known_figures(part, translator)
    is_compact = not has_outlook and "outlook" in layout.shortened
    is_embedding_here = not layout.has_embedding_with_hand_offs
    below = lay_out_embedding(report, translator, is_aside=is_aside) if is_embedding_here else []
    topics = ("outlook", "embedding") if is_embedding_here else ("outlook",)
    return [
        *blocks,
        *below,
        *lay_out_remark(report, translator, "outlook"),
        *lay_out_topic_actions(report, translator, *topics, is_compact=is_compact),
    ]


def has_point(part: OutlookSection) -> bool:
    """Return whether both coordinates of the group's point are known."""
    return part.independence.value is not None and part.readiness.value is not None


def _lay_out_known_figures(part: OutlookSection, translator: Translator) -> Blocks:
    known = [
        translator.join_label(translator.render_message(figure.label), translator.format_figure(figure.figure))
        for figure in part.key_figures
        if figure.figure.value is not None
    ]
    return [make_paragraph(f"{translator.join_with_semicolons(known)}.")] if known else []


def _choose_height(report: Report, layout: SectionLayout) -> float:
    """Return a height at which the page is more than two thirds full."""
    has_embedding = (
        not layout.has_embedding_with_hand_offs and report.outlook and report.outlook.embedding.value is not None
    )
    has_actions = any(action.topic == "outlook" for action in report.roadmap.actions)
    if has_embedding or layout.shortened or report.details.remarks.get("outlook"):
        return QUADRANT_HEIGHT
    return ROOMY_QUADRANT_HEIGHT if has_actions else TALL_QUADRANT_HEIGHT


def can_stand_with_hand_offs(report: Report) -> bool:
    """Return whether embedding may stand on the page of hand-offs: both that page and the outlook have figures."""
    if report.hand_offs is None or report.outlook is None or not has_point(report.outlook):
        return False
    return has_any_value(cell.figure for row in report.hand_offs.rows for cell in row.cells)


def has_room_with_hand_offs(report: Report) -> bool:
    """Return whether the page of hand-offs has room for embedding: few actions are about them."""
    actions = sum(action.topic == "hand-offs" for action in report.roadmap.actions)
    has_room = actions == 0 or (actions <= MAX_HAND_OFF_ACTIONS and not report.details.remarks.get("hand-offs"))
    return has_room and can_stand_with_hand_offs(report)


def lay_out_embedding(report: Report, translator: Translator, *, is_aside: bool = False) -> Blocks:
    """Lay out how far the work is a normal part of the functions; as an aside in one paragraph."""
    part = report.outlook
    if part is None or part.embedding.value is None:
        return []
    if is_aside:
        return [
            make_class_meaning(
                translator.gettext("How far the work is embedded"), _describe_embedding(part, translator), translator
            )
        ]
    blocks = [make_heading(translator.gettext("How far the work is embedded"))]
    blocks += lay_out_key_figures((KeyFigure(make_message("label.embedding"), part.embedding),), translator)
    if part.embedding_class:
        blocks.append(make_class_meaning(part.embedding_class, part.embedding_meaning, translator))
    return [*blocks, make_paragraph(_format_embedding_scale(part, translator), "small")]


def _describe_embedding(part: OutlookSection, translator: Translator) -> str:
    interval = f" ({translator.format_interval(part.embedding.interval)})" if part.embedding.interval else ""
    moderated = translator.format_moderated(part.embedding)
    figure = f"{translator.format_figure(part.embedding)}{interval} {moderated}".strip()
    if not part.embedding_class:
        return figure
    name = translator.render_message(make_message("quoted", text=part.embedding_class))
    return ". ".join(text for text in (f"{figure}, {name}", part.embedding_meaning) if text)


def _make_coordinates_note(part: OutlookSection, translator: Translator) -> Flowable:
    text = translator.gettext("Independence {independence}, readiness {readiness}; high from {cut}.")
    coordinates = text.format(
        independence=translator.format_figure(part.independence),
        readiness=translator.format_figure(part.readiness),
        cut=translator.format_number(part.cut),
    )
    return make_paragraph(" ".join([coordinates, *translator.render_messages(part.notes)]), "dense")


def _make_quadrant_table(part: OutlookSection) -> Flowable:
    rows = [[make_cell(corner.name, "row-strong"), make_cell(corner.meaning, "row")] for corner in part.quadrants]
    table = make_table(rows, share_width([34, 90]), head=0, pad=3.5)
    current = [number for number, corner in enumerate(part.quadrants) if corner.is_current]
    table.setStyle([("BACKGROUND", (0, number), (-1, number), COLOURS["level-1"]) for number in current])
    table.setStyle([("LEFTPADDING", (0, 0), (-1, -1), 8)])
    return table


def _format_embedding_scale(part: OutlookSection, translator: Translator) -> str:
    """List the classes of embedding with their cut points."""
    steps = [
        translator.render_message(make_message("ladder.from", name=name, cut=cut))
        for name, cut in zip(part.embedding_scale[1:], part.embedding_cuts, strict=False)
    ]
    first = translator.render_message(
        make_message("ladder.first", name=part.embedding_scale[0], cut=part.embedding_cuts[0])
    )
    return translator.join_list([first, *steps]) + "."
