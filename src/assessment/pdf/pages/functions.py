"""Pages of targets, target paths, heatmap, and of each function."""

from collections.abc import Sequence

from reportlab.platypus import KeepTogether

from assessment.charts.agreement import draw_agreement_chart
from assessment.charts.functions import draw_function_chart, short_key
from assessment.charts.score_grid import draw_heatmap_chart
from assessment.charts.targets import draw_target_chart
from assessment.domain.report import Report
from assessment.domain.report.sections.functions import DimensionRow, FunctionSection
from assessment.domain.report.sections.target_paths import PathStep, ProspectRow, TargetPathRow
from assessment.domain.report.sections.targets import TargetsSection
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    Blocks,
    has_shown_figure,
    lay_out_key_figures,
    lay_out_remark,
    lay_out_topic_actions,
    lay_out_unknown,
    make_action_table,
    make_chart_block,
    make_heading,
    make_heading_with_block,
    make_notes,
    make_points,
    make_title,
    start_page,
)
from assessment.pdf.typesetting.page_filling import FirstFit
from assessment.pdf.typesetting.text import make_cell, make_gap, make_paragraph, make_table, share_width
from assessment.pdf.typesetting.theme import CONTENT_WIDTH

MAX_NEXT_STEPS = 2
MAX_ACTIONS = 4
MAX_DISTANCES = 4
MAX_NAMED_STEPS = 6
NO_RUNG = "–"  # at the highest rung


def lay_out_targets(report: Report, translator: Translator) -> Blocks:
    """Lay out the distance to target by function, then the largest distances by dimension."""
    part = report.targets
    title = translator.text(part.title)
    blocks = start_page(translator.gettext("Now against target"), title)
    if has_shown_figure(row.now for row in part.functions):
        blocks += [make_chart_block(draw_target_chart(part.functions, translator, CONTENT_WIDTH, title)), make_gap(2)]
        key = translator.gettext(
            "Filled circle: score now. Hollow diamond: target of the function, set for this assessment."
        )
        blocks += [make_paragraph(key, "small")]
    blocks += [make_paragraph(translator.text(part.balance))] if part.balance else []
    # Before the KeepTogether blocks: after them, a remark could end up alone on the next page.
    blocks += lay_out_remark(report, translator, "targets")
    lift = lay_out_target_paths(report, report.target_paths.rows, report.target_paths.prospects, translator)
    if part.dimensions:
        blocks.append(KeepTogether(_lay_out_widest_distances(part, translator)))
    if lift:
        blocks.append(KeepTogether(lift))
    return blocks


def _lay_out_widest_distances(part: TargetsSection, translator: Translator) -> Blocks:
    """Lay out the dimensions furthest from target; a fixed number, so that all languages show the same."""
    label = translator.gettext("The widest distances, dimension by dimension")
    return [
        make_heading(label),
        make_chart_block(
            draw_target_chart(part.dimensions[:MAX_DISTANCES], translator, CONTENT_WIDTH, label, group=True)
        ),
    ]


def lay_out_target_paths(
    report: Report, rows: Sequence[TargetPathRow], prospects: Sequence[ProspectRow], translator: Translator
) -> Blocks:
    """Lay out what limits each level, the least effort that reaches the target, and where the advice would lead."""
    leads = _lay_out_prospects(report, prospects, translator)
    if not rows:
        lead = make_heading(translator.gettext("Where the advice would lead"))
        return [lead, *leads, *make_notes(report.target_paths.notes, translator)] if leads else []
    titles = (
        "",
        translator.gettext("Level"),
        translator.gettext("Limited by"),
        translator.gettext("Smallest set of actions that reaches the target"),
    )
    head = [make_cell(title, "head") for title in titles]
    lines = [
        [
            make_cell(row.name or translator.gettext("The whole"), "cell-strong"),
            make_cell(_format_levels(row, translator)),
            make_cell(translator.text(row.binding)),
            [make_cell(translator.text(row.description), "cell"), *_lay_out_steps(row, translator)],
        ]
        for row in rows
    ]
    intro = [make_paragraph(f"{translator.text(report.target_paths.title)}.")] if rows[0].function is None else []
    made = make_table([head, *lines], share_width([22, 13, 28, 64]), pad=3)
    label = translator.gettext("What would lift the level")
    return [make_heading(label), *intro, made, *leads, make_gap(2), *make_notes(report.target_paths.notes, translator)]


def _lay_out_prospects(report: Report, rows: Sequence[ProspectRow], translator: Translator) -> Blocks:
    """Lay out the scores with the actions that start now, and with all of them."""
    if not rows:
        return []
    titles = (
        "",
        translator.gettext("Score now"),
        _format_first_column_title(report, translator),
        translator.gettext("With all advice"),
    )
    head = [make_cell(title, "head") for title in titles]
    lines = [
        [
            make_cell(row.name or translator.gettext("The whole"), "cell-strong"),
            make_cell(translator.figure(row.now)),
            make_cell(translator.text(row.starting_now)),
            make_cell(translator.text(row.all_advice)),
        ]
        for row in rows
    ]
    return [make_gap(6), make_table([head, *lines], share_width([35, 26, 33, 33]), pad=3)]


def _format_first_column_title(report: Report, translator: Translator) -> str:
    """Format the column title: if one action is decided first, not all of the first actions start now."""
    if any(action.after for action in report.roadmap.actions):
        return translator.gettext("With the first {count} actions").format(count=report.roadmap.first)
    return translator.gettext("With what starts now")


def _format_levels(row: TargetPathRow, translator: Translator) -> str:
    now = translator.number(row.level) if row.level is not None else translator.gettext("withheld")
    return now if row.reached else translator.gettext("{now}, target {target}").format(now=now, target=row.target_level)


def _lay_out_steps(row: TargetPathRow, translator: Translator) -> Blocks:
    if not row.steps:
        return []
    text = translator.listed(_name_steps(row.steps, translator))
    if row.score_reached.value is not None:
        text += translator.gettext(": level {level}, {score} points").format(
            level=row.level_reached, score=translator.figure(row.score_reached)
        )
    return [make_cell(text, "cell-muted")]


def _name_steps(steps: Sequence[PathStep], translator: Translator) -> list[str]:
    """Name a few steps by title, many by their place in the roadmap."""
    if len(steps) <= MAX_NAMED_STEPS:
        return [f"{step.title} ({step.place})" for step in steps]
    places = translator.listed([translator.number(step.place) for step in sorted(steps, key=lambda step: step.place)])
    return [translator.gettext("actions {places} of the roadmap").format(places=places)]


def lay_out_heatmap(report: Report, translator: Translator) -> Blocks:
    part = report.heatmap
    fresh = has_shown_figure(row.now for row in report.targets.functions)
    kicker = translator.gettext("Where practice is strong and where it is missing")
    blocks = start_page(kicker, translator.text(part.title), fresh=fresh)
    blocks += [make_chart_block(draw_heatmap_chart(part, translator, CONTENT_WIDTH)), make_gap(4)]
    key = translator.gettext("Scores from 0 to 100; the colour is the level of the score.")
    blocks += [make_paragraph(key, "small"), make_gap(4), *make_points(part.reading, translator)]
    if part.questions:
        rows = [[make_cell(name, "cell-strong"), make_cell(question)] for name, question in part.questions]
        blocks += [
            make_heading(translator.gettext("What each dimension asks")),
            make_table(rows, share_width([22, 100]), head=0, pad=4),
        ]
    blocks += _lay_out_ladder(report, translator)
    return [
        *blocks,
        *lay_out_remark(report, translator, "heatmap"),
        *lay_out_topic_actions(report, translator, "balance", "quality"),
    ]


def _lay_out_ladder(report: Report, translator: Translator) -> Blocks:
    """Lay out the current rung and the next one of each function's lowest dimensions, ties included."""
    rows = [(part.name, row) for part in report.functions for row in _select_lowest_dimensions(part)]
    if not rows:
        return []
    head = [
        make_cell(text, "head")
        for text in (
            "",
            translator.gettext("Dimension"),
            translator.gettext("Today"),
            translator.gettext("One level up"),
        )
    ]
    lines = [
        [make_cell(name, "cell-strong"), make_cell(row.name), make_cell(row.level_text), make_cell(row.next_text)]
        for name, row in rows
    ]
    made = make_table([head, *lines], share_width([24, 22, 42, 42]), pad=4)
    return make_heading_with_block(translator.gettext("Where each function has the most room"), made)


def lay_out_function(report: Report, part: FunctionSection, translator: Translator, *, alone: bool = False) -> Blocks:
    """Lay out one function: figures, items, next rung, actions. `alone`: first page of its playbook."""
    title = translator.text(part.title)
    if not alone and not _has_figures(part):
        blocks = lay_out_unknown(part.name, title)
    else:
        blocks = make_title(part.name, title) if alone else start_page(part.name, title)
    if part.level_score.figure.missing is not None and part.level_score.figure.missing.id == "missing.out-of-scope":
        text = translator.gettext(
            "At least half of the people who answered said of every item here that it does not apply."
        )
        return [*blocks, make_paragraph(text)]
    if not _has_figures(part):
        return [*blocks, *make_notes(part.notes, translator), *lay_out_remark(report, translator, part.id)]
    blocks += lay_out_key_figures(part.key_figures, translator)
    blocks += [
        make_chart_block(draw_function_chart(part, translator, CONTENT_WIDTH)),
        make_gap(3),
        *make_notes(part.notes, translator),
    ]
    key = translator.gettext(
        "Diamond: score of the dimension, with its interval. Bars: items. Dashed line: target {target}."
    )
    told = (
        key.format(target=translator.number(part.target)),
        _format_worst_hand_offs(part, translator),
        _format_distribution_key(report, part, translator),
        short_key(part.all, translator),
    )
    blocks += [make_paragraph(" ".join(text for text in told if text), "small"), *_lay_out_agreement(part, translator)]
    if part.spread is None and not alone:
        blocks += lay_out_next_rungs(part, translator)
    blocks += lay_out_remark(report, translator, part.id)
    if part.actions and not alone:
        counts = range(min(MAX_ACTIONS, len(part.actions)), 0, -1)
        blocks.append(FirstFit([_lay_out_function_actions(part, count, translator) for count in counts]))
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
    return has_shown_figure(row.figure for row in part.all)


def _format_worst_hand_offs(part: FunctionSection, translator: Translator) -> str:
    marked = [row.name for row in part.rows if row.mark]
    if not marked:
        return ""
    text = translator.ngettext(
        "Square: the worst hand-off, {channel}.", "Squares: the worst hand-offs, {channel}.", len(marked)
    )
    return text.format(channel=translator.listed(marked))


def _format_distribution_key(report: Report, part: FunctionSection, translator: Translator) -> str:
    """Explain the distributions at the right of the chart; empty if there are none."""
    if not any(item.shares for item in part.all):
        return ""
    if report.needed is None:
        return translator.gettext("At the right: percent of the answers on each rung of the ladder, 0 to 4.")
    told = translator.gettext(
        "At the right: percent of the answers on rungs 0 and 1, 2, 3 and 4 of the ladder, in steps of {people} people "
        "or more."
    )
    return told.format(people=report.needed - 1)


def _lay_out_agreement(part: FunctionSection, translator: Translator) -> Blocks:
    """Lay out the agreement of a contested function."""
    if part.spread is None:
        return []
    drawn = make_chart_block(draw_agreement_chart(part.spread, translator, CONTENT_WIDTH))
    return [KeepTogether([make_heading(translator.text(part.spread.title)), drawn])]


def _select_lowest_dimensions(part: FunctionSection) -> list[DimensionRow]:
    """Select the dimensions with the lowest displayed score, ties included."""
    ordered = _sort_by_score(part)
    return [row for row in ordered if row.figure.value == ordered[0].figure.value]


def _sort_by_score(part: FunctionSection) -> list[DimensionRow]:
    known = [(row.figure.value, row) for row in part.dimensions if row.figure.value is not None and row.next_text]
    return [row for _, row in sorted(known, key=lambda entry: entry[0])]


def lay_out_next_rungs(part: FunctionSection, translator: Translator) -> Blocks:
    """Lay out the next rung of the lowest dimensions."""
    first = _sort_by_score(part)[:MAX_NEXT_STEPS]
    if not first:
        return []
    head = [
        make_cell(text, "head")
        for text in (translator.gettext("Dimension"), translator.gettext("Today"), translator.gettext("One level up"))
    ]
    rows = [[make_cell(row.name, "cell-strong"), make_cell(row.level_text), make_cell(row.next_text)] for row in first]
    return [
        make_heading(translator.gettext("The next rung")),
        make_table([head, *rows], share_width([24, 50, 50]), pad=3),
    ]


def lay_out_all_rungs(report: Report, part: FunctionSection, translator: Translator) -> Blocks:
    """Lay out question, current rung and next rung of each dimension; nothing if most are withheld."""
    asked = dict(report.heatmap.questions)
    known = [row for row in part.dimensions if row.level_text]
    if len(known) < len(part.dimensions) / 2:
        return []
    head = [
        make_cell(text, "head")
        for text in (translator.gettext("Dimension"), translator.gettext("Today"), translator.gettext("One level up"))
    ]
    rows = [
        [
            [make_cell(row.name, "cell-strong"), make_cell(asked.get(row.name, ""), "cell-muted")],
            make_cell(row.level_text),
            make_cell(row.next_text or NO_RUNG),
        ]
        for row in known
    ]
    return [
        make_heading(translator.gettext("The next rung")),
        make_table([head, *rows], share_width([50, 40, 40]), pad=4),
    ]
