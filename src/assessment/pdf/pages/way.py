"""Pages of the roadmap, the advice in full, and the change since the last wave."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from reportlab.platypus import Flowable, KeepTogether, PageBreak

from assessment.charts.roadmap import roadmap_chart, row_height
from assessment.charts.slope import slope_chart
from assessment.domain.report import Report
from assessment.domain.report.parts import Action, Change, ChangeRow, ItemChange
from assessment.pdf.document import Heading
from assessment.pdf.fitting import Evenly
from assessment.pdf.pages.blocks import (
    Blocks,
    because,
    chart,
    heading,
    key_figures,
    notes,
    own,
    page,
    points,
    start,
    titled,
    unknown,
)
from assessment.pdf.text import bullets, cell, columns, gap, labelled, paragraph, table
from assessment.pdf.theme import HEIGHT, WIDTH
from assessment.wording import Wording

ROOM_FOR_ROWS = 0.72 * HEIGHT  # per page of the roadmap
CLOSER = (("subheading", "dense", 2.0), ("subheading-close", "denser", 1.0), ("subheading-close", "densest", 1.0))
SLOPE = 205.0
MOST_BELOW = 8  # actions; with no more, the advice starts below the roadmap

Around: TypeAlias = tuple[Sequence[Blocks], Sequence[Blocks]]


def roadmap(report: Report, wording: Wording) -> Blocks:
    part = report.roadmap
    subject, title = wording.gettext("Roadmap"), wording.text(part.title)
    blocks = page(subject, title) if part.actions else unknown(subject, title)
    if not part.actions:
        return [*blocks, paragraph(wording.text(report.answer.decision)), *own(report, wording, "roadmap")]
    for actions in _pages((*part.actions, *part.further), wording):
        blocks += [chart(roadmap_chart(part, actions, wording, WIDTH)), gap(6)]
    blocks += [paragraph(roadmap_key(report, wording), "small")]
    blocks += notes(part.notes, wording)
    if part.further:
        text = wording.gettext("Only to reach a target level: {places}.")
        blocks.append(paragraph(text.format(places=_places(part.further, wording)), "small"))
    now = part.starting
    title = starting_title(report, wording)
    return [*blocks, *own(report, wording, "roadmap"), KeepTogether([heading(title), owners(now, wording)])]


def _places(actions: Sequence[Action], wording: Wording) -> str:
    return wording.listed([wording.number(action.place) for action in actions])


def roadmap_key(report: Report, wording: Wording) -> str:
    """Format the key of the roadmap chart."""
    key = wording.gettext(
        "Columns: by when the indicator should have moved, counted from the start. "
        "Colour: start now (the first {first}). Length: effort (small, medium, large). "
        "Filled: high impact. Square: urgent."
    )
    if settled := settled_first(report):
        key = wording.gettext(
            "Columns: by when the indicator should have moved, counted from the start. "
            "Colour: start now (action {first}); the others start after it. Length: effort (small, medium, large). "
            "Filled: high impact. Square: urgent."
        )
        return key.format(first=settled.place)
    return key.format(first=report.roadmap.first)


def settled_first(report: Report) -> Action | None:
    """Find the action that all others wait for; None if there is none."""
    places = {action.after for action in report.roadmap.actions}
    return next((action for action in report.roadmap.actions if action.place in places), None)


def starting_title(report: Report, wording: Wording) -> str:
    """Format the title of the owner table: if one action is decided first, not all of them start now."""
    if settled_first(report):
        return wording.gettext("The first actions: who, and what to watch")
    return wording.gettext("Start now: who, and what to watch")


def _pages(actions: Sequence[Action], wording: Wording) -> Iterator[Sequence[Action]]:
    """Split the actions into pages by row height."""
    rows: list[Action] = []
    for action in actions:
        if rows and sum(row_height(row, wording) for row in (*rows, action)) > ROOM_FOR_ROWS:
            yield tuple(rows)
            rows = []
        rows.append(action)
    yield tuple(rows)


def owners(actions: Sequence[Action], wording: Wording) -> Flowable:
    """Make a table of owner, time and indicator."""
    titles = (
        wording.gettext("Action"),
        wording.gettext("Owner"),
        wording.gettext("When"),
        wording.gettext("Watch"),
    )
    head = [cell("", "head"), *(cell(title, "head") for title in titles)]
    rows = [
        [
            cell(str(action.place), "cell-strong"),
            cell(action.title, "cell-strong"),
            cell(action.owner),
            _when(action, wording),
            cell(action.indicator),
        ]
        for action in actions
    ]
    return table([head, *rows], columns([6, 38, 34, 16, 42]), pad=3.5)


def _when(action: Action, wording: Wording) -> Blocks:
    return [cell(action.horizon_name), *([cell(start(action, wording), "cell-muted")] if action.after else [])]


def _effort(action: Action, wording: Wording) -> str:
    names = {"S": wording.gettext("small"), "M": wording.gettext("medium"), "L": wording.gettext("large")}
    return names.get(action.effort, action.effort)


def _impact(action: Action, wording: Wording) -> str:
    return {"M": wording.gettext("medium"), "H": wording.gettext("high")}.get(action.impact, action.impact)


def advice(report: Report, wording: Wording) -> Blocks:
    """Lay out every action with reasons, first steps and indicator."""
    actions = report.roadmap.actions
    if not actions:
        return []
    title = titled(wording.gettext("All advice in full"), _advice_title(actions, wording), above=24)
    begin = [PageBreak()] if len(actions) > MOST_BELOW else []
    return [*begin, Evenly(in_full(title, actions, wording), HEIGHT)]


def _advice_title(actions: Sequence[Action], wording: Wording) -> str:
    title = wording.ngettext(
        "One action, why it matters and how to begin",
        "{count} actions, why they matter and how to begin",
        len(actions),
    )
    return title.format(count=len(actions))


def of_function(
    around: Around, actions: Sequence[Action], wording: Wording, name: str, settled: Action | None = None
) -> Blocks:
    """Lay out the advice of a playbook, with the blocks before and after it."""
    title = wording.ngettext(
        "One action for {function}, why it matters and how to begin",
        "{count} actions for {function}, why they matter and how to begin",
        len(actions),
    )
    head = titled(wording.gettext("What to do"), title.format(count=len(actions), function=name), above=18)
    lead = []
    if settled is not None and settled.id not in {action.id for action in actions}:
        text = wording.gettext("Action {place} of the roadmap is decided first: “{title}”.")
        lead = [paragraph(text.format(place=settled.place, title=settled.title))]
    if not actions:
        before, after = around
        groups = [*before, *([*lead, *group] for group in after)]
        return [Evenly([partial(list, groups)], HEIGHT)]
    head += lead
    return [Evenly(in_full(head, actions, wording, around), HEIGHT)]


def in_full(
    title: Blocks, actions: Sequence[Action], wording: Wording, around: Around = ((), ())
) -> Sequence[Callable[[], Sequence[Blocks]]]:
    """Build the same unbroken groups of advice in decreasing line spacing."""

    def groups(styles: tuple[str, str, float]) -> Sequence[Blocks]:
        first, *others = [_advice(action, wording, *styles) for action in actions]
        before, after = around
        return [*before, [*title, *first], *others, *after]

    return [partial(groups, styles) for styles in CLOSER]


def _height(blocks: Sequence[Flowable]) -> float:
    return float(sum(block.wrap(WIDTH / 2 - 8, WIDTH)[1] for block in blocks))


def _advice(action: Action, wording: Wording, head: str, text: str, pad: float) -> Blocks:
    named = action.function_name or ""
    about = [named if named.lower() not in action.owner.lower() else "", action.owner, action.horizon_name]
    about.insert(2, start(action, wording))
    about += [wording.gettext("effort {effort}").format(effort=_effort(action, wording))]
    about += [wording.gettext("impact {impact}").format(impact=_impact(action, wording))]
    why = labelled(wording.gettext("Because"), because(action, wording), "small")
    goal = f" {wording.text(action.goal)}" if action.goal else ""
    watch = labelled(wording.gettext("Watch"), f"{action.indicator}.{goal}", "small")
    left = [paragraph(" ".join([action.why, *wording.texts([action.about] if action.about else [])]), text, 1200), why]
    right = bullets([step[:400] for step in action.steps], text)
    sides = left, right
    min(sides, key=_height).append(watch)
    return [
        Heading(f"{action.place}  {action.title}", head, 1),
        paragraph(" · ".join(part for part in about if part), "cell-muted"),
        table([[*sides]], columns([60, 60]), head=0, pad=pad),
    ]


def change(report: Report, wording: Wording) -> Blocks:
    """Lay out what changed since the last wave, why, and where the pace would lead."""
    part = report.change
    if part is None:
        return []
    blocks = page(wording.gettext("Change since the last wave"), wording.text(part.title))
    blocks += points(part.breaks, wording)
    if part.rows:
        blocks += [chart(slope_chart(part, wording, WIDTH, SLOPE)), gap(6), _changes(part, wording), gap(4)]
    blocks += [paragraph(" ".join(wording.texts(part.notes)), "small")] if part.notes else []
    blocks += _moved(part, wording)
    if part.projection:
        blocks += [heading(wording.gettext("Where this pace would lead")), *key_figures(part.pace, wording)]
        blocks += points(part.projection, wording)
    return [*blocks, *own(report, wording, "change")]


def _changes(part: Change, wording: Wording) -> Flowable:
    titles = (
        "",
        wording.gettext("Then"),
        wording.gettext("Now"),
        wording.gettext("Change"),
        wording.gettext("Verdict"),
        wording.gettext("Answers"),
        wording.gettext("Who answered"),
        wording.gettext("Instrument"),
    )
    split = any(row.parts for row in part.rows)
    head = [cell(title, "head") for title in (titles if split else titles[:5])]
    rows = [_change(row, wording, split=split) for row in part.rows]
    shares = [26, 12, 20, 22, 21, *([17, 23, 23] if split else [])]
    return table([head, *rows], columns(shares), pad=3)


def _change(row: ChangeRow, wording: Wording, *, split: bool) -> Blocks:
    name = row.name if isinstance(row.name, str) else wording.text(row.name)
    told = wording.figure(row.change, signed=True)
    if row.margin is not None:
        told += wording.gettext(" (±{margin})").format(margin=wording.number(row.margin))
    cells = [
        cell(name or wording.gettext("The whole"), "cell-strong"),
        cell(wording.figure(row.earlier)),
        cell(wording.figure(row.later)),
        cell(told),
        cell(wording.text(row.verdict), "cell-strong" if row.changed else "cell-muted"),
    ]
    if split:
        cells += [cell(wording.figure(part, signed=True)) for part in row.parts] if row.parts else [cell("")] * 3
    return cells


def _moved(part: Change, wording: Wording) -> Blocks:
    """Lay out the items with the largest changes, gains next to drops."""
    if not part.risen and not part.fallen:
        return []
    sides = (
        (wording.gettext("Biggest gains"), part.risen),
        (wording.gettext("Biggest drops"), part.fallen),
    )
    cells = [[cell(title, "head"), *_items(items, wording)] for title, items in sides]
    return [heading(wording.gettext("Items that moved")), table([cells], columns([1, 1]), head=0, lines=False, pad=2)]


def _items(items: Sequence[ItemChange], wording: Wording) -> Blocks:
    if not items:
        return [cell(wording.gettext("none"), "cell-muted")]
    return [
        cell(
            f"{wording.figure(item.change, signed=True)}  "
            + " · ".join(part for part in (item.name, item.function) if part)
        )
        for item in items
    ]
