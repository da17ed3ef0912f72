"""Now against target, the heatmap, and one page per function."""

from assessment.charts.bars import function_bars
from assessment.charts.dumbbell import dumbbell
from assessment.charts.grid import heatmap_chart
from assessment.domain.report import Report
from assessment.domain.report.parts import DimensionRow, FunctionPart
from assessment.pdf.pages.blocks import (
    Blocks,
    action_list,
    any_shown,
    chart,
    heading,
    key_figures,
    notes,
    page,
    points,
    under,
)
from assessment.pdf.text import cell, columns, gap, paragraph, table
from assessment.pdf.theme import WIDTH
from assessment.wording import Wording

NEXT_STEPS = 2
MOST_ACTIONS = 5


def targets(report: Report, wording: Wording) -> Blocks:
    """Distance to target, function by function, then the widest distances of all."""
    part = report.targets
    title = wording.text(part.title)
    blocks = page(wording.gettext("Now against target"), title)
    if any_shown(row.now for row in part.functions):
        blocks += [chart(dumbbell(part.functions, wording, WIDTH, title)), gap(6)]
    blocks += [paragraph(wording.text(part.balance))] if part.balance else []
    if part.dimensions:
        label = wording.gettext("The widest distances, dimension by dimension")
        blocks += [heading(label), chart(dumbbell(part.dimensions, wording, WIDTH, label, group=True))]
    key = wording.gettext("Filled circle: score now. Hollow diamond: target of the function, set for this assessment.")
    return [*blocks, gap(6), paragraph(key, "small")]


def heatmap(report: Report, wording: Wording) -> Blocks:
    """Every dimension of every function."""
    part = report.heatmap
    blocks = page(wording.gettext("Where practice is strong and where it is missing"), wording.text(part.title))
    blocks += [chart(heatmap_chart(part, wording, WIDTH)), gap(10), *points(part.reading, wording)]
    if part.questions:
        rows = [[cell(name, "cell-strong"), cell(question)] for name, question in part.questions]
        blocks += [heading(wording.gettext("What each dimension asks")), table(rows, columns([22, 100]), head=0, pad=4)]
    key = wording.gettext("Scores from 0 to 100; the colour is the level of the score.")
    return [*blocks, gap(6), paragraph(key, "small")]


def function(part: FunctionPart, wording: Wording) -> Blocks:
    """One function: figures, items, the next rung, its advice."""
    blocks = page(part.name, wording.text(part.title), fresh=_known(part))
    if part.whole.figure.missing is not None and part.whole.figure.missing.id == "missing.out-of-scope":
        text = wording.gettext(
            "At least half of the people who answered said of every item here that it does not apply."
        )
        return [*blocks, paragraph(text)]
    blocks += key_figures(part.key_figures, wording)
    if not _known(part):
        return [*blocks, *notes(part.notes, wording)]
    blocks += [chart(function_bars(part, wording, WIDTH)), gap(4), *notes(part.notes, wording)]
    key = wording.gettext(
        "Diamond: score of the dimension, with its interval. Bars: items. Dashed line: target {target}."
    )
    blocks += [paragraph(key.format(target=wording.number(part.target)) + _worst(part, wording), "small")]
    blocks += _next(part, wording)
    if part.actions:
        blocks += under(wording.gettext("What to do here"), action_list(part.actions[:MOST_ACTIONS], wording))
    more = len(part.actions) - MOST_ACTIONS
    if more > 0:
        text = wording.ngettext("{count} more in the roadmap.", "{count} more in the roadmap.", more)
        blocks.append(paragraph(text.format(count=more), "small"))
    return blocks


def _known(part: FunctionPart) -> bool:
    rows = (*(item for row in part.dimensions for item in row.items), *part.rows)
    return any_shown(row.figure for row in rows)


def _worst(part: FunctionPart, wording: Wording) -> str:
    marked = [row.name for row in part.rows if row.mark]
    if not marked:
        return ""
    return " " + wording.gettext("Square: the worst hand-off, {channel}.").format(channel=marked[0])


def _next(part: FunctionPart, wording: Wording) -> Blocks:
    """The rung above, for the dimensions that are lowest."""
    known = [(row.figure.shown, row) for row in part.dimensions if row.figure.shown is not None and row.next_text]
    lowest: list[DimensionRow] = [row for _, row in sorted(known, key=lambda entry: entry[0])[:NEXT_STEPS]]
    if not lowest:
        return []
    head = [
        cell(text, "head")
        for text in (wording.gettext("Lowest"), wording.gettext("Today"), wording.gettext("One level up"))
    ]
    rows = [[cell(row.name, "cell-strong"), cell(row.level_text), cell(row.next_text)] for row in lowest]
    return [heading(wording.gettext("The next rung")), table([head, *rows], columns([24, 50, 50]), pad=3.5)]
