"""Pages of perception gap, authority, hand-offs and outlook, each with its actions."""

from reportlab.platypus import CondPageBreak, Flowable

from assessment.charts.authority import draw_authority_chart
from assessment.charts.functions import draw_item_chart, short_key
from assessment.charts.outlook import draw_quadrant_chart
from assessment.charts.perception_gap import draw_gap_chart
from assessment.charts.score_grid import draw_hand_off_chart
from assessment.domain.report import Report
from assessment.domain.report.figures import KeyFigure
from assessment.domain.report.message import make_message
from assessment.domain.report.sections.outlook import OutlookSection
from assessment.domain.report.sections.perception_gap import GapRow, PerceptionGapSection
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    Blocks,
    has_shown_figure,
    lay_out_key_figures,
    lay_out_remark,
    lay_out_topic_actions,
    lay_out_unknown,
    make_chart_block,
    make_heading,
    make_notes,
    make_title,
    start_page,
)
from assessment.pdf.typesetting.text import (
    make_cell,
    make_gap,
    make_labelled_paragraph,
    make_paragraph,
    make_table,
    share_width,
)
from assessment.pdf.typesetting.theme import COLOURS, CONTENT_HEIGHT, CONTENT_WIDTH

QUADRANT_HEIGHT = 160.0
NEARLY_WHOLE = 0.6 * CONTENT_HEIGHT  # room for embedding and its advice below the lines on unknown subjects


def lay_out_perception_gap(report: Report, translator: Translator) -> Blocks:
    part = report.perception_gap
    if part is None:
        return []
    known = has_shown_figure(row.leader for row in part.rows)
    subject, title = translator.gettext("Leaders and practitioners"), translator.text(part.title)
    if not known:
        return [
            *lay_out_unknown(subject, title),
            *make_notes(part.notes[1:], translator),
            *lay_out_remark(report, translator, "gap"),
        ]
    blocks = start_page(subject, title)
    blocks += lay_out_key_figures(part.key_figures, translator)
    blocks += [
        make_chart_block(draw_gap_chart(part, translator, CONTENT_WIDTH)),
        make_gap(8),
        *_lay_out_verdicts(part, translator),
    ]
    blocks += [make_gap(6), *make_notes(part.notes, translator)]
    return [*blocks, *lay_out_remark(report, translator, "gap"), *lay_out_topic_actions(report, translator, "gap")]


def _lay_out_verdicts(part: PerceptionGapSection, translator: Translator) -> Blocks:
    """Explain the verdicts that occur."""
    meanings = {
        "untested": translator.gettext("There was nothing to test the difference against. Ask both sides for cases."),
        "none": translator.gettext("The two views are close here. Nothing to settle before acting."),
        "open": translator.gettext("The averages are close, but too few people answered to rule a difference out."),
        "indicative": translator.gettext("The averages differ, but chance could explain it. Ask both sides for cases."),
        "confirmed": translator.gettext("The difference holds. Compare the evidence of both sides."),
        "strong": translator.gettext("The two groups describe different realities: agree on the facts first."),
    }
    shown = [row for row in part.rows if row.gap.value is not None]
    rows = [
        [make_cell(label, "cell-strong"), make_cell(", ".join(row.name for row in named)), make_cell(meaning)]
        for verdict, meaning in meanings.items()
        if (named := [row for row in shown if row.verdict == verdict])
        for label in [_format_verdict(part, named[0], translator)]
    ]
    titles = (translator.gettext("Verdict"), translator.gettext("Here"), translator.gettext("What it means"))
    head = [make_cell(title, "head") for title in titles]
    made = make_table([head, *rows], share_width([24, 34, 70]), pad=3.5)
    return [make_heading(translator.gettext("How sure the gaps are")), made]


def _format_verdict(part: PerceptionGapSection, row: GapRow, translator: Translator) -> str:
    """Name a verdict; "strong" with the distance that defines it."""
    words = translator.text(row.verdict_text) if row.verdict_text else ""
    if row.verdict != "strong" or not part.cuts:
        return words
    wide = translator.gettext("{verdict}, by {points} points or more")
    return wide.format(verdict=words, points=translator.number(part.cuts[-1]))


def lay_out_authority(report: Report, translator: Translator) -> Blocks:
    part = report.authority
    if part is None:
        return []
    known = has_shown_figure((part.authority, part.support, *(item.figure for item in part.items)))
    subject, title = translator.gettext("Authority and support"), translator.text(part.title)
    if not known:
        return [*lay_out_unknown(subject, title), *lay_out_remark(report, translator, "authority")]
    blocks = start_page(subject, title)
    blocks += [
        *lay_out_key_figures(part.key_figures, translator),
        make_chart_block(draw_authority_chart(part, translator, CONTENT_WIDTH)),
        make_gap(8),
    ]
    if part.class_meaning:
        blocks.append(_meaning(part.class_name, part.class_meaning, translator))
    if part.items:
        label = translator.gettext("What support is made of")
        blocks += [make_heading(label), make_chart_block(draw_item_chart(part.items, translator, CONTENT_WIDTH, label))]
        unsure = short_key(part.items, translator)
        blocks += [make_paragraph(unsure, "small")] if unsure else []
    blocks += [make_gap(6), *make_notes(part.notes, translator)]
    return [
        *blocks,
        *lay_out_remark(report, translator, "authority"),
        *lay_out_topic_actions(report, translator, "authority"),
    ]


def lay_out_hand_offs(report: Report, translator: Translator) -> Blocks:
    part = report.hand_offs
    if part is None:
        return []
    known = has_shown_figure(one.figure for row in part.rows for one in row.cells)
    subject, title = translator.gettext("Hand-offs between channels"), translator.text(part.title)
    if not known:
        return [
            *lay_out_unknown(subject, title),
            *make_notes(part.notes[1:], translator),
            *lay_out_remark(report, translator, "hand-offs"),
        ]
    blocks = start_page(subject, title)
    blocks += lay_out_key_figures((KeyFigure(make_message("label.hand-offs-whole"), part.overall),), translator)
    blocks += [make_chart_block(draw_hand_off_chart(part, translator, CONTENT_WIDTH)), make_gap(10)]
    worst = [
        [make_cell(row.name, "cell-strong"), make_cell(translator.listed(row.worst))] for row in part.rows if row.worst
    ]
    if worst:
        head = [make_cell(translator.gettext("Function"), "head"), make_cell(translator.gettext("Begin with"), "head")]
        blocks += [make_table([head, *worst], share_width([40, 80]), pad=4), make_gap(8)]
    blocks += make_notes(part.notes, translator)
    return [
        *blocks,
        *lay_out_remark(report, translator, "hand-offs"),
        *lay_out_topic_actions(report, translator, "hand-offs"),
    ]


def lay_out_outlook(report: Report, translator: Translator, *, fresh: bool = True) -> Blocks:
    """Where roles are heading, and how far social work is a normal part of the functions.

    Where it is about embedding alone, a new page only if `fresh`.
    """
    part = report.outlook
    if part is None:
        return []
    known = has_shown_figure((part.independence, part.readiness))
    subject, title = translator.gettext("Roles in four years"), translator.text(part.title)
    is_shown = known or part.embedding.value is not None
    blocks = start_page(subject, title) if is_shown else lay_out_unknown(subject, title)
    if is_shown and not (known or fresh):
        blocks = [CondPageBreak(NEARLY_WHOLE), *make_title(subject, title, above=24)]
    if known:
        blocks += lay_out_key_figures(part.key_figures, translator)
        blocks += [
            make_chart_block(draw_quadrant_chart(part, translator, CONTENT_WIDTH, QUADRANT_HEIGHT)),
            make_gap(8),
            _make_quadrant_table(part),
            make_gap(8),
        ]
        blocks += [_make_coordinates_note(part, translator)]
    if part.embedding.value is None:
        return [
            *blocks,
            *lay_out_remark(report, translator, "outlook"),
            *lay_out_topic_actions(report, translator, "outlook"),
        ]
    blocks += [make_heading(translator.gettext("How far the work is embedded"))]
    blocks += lay_out_key_figures((KeyFigure(make_message("label.embedding"), part.embedding),), translator)
    if part.embedding_class:
        blocks.append(_meaning(part.embedding_class, part.embedding_meaning, translator))
    blocks.append(make_paragraph(_format_embedding_scale(part, translator), "small"))
    return [
        *blocks,
        *lay_out_remark(report, translator, "outlook"),
        *lay_out_topic_actions(report, translator, "outlook"),
    ]


def _meaning(name: str, meaning: str, translator: Translator) -> Flowable:
    """A class and its meaning, with a colon between them."""
    return make_labelled_paragraph(translator.gettext("{class_name}:").format(class_name=name), meaning)


def _make_coordinates_note(part: OutlookSection, translator: Translator) -> Flowable:
    text = translator.gettext("Independence {independence}, readiness {readiness}; high from {cut}.")
    found = text.format(
        independence=translator.figure(part.independence),
        readiness=translator.figure(part.readiness),
        cut=translator.number(part.cut),
    )
    return make_paragraph(" ".join([found, *translator.texts(part.notes)]), "small")


def _make_quadrant_table(part: OutlookSection) -> Flowable:
    rows = [[make_cell(corner.name, "cell-strong"), make_cell(corner.meaning)] for corner in part.quadrants]
    made = make_table(rows, share_width([34, 90]), head=0, pad=3.5)
    here = [number for number, corner in enumerate(part.quadrants) if corner.is_current]
    made.setStyle([("BACKGROUND", (0, number), (-1, number), COLOURS["level-1"]) for number in here])
    made.setStyle([("LEFTPADDING", (0, 0), (-1, -1), 8)])
    return made


def _format_embedding_scale(part: OutlookSection, translator: Translator) -> str:
    """List the classes of embedding with their cut points."""
    steps = [
        translator.text(make_message("ladder.from", name=name, cut=cut))
        for name, cut in zip(part.embedding_scale[1:], part.embedding_cuts, strict=False)
    ]
    first = translator.text(make_message("ladder.first", name=part.embedding_scale[0], cut=part.embedding_cuts[0]))
    return translator.listed([first, *steps]) + "."
