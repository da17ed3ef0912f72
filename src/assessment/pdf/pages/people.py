"""Pages of perception gap, authority, hand-offs and outlook, each with its actions."""

from reportlab.platypus import CondPageBreak, Flowable

from assessment.charts.authority import authority_chart
from assessment.charts.bars import item_bars, short_key
from assessment.charts.gap import gap_chart
from assessment.charts.grid import hand_off_chart
from assessment.charts.quadrant import quadrant_chart
from assessment.domain.report import Report
from assessment.domain.report.message import say
from assessment.domain.report.parts import Gap, GapRow, KeyFigure, Outlook
from assessment.pdf.pages.blocks import (
    Blocks,
    any_shown,
    chart,
    heading,
    key_figures,
    notes,
    on_this,
    own,
    page,
    titled,
    unknown,
)
from assessment.pdf.text import cell, columns, gap, labelled, paragraph, table
from assessment.pdf.theme import COLOUR, HEIGHT, WIDTH
from assessment.wording import Wording

QUADRANT = 160.0
NEARLY_WHOLE = 0.6 * HEIGHT  # room for embedding and its advice below the lines on unknown subjects


def perception(report: Report, wording: Wording) -> Blocks:
    part = report.gap
    if part is None:
        return []
    known = any_shown(row.leader for row in part.rows)
    subject, title = wording.gettext("Leaders and practitioners"), wording.text(part.title)
    if not known:
        return [*unknown(subject, title), *notes(part.notes[1:], wording), *own(report, wording, "gap")]
    blocks = page(subject, title)
    blocks += key_figures(part.key_figures, wording)
    blocks += [chart(gap_chart(part, wording, WIDTH)), gap(8), *_verdicts(part, wording)]
    blocks += [gap(6), *notes(part.notes, wording)]
    return [*blocks, *own(report, wording, "gap"), *on_this(report, wording, "gap")]


def _verdicts(part: Gap, wording: Wording) -> Blocks:
    """Explain the verdicts that occur."""
    meanings = {
        "untested": wording.gettext("There was nothing to test the difference against. Ask both sides for cases."),
        "none": wording.gettext("The two views are close here. Nothing to settle before acting."),
        "open": wording.gettext("The averages are close, but too few people answered to rule a difference out."),
        "indicative": wording.gettext("The averages differ, but chance could explain it. Ask both sides for cases."),
        "confirmed": wording.gettext("The difference holds. Compare the evidence of both sides."),
        "strong": wording.gettext("The two groups describe different realities: agree on the facts first."),
    }
    shown = [row for row in part.rows if row.gap.shown is not None]
    rows = [
        [cell(label, "cell-strong"), cell(", ".join(row.name for row in named)), cell(meaning)]
        for verdict, meaning in meanings.items()
        if (named := [row for row in shown if row.verdict == verdict])
        for label in [_verdict(part, named[0], wording)]
    ]
    titles = (wording.gettext("Verdict"), wording.gettext("Here"), wording.gettext("What it means"))
    head = [cell(title, "head") for title in titles]
    made = table([head, *rows], columns([24, 34, 70]), pad=3.5)
    return [heading(wording.gettext("How sure the gaps are")), made]


def _verdict(part: Gap, row: GapRow, wording: Wording) -> str:
    """Name a verdict; "strong" with the distance that defines it."""
    words = wording.text(row.words) if row.words else ""
    if row.verdict != "strong" or not part.cuts:
        return words
    wide = wording.gettext("{verdict}, by {points} points or more")
    return wide.format(verdict=words, points=wording.number(part.cuts[-1]))


def authority(report: Report, wording: Wording) -> Blocks:
    part = report.authority
    if part is None:
        return []
    known = any_shown((part.authority, part.support, *(item.figure for item in part.items)))
    subject, title = wording.gettext("Authority and support"), wording.text(part.title)
    if not known:
        return [*unknown(subject, title), *own(report, wording, "authority")]
    blocks = page(subject, title)
    blocks += [*key_figures(part.key_figures, wording), chart(authority_chart(part, wording, WIDTH)), gap(8)]
    if part.class_meaning:
        blocks.append(_meaning(part.class_name, part.class_meaning, wording))
    if part.items:
        label = wording.gettext("What support is made of")
        blocks += [heading(label), chart(item_bars(part.items, wording, WIDTH, label))]
        unsure = short_key(part.items, wording)
        blocks += [paragraph(unsure, "small")] if unsure else []
    blocks += [gap(6), *notes(part.notes, wording)]
    return [*blocks, *own(report, wording, "authority"), *on_this(report, wording, "authority")]


def hand_offs(report: Report, wording: Wording) -> Blocks:
    part = report.hand_offs
    if part is None:
        return []
    known = any_shown(one.figure for row in part.rows for one in row.cells)
    subject, title = wording.gettext("Hand-offs between channels"), wording.text(part.title)
    if not known:
        return [*unknown(subject, title), *notes(part.notes[1:], wording), *own(report, wording, "hand-offs")]
    blocks = page(subject, title)
    blocks += key_figures((KeyFigure(say("label.hand-offs-whole"), part.whole),), wording)
    blocks += [chart(hand_off_chart(part, wording, WIDTH)), gap(10)]
    worst = [[cell(row.name, "cell-strong"), cell(wording.listed(row.worst))] for row in part.rows if row.worst]
    if worst:
        head = [cell(wording.gettext("Function"), "head"), cell(wording.gettext("Begin with"), "head")]
        blocks += [table([head, *worst], columns([40, 80]), pad=4), gap(8)]
    blocks += notes(part.notes, wording)
    return [*blocks, *own(report, wording, "hand-offs"), *on_this(report, wording, "hand-offs")]


def outlook(report: Report, wording: Wording, *, fresh: bool = True) -> Blocks:
    """Where roles are heading, and how far social work is a normal part of the functions.

    Where it is about embedding alone, a new page only if `fresh`.
    """
    part = report.outlook
    if part is None:
        return []
    known = any_shown((part.independence, part.readiness))
    subject, title = wording.gettext("Roles in four years"), wording.text(part.title)
    is_shown = known or part.embedding.shown is not None
    blocks = page(subject, title) if is_shown else unknown(subject, title)
    if is_shown and not (known or fresh):
        blocks = [CondPageBreak(NEARLY_WHOLE), *titled(subject, title, above=24)]
    if known:
        blocks += key_figures(part.key_figures, wording)
        blocks += [chart(quadrant_chart(part, wording, WIDTH, QUADRANT)), gap(8), _corners(part), gap(8)]
        blocks += [_coordinates(part, wording)]
    if part.embedding.shown is None:
        return [*blocks, *own(report, wording, "outlook"), *on_this(report, wording, "outlook")]
    blocks += [heading(wording.gettext("How far the work is embedded"))]
    blocks += key_figures((KeyFigure(say("label.embedding"), part.embedding),), wording)
    if part.embedding_class:
        blocks.append(_meaning(part.embedding_class, part.embedding_meaning, wording))
    blocks.append(paragraph(_scale(part, wording), "small"))
    return [*blocks, *own(report, wording, "outlook"), *on_this(report, wording, "outlook")]


def _meaning(name: str, meaning: str, wording: Wording) -> Flowable:
    """A class and its meaning, with a colon between them."""
    return labelled(wording.gettext("{class_name}:").format(class_name=name), meaning)


def _coordinates(part: Outlook, wording: Wording) -> Flowable:
    text = wording.gettext("Independence {independence}, readiness {readiness}; high from {cut}.")
    found = text.format(
        independence=wording.figure(part.independence),
        readiness=wording.figure(part.readiness),
        cut=wording.number(part.cut),
    )
    return paragraph(" ".join([found, *wording.texts(part.notes)]), "small")


def _corners(part: Outlook) -> Flowable:
    rows = [[cell(corner.name, "cell-strong"), cell(corner.meaning)] for corner in part.quadrants]
    made = table(rows, columns([34, 90]), head=0, pad=3.5)
    here = [number for number, corner in enumerate(part.quadrants) if corner.here]
    made.setStyle([("BACKGROUND", (0, number), (-1, number), COLOUR["level-1"]) for number in here])
    made.setStyle([("LEFTPADDING", (0, 0), (-1, -1), 8)])
    return made


def _scale(part: Outlook, wording: Wording) -> str:
    """List the classes of embedding with their cut points."""
    steps = [
        wording.text(say("ladder.from", name=name, cut=cut))
        for name, cut in zip(part.embedding_scale[1:], part.embedding_cuts, strict=False)
    ]
    first = wording.text(say("ladder.first", name=part.embedding_scale[0], cut=part.embedding_cuts[0]))
    return wording.listed([first, *steps]) + "."
