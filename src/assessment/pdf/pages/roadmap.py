"""Pages of the roadmap, the advice in full, and the change since the last wave."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from reportlab.platypus import Flowable, KeepTogether, PageBreak

from assessment.charts.change import draw_slope_chart
from assessment.charts.roadmap import draw_roadmap_chart, measure_row_height
from assessment.domain.report import Report
from assessment.domain.report.sections.change import ChangeRow, ChangeSection, ItemChangeRow
from assessment.domain.report.sections.roadmap import Action
from assessment.i18n import Translator
from assessment.pdf.document import Heading
from assessment.pdf.page_blocks import (
    Blocks,
    format_reasons,
    format_start,
    lay_out_key_figures,
    lay_out_remark,
    lay_out_unknown,
    make_chart_block,
    make_heading,
    make_notes,
    make_points,
    make_title,
    start_page,
)
from assessment.pdf.typesetting.page_filling import BalancedGroups
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

MAX_ROWS_HEIGHT = 0.72 * CONTENT_HEIGHT  # per page of the roadmap
DENSITY_STYLES = (
    ("subheading", "dense", 2.0),
    ("subheading-close", "denser", 1.0),
    ("subheading-close", "densest", 1.0),
)
SLOPE_HEIGHT = 205.0
MAX_ACTIONS_BELOW = 8  # actions; with no more, the advice starts below the roadmap

SurroundingGroups: TypeAlias = tuple[Sequence[Blocks], Sequence[Blocks]]


def lay_out_roadmap(report: Report, translator: Translator) -> Blocks:
    part = report.roadmap
    subject, title = translator.gettext("Roadmap"), translator.text(part.title)
    blocks = start_page(subject, title) if part.actions else lay_out_unknown(subject, title)
    if not part.actions:
        return [
            *blocks,
            make_paragraph(translator.text(report.answer.decision)),
            *lay_out_remark(report, translator, "roadmap"),
        ]
    for actions in _split_into_pages((*part.actions, *part.further), translator):
        blocks += [make_chart_block(draw_roadmap_chart(part, actions, translator, CONTENT_WIDTH)), make_gap(6)]
    blocks += [make_paragraph(format_roadmap_key(report, translator), "small")]
    blocks += make_notes(part.notes, translator)
    if part.further:
        text = translator.gettext("Only to reach a target level: {places}.")
        blocks.append(make_paragraph(text.format(places=_list_places(part.further, translator)), "small"))
    now = part.starting
    title = format_first_actions_title(report, translator)
    return [
        *blocks,
        *lay_out_remark(report, translator, "roadmap"),
        KeepTogether([make_heading(title), make_owner_table(now, translator)]),
    ]


def _list_places(actions: Sequence[Action], translator: Translator) -> str:
    return translator.listed([translator.number(action.place) for action in actions])


def format_roadmap_key(report: Report, translator: Translator) -> str:
    """Format the key of the roadmap chart."""
    key = translator.gettext(
        "Columns: by when the indicator should have moved, counted from the start. "
        "Colour: start now (the first {first}). Length: effort (small, medium, large). "
        "Filled: high impact. Square: urgent."
    )
    if settled := find_first_decision(report):
        key = translator.gettext(
            "Columns: by when the indicator should have moved, counted from the start. "
            "Colour: start now (action {first}); the others start after it. Length: effort (small, medium, large). "
            "Filled: high impact. Square: urgent."
        )
        return key.format(first=settled.place)
    return key.format(first=report.roadmap.first)


def find_first_decision(report: Report) -> Action | None:
    """Find the action that all others wait for; None if there is none."""
    places = {action.after for action in report.roadmap.actions}
    return next((action for action in report.roadmap.actions if action.place in places), None)


def format_first_actions_title(report: Report, translator: Translator) -> str:
    """Format the title of the owner table: if one action is decided first, not all of them start now."""
    if find_first_decision(report):
        return translator.gettext("The first actions: who, and what to watch")
    return translator.gettext("Start now: who, and what to watch")


def _split_into_pages(actions: Sequence[Action], translator: Translator) -> Iterator[Sequence[Action]]:
    """Split the actions into pages by row height."""
    rows: list[Action] = []
    for action in actions:
        if rows and sum(measure_row_height(row, translator) for row in (*rows, action)) > MAX_ROWS_HEIGHT:
            yield tuple(rows)
            rows = []
        rows.append(action)
    yield tuple(rows)


def make_owner_table(actions: Sequence[Action], translator: Translator) -> Flowable:
    """Make a table of owner, time and indicator."""
    titles = (
        translator.gettext("Action"),
        translator.gettext("Owner"),
        translator.gettext("When"),
        translator.gettext("Watch"),
    )
    head = [make_cell("", "head"), *(make_cell(title, "head") for title in titles)]
    rows = [
        [
            make_cell(str(action.place), "cell-strong"),
            make_cell(action.title, "cell-strong"),
            make_cell(action.owner),
            _lay_out_timing(action, translator),
            make_cell(action.indicator),
        ]
        for action in actions
    ]
    return make_table([head, *rows], share_width([6, 38, 34, 16, 42]), pad=3.5)


def _lay_out_timing(action: Action, translator: Translator) -> Blocks:
    return [
        make_cell(action.horizon_name),
        *([make_cell(format_start(action, translator), "cell-muted")] if action.after else []),
    ]


def _name_effort(action: Action, translator: Translator) -> str:
    names = {"S": translator.gettext("small"), "M": translator.gettext("medium"), "L": translator.gettext("large")}
    return names.get(action.effort, action.effort)


def _name_impact(action: Action, translator: Translator) -> str:
    return {"M": translator.gettext("medium"), "H": translator.gettext("high")}.get(action.impact, action.impact)


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
    settled: Action | None = None,
) -> Blocks:
    """Lay out the advice of a playbook, with the blocks before and after it."""
    title = translator.ngettext(
        "One action for {function}, why it matters and how to begin",
        "{count} actions for {function}, why they matter and how to begin",
        len(actions),
    )
    head = make_title(translator.gettext("What to do"), title.format(count=len(actions), function=name), above=18)
    lead = []
    if settled is not None and settled.id not in {action.id for action in actions}:
        text = translator.gettext("Action {place} of the roadmap is decided first: “{title}”.")
        lead = [make_paragraph(text.format(place=settled.place, title=settled.title))]
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

    def groups(styles: tuple[str, str, float]) -> Sequence[Blocks]:
        first, *others = [_lay_out_action(action, translator, *styles) for action in actions]
        before, after = around
        return [*before, [*title, *first], *others, *after]

    return [partial(groups, styles) for styles in DENSITY_STYLES]


def _measure_height(blocks: Sequence[Flowable]) -> float:
    return float(sum(block.wrap(CONTENT_WIDTH / 2 - 8, CONTENT_WIDTH)[1] for block in blocks))


def _lay_out_action(action: Action, translator: Translator, head: str, text: str, pad: float) -> Blocks:
    named = action.function_name or ""
    about = [named if named.lower() not in action.owner.lower() else "", action.owner, action.horizon_name]
    about.insert(2, format_start(action, translator))
    about += [translator.gettext("effort {effort}").format(effort=_name_effort(action, translator))]
    about += [translator.gettext("impact {impact}").format(impact=_name_impact(action, translator))]
    why = make_labelled_paragraph(translator.gettext("Because"), format_reasons(action, translator), "small")
    goal = f" {translator.text(action.goal)}" if action.goal else ""
    watch = make_labelled_paragraph(translator.gettext("Watch"), f"{action.indicator}.{goal}", "small")
    left = [
        make_paragraph(" ".join([action.why, *translator.texts([action.about] if action.about else [])]), text, 1200),
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


def lay_out_change(report: Report, translator: Translator) -> Blocks:
    """Lay out what changed since the last wave, why, and where the pace would lead."""
    part = report.change
    if part is None:
        return []
    blocks = start_page(translator.gettext("Change since the last wave"), translator.text(part.title))
    blocks += make_points(part.breaks, translator)
    if part.rows:
        blocks += [
            make_chart_block(draw_slope_chart(part, translator, CONTENT_WIDTH, SLOPE_HEIGHT)),
            make_gap(6),
            _make_change_table(part, translator),
            make_gap(4),
        ]
    blocks += [make_paragraph(" ".join(translator.texts(part.notes)), "small")] if part.notes else []
    blocks += _lay_out_moved_items(part, translator)
    if part.projection:
        blocks += [
            make_heading(translator.gettext("Where this pace would lead")),
            *lay_out_key_figures(part.pace, translator),
        ]
        blocks += make_points(part.projection, translator)
    return [*blocks, *lay_out_remark(report, translator, "change")]


def _make_change_table(part: ChangeSection, translator: Translator) -> Flowable:
    titles = (
        "",
        translator.gettext("Then"),
        translator.gettext("Now"),
        translator.gettext("Change"),
        translator.gettext("Verdict"),
        translator.gettext("Answers"),
        translator.gettext("Who answered"),
        translator.gettext("Instrument"),
    )
    split = any(row.parts for row in part.rows)
    head = [make_cell(title, "head") for title in (titles if split else titles[:5])]
    rows = [_make_change_row(row, translator, split=split) for row in part.rows]
    shares = [26, 12, 20, 22, 21, *([17, 23, 23] if split else [])]
    return make_table([head, *rows], share_width(shares), pad=3)


def _make_change_row(row: ChangeRow, translator: Translator, *, split: bool) -> Blocks:
    name = row.name if isinstance(row.name, str) else translator.text(row.name)
    told = translator.figure(row.change, signed=True)
    if row.margin is not None:
        told += translator.gettext(" (±{margin})").format(margin=translator.number(row.margin))
    cells = [
        make_cell(name or translator.gettext("The whole"), "cell-strong"),
        make_cell(translator.figure(row.earlier)),
        make_cell(translator.figure(row.later)),
        make_cell(told),
        make_cell(translator.text(row.verdict), "cell-strong" if row.changed else "cell-muted"),
    ]
    if split:
        cells += (
            [make_cell(translator.figure(part, signed=True)) for part in row.parts]
            if row.parts
            else [make_cell("")] * 3
        )
    return cells


def _lay_out_moved_items(part: ChangeSection, translator: Translator) -> Blocks:
    """Lay out the items with the largest changes, gains next to drops."""
    if not part.rising_items and not part.falling_items:
        return []
    sides = (
        (translator.gettext("Biggest gains"), part.rising_items),
        (translator.gettext("Biggest drops"), part.falling_items),
    )
    cells = [[make_cell(title, "head"), *_lay_out_item_changes(items, translator)] for title, items in sides]
    return [
        make_heading(translator.gettext("Items that moved")),
        make_table([cells], share_width([1, 1]), head=0, lines=False, pad=2),
    ]


def _lay_out_item_changes(items: Sequence[ItemChangeRow], translator: Translator) -> Blocks:
    if not items:
        return [make_cell(translator.gettext("none"), "cell-muted")]
    return [
        make_cell(
            f"{translator.figure(item.change, signed=True)}  "
            + " · ".join(part for part in (item.name, item.function) if part)
        )
        for item in items
    ]
