"""Tables of the target paths: what would lift the level, and where the advice would lead."""

from collections.abc import Sequence

from assessment.domain.report import Report
from assessment.domain.report.sections.target_paths import PathStep, ProspectRow, TargetPathRow
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    Blocks,
    make_heading,
    make_heading_with_block,
)
from assessment.pdf.typesetting.text import make_cell, make_gap, make_paragraph, make_table, share_width

MAX_NAMED_STEPS = 2


def lay_out_target_paths(
    report: Report, rows: Sequence[TargetPathRow], prospects: Sequence[ProspectRow], translator: Translator
) -> Blocks:
    """Lay out what limits each level, the least effort that reaches the target, and where the advice would lead."""
    prospect_blocks = _lay_out_prospects(report, prospects, translator)
    if not rows:
        heading = make_heading(translator.gettext("Where the advice would lead"))
        return [heading, *prospect_blocks, *_lay_out_notes(report, translator)] if prospect_blocks else []
    titles = (
        "",
        translator.gettext("Level"),
        translator.gettext("Limited by"),
        translator.gettext("Smallest set of actions that reaches the target"),
    )
    head = [make_cell(title, "head") for title in titles]
    lines = [
        [
            make_cell(row.name or translator.gettext("The whole"), "row-strong"),
            make_cell(_format_levels(row, translator), "row"),
            make_cell(translator.render_message(row.binding), "row"),
            [make_cell(translator.render_message(row.description), "row"), *_lay_out_steps(row, translator)],
        ]
        for row in rows
    ]
    intro = (
        [make_paragraph(f"{translator.render_message(report.target_paths.title)}.")] if rows[0].function is None else []
    )
    table = make_table([head, *lines], share_width([24, 16, 26, 61]), pad=3)
    label = translator.gettext("What would lift the level")
    return [
        *([make_heading(label), *intro, table] if intro else make_heading_with_block(label, table)),
        *prospect_blocks,
        make_gap(2),
        *_lay_out_notes(report, translator),
    ]


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
            make_cell(translator.format_figure(row.now)),
            make_cell(translator.render_message(row.starting_now)),
            make_cell(translator.render_message(row.all_advice)),
        ]
        for row in rows
    ]
    return [make_gap(6), make_table([head, *lines], share_width([35, 26, 33, 33]), pad=3)]


def _lay_out_notes(report: Report, translator: Translator) -> Blocks:
    """Lay out the notes in one paragraph."""
    notes = translator.render_messages(report.target_paths.notes)
    return [make_paragraph(" ".join(notes), "small")] if notes else []


def _format_first_column_title(report: Report, translator: Translator) -> str:
    """Format the column title: if one action is decided first, not all of the first actions start now."""
    if any(action.after for action in report.roadmap.actions):
        return translator.gettext("With the first {count} actions").format(count=report.roadmap.first)
    return translator.gettext("With what starts now")


def _format_levels(row: TargetPathRow, translator: Translator) -> str:
    now = translator.format_number(row.level) if row.level is not None else translator.gettext("withheld")
    return now if row.reached else translator.gettext("{now}, target {target}").format(now=now, target=row.target_level)


def _lay_out_steps(row: TargetPathRow, translator: Translator) -> Blocks:
    if not row.steps:
        return []
    text = translator.join_list(_name_steps(row.steps, translator))
    if row.score_reached.value is not None:
        suffix = (  # the sentence above has named the level
            translator.gettext(": {score} points")
            if row.level_reached == row.target_level
            else translator.gettext(": level {level}, {score} points")
        )
        text += suffix.format(level=row.level_reached, score=translator.format_figure(row.score_reached))
    return [make_cell(text, "cell-muted")]


def _name_steps(steps: Sequence[PathStep], translator: Translator) -> list[str]:
    """Name a few steps by title, many by their place in the roadmap."""
    if len(steps) <= MAX_NAMED_STEPS:
        return [f"{step.title} ({step.place})" for step in steps]
    places = translator.join_list(
        [translator.format_number(step.place) for step in sorted(steps, key=lambda step: step.place)]
    )
    return [translator.gettext("Actions {places} of the roadmap").format(places=places)]
