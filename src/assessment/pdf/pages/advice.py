"""The advice in full: every action with reasons, first steps and indicator."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from reportlab.platypus import Flowable, PageBreak

from assessment.domain.report import Report
from assessment.domain.report.sections.roadmap import Action
from assessment.i18n import Translator
from assessment.i18n.action_texts import format_reasons, format_start, name_effort, name_impact
from assessment.pdf.document import Heading
from assessment.pdf.page_blocks import (
    Blocks,
    make_title,
)
from assessment.pdf.typesetting.page_filling import BalancedGroups
from assessment.pdf.typesetting.text import (
    make_bullets,
    make_labelled_paragraph,
    make_paragraph,
    make_table,
    share_width,
)
from assessment.pdf.typesetting.theme import CONTENT_HEIGHT, CONTENT_WIDTH

DENSITY_STYLES = (
    ("subheading", "dense", 2.0),
    ("subheading-close", "denser", 1.0),
    ("subheading-close", "densest", 1.0),
)
MAX_ACTIONS_BELOW = 8  # actions; with no more, the advice starts below the roadmap

SurroundingGroups: TypeAlias = tuple[Sequence[Blocks], Sequence[Blocks]]


def lay_out_advice(report: Report, translator: Translator) -> Blocks:
    """Lay out every action with reasons, first steps and indicator."""
    actions = report.roadmap.actions
    if not actions:
        return []
    title = make_title(translator.gettext("All advice in full"), _format_advice_title(actions, translator), above=24)
    begin = [PageBreak()] if len(actions) > MAX_ACTIONS_BELOW else []
    return [*begin, BalancedGroups(build_advice_choices(title, actions, translator), CONTENT_HEIGHT)]


def _format_advice_title(actions: Sequence[Action], translator: Translator) -> str:
    title = translator.ngettext(
        "One action, why it matters and how to begin",
        "{count} actions, why they matter and how to begin",
        len(actions),
    )
    return title.format(count=len(actions))


def lay_out_function_advice(
    around: SurroundingGroups,
    actions: Sequence[Action],
    translator: Translator,
    name: str,
    first_decision: Action | None = None,
) -> Blocks:
    """Lay out the advice of a playbook, with the blocks before and after it."""
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
    if not actions:
        before, after = around
        groups = [*before, *([*lead, *group] for group in after)]
        return [BalancedGroups([partial(list, groups)], CONTENT_HEIGHT)]
    head += lead
    return [BalancedGroups(build_advice_choices(head, actions, translator, around), CONTENT_HEIGHT)]


def build_advice_choices(
    title: Blocks, actions: Sequence[Action], translator: Translator, around: SurroundingGroups = ((), ())
) -> Sequence[Callable[[], Sequence[Blocks]]]:
    """Build the same unbroken groups of advice in decreasing line spacing."""

    def build_groups(styles: tuple[str, str, float]) -> Sequence[Blocks]:
        first, *others = [_lay_out_action(action, translator, *styles) for action in actions]
        before, after = around
        return [*before, [*title, *first], *others, *after]

    return [partial(build_groups, styles) for styles in DENSITY_STYLES]


def _measure_height(blocks: Sequence[Flowable]) -> float:
    return float(sum(block.wrap(CONTENT_WIDTH / 2 - 8, CONTENT_WIDTH)[1] for block in blocks))


def _lay_out_action(action: Action, translator: Translator, head: str, text: str, pad: float) -> Blocks:
    named = action.function_name or ""
    about = [named if named.lower() not in action.owner.lower() else "", action.owner, action.horizon_name]
    about.insert(2, format_start(action, translator))
    about += [translator.gettext("effort {effort}").format(effort=name_effort(action, translator))]
    about += [translator.gettext("impact {impact}").format(impact=name_impact(action, translator))]
    why = make_labelled_paragraph(translator.gettext("Because"), format_reasons(action, translator), "small")
    goal = f" {translator.render_message(action.goal)}" if action.goal else ""
    watch = make_labelled_paragraph(translator.gettext("Watch"), f"{action.indicator}.{goal}", "small")
    left = [
        make_paragraph(
            " ".join([action.why, *translator.render_messages([action.about] if action.about else [])]), text, 1200
        ),
        why,
    ]
    right = make_bullets([step[:400] for step in action.steps], text)
    sides = left, right
    min(sides, key=_measure_height).append(watch)
    return [
        Heading(f"{action.place}  {action.title}", head, 1),
        make_paragraph(" · ".join(part for part in about if part), "cell-muted"),
        make_table([[*sides]], share_width([60, 60]), head=0, pad=pad),
    ]
