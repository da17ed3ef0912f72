"""Page of a function, and the next rungs of its dimensions."""

from collections.abc import Sequence
from functools import partial

from reportlab.platypus import CondPageBreak

from assessment.charts.agreement import draw_agreement_chart
from assessment.charts.functions import draw_function_chart
from assessment.domain.report import Report
from assessment.domain.report.message import Message
from assessment.domain.report.sections.functions import DimensionRow, FunctionSection
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    MIN_ROOM,
    Blocks,
    lay_out_key_figures,
    lay_out_remark,
    lay_out_unknown,
    make_action_table,
    make_chart_block,
    make_heading,
    make_roadmap_reference,
    make_title,
    start_page,
)
from assessment.pdf.typesetting.page_filling import FirstFit
from assessment.pdf.typesetting.text import make_cell, make_gap, make_paragraph, make_table, share_width
from assessment.pdf.typesetting.theme import CONTENT_WIDTH

MAX_NEXT_STEPS = 2
MAX_ACTIONS = 4
MAX_SCATTERED_FIGURES = 3
FINDINGS = ("note.contested", "note.provisional", "note.partial", "note.capped")  # notes that say how to read the score
NO_RUNG = "–"  # at the highest rung


def lay_out_function(
    report: Report,
    part: FunctionSection,
    translator: Translator,
    *,
    in_playbook: bool = False,
    is_compact: bool = False,
) -> Blocks:
    """Lay out one function: figures, items, next rung, actions; `in_playbook`: as the first page of its playbook.

    If it `is_compact`, only urgent actions are listed; otherwise a line refers to the roadmap.
    """
    title = translator.render_message(part.title)
    if not in_playbook and not _has_figures(part):
        blocks = lay_out_unknown(part.name, title)
    else:
        blocks = make_title(part.name, title) if in_playbook else start_page(part.name, title)
    if part.level_score.figure.missing is not None and part.level_score.figure.missing.id == "missing.out-of-scope":
        text = translator.gettext(
            "At least half of the people who answered said of every item here that it does not apply."
        )
        return [*blocks, make_paragraph(text)]
    if not _has_figures(part):
        return [
            *blocks,
            *_lay_out_needs(report, part, translator, in_playbook=in_playbook),
            *lay_out_remark(report, translator, part.id),
        ]
    blocks += lay_out_key_figures(part.key_figures, translator)
    blocks += [
        make_chart_block(draw_function_chart(part, translator, CONTENT_WIDTH, report.functions)),
        make_gap(3),
        *_lay_out_notes(part.notes, translator),
    ]
    key = (
        translator.gettext(
            "Diamond: score of the dimension, with its interval. Bars: items. Upright line: target {target}."
        )
        if any(row.figure.interval for row in part.dimensions)
        else translator.gettext("Diamond: score of the dimension. Bars: items. Upright line: target {target}.")
    )
    explanations = (
        key.format(target=translator.format_number(part.target)),
        _format_moderated_key(part, translator),
        _format_worst_hand_offs(part, translator),
        _format_distribution_key(report, part, translator),
    )
    blocks += [
        make_paragraph(" ".join(text for text in explanations if text), "small"),
        *_lay_out_agreement(part, translator),
    ]
    if part.spread is None and not in_playbook:
        blocks += lay_out_next_rungs(part, translator)
    blocks += lay_out_remark(report, translator, part.id)
    if part.actions and not in_playbook:
        pinned = sum(action.pinned for action in part.actions)  # they come first, and none is left to the roadmap
        if is_compact and not pinned:
            return [*blocks, make_roadmap_reference(part.actions, translator)]
        counts = range(min(max(MAX_ACTIONS, pinned), len(part.actions)), max(1, pinned) - 1, -1)
        blocks.append(FirstFit([partial(_lay_out_function_actions, part, count, translator) for count in counts]))
    return blocks


def _lay_out_function_actions(part: FunctionSection, count: int, translator: Translator) -> Blocks:
    """Lay out the first `count` actions of a function."""
    title = make_heading(_format_actions_title(len(part.actions) - count, translator))
    return [title, make_action_table(part.actions[:count], translator)]


def _format_actions_title(more: int, translator: Translator) -> str:
    if more <= 0:
        return translator.gettext("What to do here")
    text = translator.ngettext(
        "What to do here, and {count} more in the roadmap", "What to do here, and {count} more in the roadmap", more
    )
    return text.format(count=more)


def _has_figures(part: FunctionSection) -> bool:
    """Return whether there are enough figures for a chart: a page of dashes says less than a sentence."""
    return sum(row.figure.value is not None for row in part.all) > MAX_SCATTERED_FIGURES


def _lay_out_needs(report: Report, part: FunctionSection, translator: Translator, *, in_playbook: bool) -> Blocks:
    """Lay out the few figures that are known, and what would show the others."""
    known = [
        translator.join_label(row.name, translator.format_figure(row.figure))
        for row in part.all
        if row.figure.value is not None
    ]
    listed = [make_paragraph(f"{translator.join_with_semicolons(known)}.")] if known else []
    # The full report says once what is needed.
    needs = [make_paragraph(text) for text in translator.render_messages(report.answer.needs)] if in_playbook else []
    return [*listed, *_lay_out_notes(part.notes, translator), *needs]


def _lay_out_notes(notes: Sequence[Message], translator: Translator) -> Blocks:
    """Lay out findings as text, and what is hidden as notes in small type."""
    return [
        make_paragraph(translator.render_message(note), "dense" if note.id in FINDINGS else "small") for note in notes
    ]


def _format_moderated_key(part: FunctionSection, translator: Translator) -> str:
    is_moderated = any(row.figure.moderated is not None for row in part.dimensions)
    return translator.gettext("Hollow square: moderated score.") if is_moderated else ""


def _format_worst_hand_offs(part: FunctionSection, translator: Translator) -> str:
    worst = [row.name for row in part.rows if row.mark]
    if not worst:
        return ""
    text = translator.ngettext(
        "Square: the weakest hand-off, {channel}.", "Squares: the weakest hand-offs, {channel}.", len(worst)
    )
    return text.format(channel=translator.join_list(worst))


def _format_distribution_key(report: Report, part: FunctionSection, translator: Translator) -> str:
    """Explain the distributions at the right of the chart; empty if there are none."""
    if not any(item.shares for item in part.all):
        return ""
    if report.needed is None:
        return translator.gettext("At the right: the shares of answers 0 to 4.")
    text = translator.gettext(
        "At the right: the shares of answers 0–1, 2 and 3–4, rounded to steps of {people} people or more."
    )
    return text.format(people=report.needed - 1)


def _lay_out_agreement(part: FunctionSection, translator: Translator) -> Blocks:
    """Lay out the agreement of a contested function."""
    if part.spread is None:
        return []
    chart = make_chart_block(draw_agreement_chart(part.spread, translator, CONTENT_WIDTH))
    return [CondPageBreak(MIN_ROOM), make_heading(translator.render_message(part.spread.title)), chart]


def sort_dimensions_by_score(part: FunctionSection) -> list[DimensionRow]:
    scored = [(row.figure.value, row) for row in part.dimensions if row.figure.value is not None and row.next_text]
    return [row for _, row in sorted(scored, key=lambda entry: entry[0])]


def lay_out_next_rungs(part: FunctionSection, translator: Translator) -> Blocks:
    """Lay out the next rung of the lowest dimensions."""
    first = sort_dimensions_by_score(part)[:MAX_NEXT_STEPS]
    if not first:
        return []
    head = [
        make_cell(text, "head")
        for text in (translator.gettext("Dimension"), translator.gettext("Today"), translator.gettext("One level up"))
    ]
    rows = [
        [make_cell(row.name, "row-strong"), make_cell(row.level_text, "row"), make_cell(row.next_text, "row")]
        for row in first
    ]
    return [
        make_heading(translator.gettext("The next step")),
        make_table([head, *rows], share_width([24, 50, 50]), pad=3),
    ]


def lay_out_all_rungs(report: Report, part: FunctionSection, translator: Translator) -> Blocks:
    """Lay out question, current rung and next rung of each dimension; nothing if most are withheld."""
    questions = dict(report.heatmap.questions)
    rows_with_level = [row for row in part.dimensions if row.level_text]
    if len(rows_with_level) < len(part.dimensions) / 2:
        return []
    head = [
        make_cell(text, "head")
        for text in (translator.gettext("Dimension"), translator.gettext("Today"), translator.gettext("One level up"))
    ]
    rows = [
        [
            [make_cell(row.name, "row-strong"), make_cell(questions.get(row.name, ""), "cell-muted")],
            make_cell(row.level_text, "row"),
            make_cell(row.next_text or NO_RUNG, "row"),
        ]
        for row in rows_with_level
    ]
    return [
        make_heading(translator.gettext("The next step")),
        make_table([head, *rows], share_width([50, 40, 40]), pad=4),
    ]
