"""The advice in full: every action with reasons, first steps and indicator."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from reportlab.platypus import Flowable

from assessment.domain.report import Report
from assessment.domain.report.actions import Action
from assessment.i18n import Translator
from assessment.i18n.action_texts import (
    format_note,
    format_owner,
    format_reasons,
    format_start,
    format_until,
    format_why,
    name_effort,
    name_impact,
)
from assessment.pdf.document import Heading
from assessment.pdf.page_blocks import (
    Blocks,
    make_title,
)
from assessment.pdf.typesetting.page_filling import BalancedGroups
from assessment.pdf.typesetting.page_groups import BlockGroups
from assessment.pdf.typesetting.text import (
    make_bullets,
    make_cell,
    make_gap,
    make_labelled_paragraph,
    make_paragraph,
    make_table,
    share_width,
)
from assessment.pdf.typesetting.theme import CONTENT_HEIGHT, CONTENT_WIDTH

MAX_NOTE_LENGTH = 600
DENSITY_STYLES = (
    ("subheading", "dense", 1.75),
    ("subheading-close", "denser", 1.0),
    ("subheading", "body", 14.0),
    ("subheading", "body", 10.0),
    ("subheading", "body", 18.0),
)
GUTTER = 16.0  # points between both sides of an action
HEAD_WIDTHS = (0.72 * CONTENT_WIDTH, 0.02 * CONTENT_WIDTH, 0.26 * CONTENT_WIDTH)

SurroundingGroups: TypeAlias = tuple[BlockGroups, BlockGroups]


def lay_out_advice(report: Report, translator: Translator, surrounding_groups: SurroundingGroups) -> Blocks:
    """Lay out every action with reasons, first steps and indicator, between the groups before and after them."""
    actions = (*report.roadmap.actions, *report.roadmap.further)
    title = make_title(translator.gettext("All advice in full"), _format_advice_title(actions, translator), above=24)
    choices = build_advice_choices(title, actions, translator, surrounding_groups, is_in_roadmap=True)
    return [BalancedGroups(choices, CONTENT_HEIGHT)]


def _format_advice_title(actions: Sequence[Action], translator: Translator) -> str:
    title = translator.ngettext(
        "One action, why it matters and how to begin",
        "{count} actions, why they matter and how to begin",
        len(actions),
    )
    return title.format(count=len(actions))


def list_function_advice_choices(
    surrounding_groups: SurroundingGroups,
    actions: Sequence[Action],
    translator: Translator,
    name: str,
    first_decision: Action | None = None,
) -> Sequence[Callable[[], BlockGroups]]:
    """List the ways to lay out the advice of a playbook, with the groups before and after it."""
    title = translator.ngettext(
        "One action for {function}, why it matters and how to begin",
        "{count} actions for {function}, why they matter and how to begin",
        len(actions),
    )
    head = make_title(translator.gettext("What to do"), title.format(count=len(actions), function=name), above=18)
    lead = []
    if first_decision is not None and first_decision.id not in {action.id for action in actions}:
        text = translator.gettext("Action {place} of the roadmap is decided first: “{title}”.")
        lead = [make_paragraph(text.format(place=first_decision.place, title=first_decision.title))]
    before, after = surrounding_groups
    if not actions:
        return [lambda: [*before, *([lead] if lead else []), *after]]
    return build_advice_choices([*head, *lead], actions, translator, surrounding_groups)


def build_advice_choices(
    title: Blocks,
    actions: Sequence[Action],
    translator: Translator,
    surrounding_groups: SurroundingGroups = ((), ()),
    *,
    is_in_roadmap: bool = False,
) -> Sequence[Callable[[], BlockGroups]]:
    """Build the same unbroken groups of advice with different line spacing, the usual one first."""

    def build_groups(styles: tuple[str, str, float]) -> BlockGroups:
        first, *others = [
            _lay_out_action(action, translator, *styles, is_in_roadmap=is_in_roadmap) for action in actions
        ]
        before, after = surrounding_groups
        return [*before, [*title, *first], *others, *after]

    return [partial(build_groups, styles) for styles in DENSITY_STYLES]


def _measure_height(blocks: Sequence[Flowable]) -> float:
    return float(sum(block.wrap(CONTENT_WIDTH / 2 - 8, CONTENT_WIDTH)[1] for block in blocks))


def _lay_out_action(
    action: Action, translator: Translator, head: str, text: str, pad: float, *, is_in_roadmap: bool
) -> Blocks:
    """Lay out one action; what the roadmap of the same edition says is left out."""
    reasons = format_reasons(action, translator)
    goal = f" {translator.render_message(action.goal)}" if action.goal and not is_in_roadmap else ""
    watch = make_labelled_paragraph(translator.gettext("Watch"), f"{action.indicator}.{goal}", "small")
    left = [
        make_paragraph(format_why(action, translator), text, 1200),
        *([make_labelled_paragraph(translator.gettext("Because"), reasons, "small")] if reasons else []),
    ]
    if note := format_note(action, translator):
        left.append(make_paragraph(note, "small", MAX_NOTE_LENGTH))
    right = make_bullets([step[:400] for step in action.steps], text, 0)
    sides = left, right
    min(sides, key=_measure_height).append(watch)
    title = Heading(f"{action.place}  {action.title}", head, 1)
    return [
        *_lay_out_action_head(action, title, translator, is_in_roadmap=is_in_roadmap),
        _make_sides(sides, pad),
    ]


def _measure_depth(paragraph: Flowable) -> float:
    """Measure from the last baseline to the bottom, so that texts of two sizes can stand on one line."""
    return float(paragraph.style.leading - paragraph.style.fontSize)


def _make_sides(sides: tuple[Blocks, Blocks], pad: float) -> Flowable:
    table = make_table([[*sides]], share_width([60, 60]), head=0, pad=pad)
    table.setStyle([("RIGHTPADDING", (0, 0), (0, -1), GUTTER)])
    return table


def _lay_out_action_head(action: Action, title: Heading, translator: Translator, *, is_in_roadmap: bool) -> Blocks:
    """Lay out the title; with impact and priority next to it, or with all that a roadmap would say below it."""
    about = [translator.gettext("impact {impact}").format(impact=name_impact(action, translator))]
    about += [translator.gettext("priority {priority}").format(priority=translator.format_number(action.priority))]
    if is_in_roadmap:
        about = about if action.fired else [format_start(action, translator)]  # only a target level needs it
        line = make_cell(" · ".join(about), "muted-right")
        row = make_table([[[title], "", [line]]], HEAD_WIDTHS, head=0, lines=False, pad=0)
        row.setStyle(
            [
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
                ("BOTTOMPADDING", (-1, 0), (-1, 0), _measure_depth(title) - _measure_depth(line)),
            ]
        )
        row.keepWithNext = True
        return [make_gap(title.style.spaceBefore), row]
    named = action.function_name or ""
    about = [
        named if named.lower() not in action.owner.lower() else "",
        format_owner(action, translator),
        format_start(action, translator),
        format_until(action, translator),
        translator.gettext("effort {effort}").format(effort=name_effort(action, translator)),
        *about,
    ]
    line = make_paragraph(" · ".join(part for part in about if part), "cell-muted")
    line.keepWithNext = True
    return [title, line]
