"""Pages of targets, target paths, heatmap, and of each function."""

from collections.abc import Sequence

from reportlab.platypus import KeepTogether

from assessment.charts.bars import function_bars, short_key
from assessment.charts.dumbbell import dumbbell
from assessment.charts.grid import heatmap_chart
from assessment.charts.spread import spread_chart
from assessment.domain.report import Report
from assessment.domain.report.parts import DimensionRow, FunctionPart, LiftRow, ProspectRow, Step, Targets
from assessment.pdf.fitting import AsMany
from assessment.pdf.pages.blocks import (
    Blocks,
    action_list,
    any_shown,
    chart,
    heading,
    key_figures,
    notes,
    on_this,
    own,
    page,
    points,
    titled,
    under,
    unknown,
)
from assessment.pdf.text import cell, columns, gap, paragraph, table
from assessment.pdf.theme import WIDTH
from assessment.wording import Wording

NEXT_STEPS = 2
MOST_ACTIONS = 4
MOST_GAPS = 4
MOST_NAMED = 6
UNKNOWN = "–"  # at the highest rung


def targets(report: Report, wording: Wording) -> Blocks:
    """Lay out the distance to target by function, then the largest distances by dimension."""
    part = report.targets
    title = wording.text(part.title)
    blocks = page(wording.gettext("Now against target"), title)
    if any_shown(row.now for row in part.functions):
        blocks += [chart(dumbbell(part.functions, wording, WIDTH, title)), gap(2)]
        key = wording.gettext(
            "Filled circle: score now. Hollow diamond: target of the function, set for this assessment."
        )
        blocks += [paragraph(key, "small")]
    blocks += [paragraph(wording.text(part.balance))] if part.balance else []
    # Before the KeepTogether blocks: after them, a remark could end up alone on the next page.
    blocks += own(report, wording, "targets")
    lift = lifting(report, report.lifting.rows, report.lifting.prospects, wording)
    if part.dimensions:
        blocks.append(KeepTogether(_widest(part, wording)))
    if lift:
        blocks.append(KeepTogether(lift))
    return blocks


def _widest(part: Targets, wording: Wording) -> Blocks:
    """Lay out the dimensions furthest from target; a fixed number, so that all languages show the same."""
    label = wording.gettext("The widest distances, dimension by dimension")
    return [heading(label), chart(dumbbell(part.dimensions[:MOST_GAPS], wording, WIDTH, label, group=True))]


def lifting(report: Report, rows: Sequence[LiftRow], prospects: Sequence[ProspectRow], wording: Wording) -> Blocks:
    """Lay out what limits each level, the least effort that reaches the target, and where the advice would lead."""
    leads = _prospects(report, prospects, wording)
    if not rows:
        lead = heading(wording.gettext("Where the advice would lead"))
        return [lead, *leads, *notes(report.lifting.notes, wording)] if leads else []
    titles = (
        "",
        wording.gettext("Level"),
        wording.gettext("Limited by"),
        wording.gettext("Smallest set of actions that reaches the target"),
    )
    head = [cell(title, "head") for title in titles]
    lines = [
        [
            cell(row.name or wording.gettext("The whole"), "cell-strong"),
            cell(_levels(row, wording)),
            cell(wording.text(row.binding)),
            [cell(wording.text(row.way), "cell"), *_steps(row, wording)],
        ]
        for row in rows
    ]
    intro = [paragraph(f"{wording.text(report.lifting.title)}.")] if rows[0].function is None else []
    made = table([head, *lines], columns([22, 13, 28, 64]), pad=3)
    label = wording.gettext("What would lift the level")
    return [heading(label), *intro, made, *leads, gap(2), *notes(report.lifting.notes, wording)]


def _prospects(report: Report, rows: Sequence[ProspectRow], wording: Wording) -> Blocks:
    """Lay out the scores with the actions that start now, and with all of them."""
    if not rows:
        return []
    titles = (
        "",
        wording.gettext("Score now"),
        _with_first(report, wording),
        wording.gettext("With all advice"),
    )
    head = [cell(title, "head") for title in titles]
    lines = [
        [
            cell(row.name or wording.gettext("The whole"), "cell-strong"),
            cell(wording.figure(row.now)),
            cell(wording.text(row.starting_now)),
            cell(wording.text(row.all_advice)),
        ]
        for row in rows
    ]
    return [gap(6), table([head, *lines], columns([35, 26, 33, 33]), pad=3)]


def _with_first(report: Report, wording: Wording) -> str:
    """Format the column title: if one action is decided first, not all of the first actions start now."""
    if any(action.after for action in report.roadmap.actions):
        return wording.gettext("With the first {count} actions").format(count=report.roadmap.first)
    return wording.gettext("With what starts now")


def _levels(row: LiftRow, wording: Wording) -> str:
    now = wording.number(row.level) if row.level is not None else wording.gettext("withheld")
    return now if row.reached else wording.gettext("{now}, target {target}").format(now=now, target=row.target_level)


def _steps(row: LiftRow, wording: Wording) -> Blocks:
    if not row.steps:
        return []
    text = wording.listed(_named(row.steps, wording))
    if row.score_reached.shown is not None:
        text += wording.gettext(": level {level}, {score} points").format(
            level=row.level_reached, score=wording.figure(row.score_reached)
        )
    return [cell(text, "cell-muted")]


def _named(steps: Sequence[Step], wording: Wording) -> list[str]:
    """Name a few steps by title, many by their place in the roadmap."""
    if len(steps) <= MOST_NAMED:
        return [f"{step.title} ({step.place})" for step in steps]
    places = wording.listed([wording.number(step.place) for step in sorted(steps, key=lambda step: step.place)])
    return [wording.gettext("actions {places} of the roadmap").format(places=places)]


def heatmap(report: Report, wording: Wording) -> Blocks:
    part = report.heatmap
    fresh = any_shown(row.now for row in report.targets.functions)
    kicker = wording.gettext("Where practice is strong and where it is missing")
    blocks = page(kicker, wording.text(part.title), fresh=fresh)
    blocks += [chart(heatmap_chart(part, wording, WIDTH)), gap(4)]
    key = wording.gettext("Scores from 0 to 100; the colour is the level of the score.")
    blocks += [paragraph(key, "small"), gap(4), *points(part.reading, wording)]
    if part.questions:
        rows = [[cell(name, "cell-strong"), cell(question)] for name, question in part.questions]
        blocks += [heading(wording.gettext("What each dimension asks")), table(rows, columns([22, 100]), head=0, pad=4)]
    blocks += _ladder(report, wording)
    return [*blocks, *own(report, wording, "heatmap"), *on_this(report, wording, "balance", "quality")]


def _ladder(report: Report, wording: Wording) -> Blocks:
    """Lay out the current rung and the next one of each function's lowest dimensions, ties included."""
    rows = [(part.name, row) for part in report.functions for row in _most_room(part)]
    if not rows:
        return []
    head = [
        cell(text, "head")
        for text in (
            "",
            wording.gettext("Dimension"),
            wording.gettext("Today"),
            wording.gettext("One level up"),
        )
    ]
    lines = [
        [cell(name, "cell-strong"), cell(row.name), cell(row.level_text), cell(row.next_text)] for name, row in rows
    ]
    made = table([head, *lines], columns([24, 22, 42, 42]), pad=4)
    return under(wording.gettext("Where each function has the most room"), made)


def function(report: Report, part: FunctionPart, wording: Wording, *, alone: bool = False) -> Blocks:
    """Lay out one function: figures, items, next rung, actions. `alone`: first page of its playbook."""
    title = wording.text(part.title)
    if not alone and not _known(part):
        blocks = unknown(part.name, title)
    else:
        blocks = titled(part.name, title) if alone else page(part.name, title)
    if part.whole.figure.missing is not None and part.whole.figure.missing.id == "missing.out-of-scope":
        text = wording.gettext(
            "At least half of the people who answered said of every item here that it does not apply."
        )
        return [*blocks, paragraph(text)]
    if not _known(part):
        return [*blocks, *notes(part.notes, wording), *own(report, wording, part.id)]
    blocks += key_figures(part.key_figures, wording)
    blocks += [chart(function_bars(part, wording, WIDTH)), gap(3), *notes(part.notes, wording)]
    key = wording.gettext(
        "Diamond: score of the dimension, with its interval. Bars: items. Dashed line: target {target}."
    )
    told = (
        key.format(target=wording.number(part.target)),
        _worst(part, wording),
        _lying(report, part, wording),
        short_key(part.all, wording),
    )
    blocks += [paragraph(" ".join(text for text in told if text), "small"), *_spread(part, wording)]
    if part.spread is None and not alone:
        blocks += rungs(part, wording)
    blocks += own(report, wording, part.id)
    if part.actions and not alone:
        counts = range(min(MOST_ACTIONS, len(part.actions)), 0, -1)
        blocks.append(AsMany([_to_do(part, count, wording) for count in counts]))
    return blocks


def _to_do(part: FunctionPart, count: int, wording: Wording) -> Blocks:
    """Lay out the first `count` actions of a function."""
    title = heading(_to_do_title(len(part.actions) - count, wording))
    return [title, action_list(part.actions[:count], wording)]


def _to_do_title(more: int, wording: Wording) -> str:
    if more <= 0:
        return wording.gettext("What to do here")
    text = wording.ngettext(
        "What to do here, and {count} more in the roadmap", "What to do here, and {count} more in the roadmap", more
    )
    return text.format(count=more)


def _known(part: FunctionPart) -> bool:
    return any_shown(row.figure for row in part.all)


def _worst(part: FunctionPart, wording: Wording) -> str:
    marked = [row.name for row in part.rows if row.mark]
    if not marked:
        return ""
    text = wording.ngettext(
        "Square: the worst hand-off, {channel}.", "Squares: the worst hand-offs, {channel}.", len(marked)
    )
    return text.format(channel=wording.listed(marked))


def _lying(report: Report, part: FunctionPart, wording: Wording) -> str:
    """Explain the distributions at the right of the chart; empty if there are none."""
    if not any(item.shares for item in part.all):
        return ""
    if report.needed is None:
        return wording.gettext("At the right: percent of the answers on each rung of the ladder, 0 to 4.")
    told = wording.gettext(
        "At the right: percent of the answers on rungs 0 and 1, 2, 3 and 4 of the ladder, in steps of {people} people "
        "or more."
    )
    return told.format(people=report.needed - 1)


def _spread(part: FunctionPart, wording: Wording) -> Blocks:
    """Lay out the agreement of a contested function."""
    if part.spread is None:
        return []
    drawn = chart(spread_chart(part.spread, wording, WIDTH))
    return [KeepTogether([heading(wording.text(part.spread.title)), drawn])]


def _most_room(part: FunctionPart) -> list[DimensionRow]:
    """Select the dimensions with the lowest displayed score, ties included."""
    ordered = _by_score(part)
    return [row for row in ordered if row.figure.shown == ordered[0].figure.shown]


def _by_score(part: FunctionPart) -> list[DimensionRow]:
    known = [(row.figure.shown, row) for row in part.dimensions if row.figure.shown is not None and row.next_text]
    return [row for _, row in sorted(known, key=lambda entry: entry[0])]


def rungs(part: FunctionPart, wording: Wording) -> Blocks:
    """Lay out the next rung of the lowest dimensions."""
    first = _by_score(part)[:NEXT_STEPS]
    if not first:
        return []
    head = [
        cell(text, "head")
        for text in (wording.gettext("Dimension"), wording.gettext("Today"), wording.gettext("One level up"))
    ]
    rows = [[cell(row.name, "cell-strong"), cell(row.level_text), cell(row.next_text)] for row in first]
    return [heading(wording.gettext("The next rung")), table([head, *rows], columns([24, 50, 50]), pad=3)]


def every_rung(report: Report, part: FunctionPart, wording: Wording) -> Blocks:
    """Lay out question, current rung and next rung of each dimension; nothing if most are withheld."""
    asked = dict(report.heatmap.questions)
    known = [row for row in part.dimensions if row.level_text]
    if len(known) < len(part.dimensions) / 2:
        return []
    head = [
        cell(text, "head")
        for text in (wording.gettext("Dimension"), wording.gettext("Today"), wording.gettext("One level up"))
    ]
    rows = [
        [
            [cell(row.name, "cell-strong"), cell(asked.get(row.name, ""), "cell-muted")],
            cell(row.level_text),
            cell(row.next_text or UNKNOWN),
        ]
        for row in known
    ]
    return [heading(wording.gettext("The next rung")), table([head, *rows], columns([50, 40, 40]), pad=4)]
