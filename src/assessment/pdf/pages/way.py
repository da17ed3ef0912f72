"""The roadmap, and all advice in full."""

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable, KeepTogether

from assessment.charts.roadmap import roadmap_chart
from assessment.domain.report import Report
from assessment.domain.report.parts import Action
from assessment.pdf.document import Heading
from assessment.pdf.pages.blocks import Blocks, chart, page, under
from assessment.pdf.text import bullets, cell, columns, gap, paragraph, table
from assessment.pdf.theme import WIDTH
from assessment.wording import Wording

ROWS_PER_PAGE = 32


def roadmap(report: Report, wording: Wording) -> Blocks:
    """When what is done, by whom, and the figure behind it."""
    part = report.roadmap
    blocks = page(wording.gettext("Roadmap"), wording.text(part.title), fresh=bool(part.actions))
    if not part.actions:
        return [*blocks, paragraph(wording.text(report.answer.decision))]
    for actions in _pages(part.actions):
        blocks += [chart(roadmap_chart(part, actions, wording, WIDTH)), gap(6)]
    key = wording.gettext(
        "Length: effort (small, medium, large). Filled: high impact. "
        "Colour: the first {first}, which come first whatever their horizon."
    )
    blocks += [paragraph(key.format(first=part.first), "small")]
    return blocks + under(wording.gettext("Who does what, and why"), _table(part.actions, wording))


def _pages(actions: Sequence[Action]) -> Iterator[Sequence[Action]]:
    for start in range(0, len(actions), ROWS_PER_PAGE):
        yield actions[start : start + ROWS_PER_PAGE]


def _table(actions: Sequence[Action], wording: Wording) -> Flowable:
    titles = (
        wording.gettext("Action"),
        wording.gettext("Owner"),
        wording.gettext("Effort, impact"),
        wording.gettext("Watch"),
        wording.gettext("Figure and cut"),
    )
    head = [cell("", "head"), *(cell(title, "head") for title in titles)]
    rows = [
        [
            cell(str(action.place), "cell-strong"),
            [cell(action.title, "cell-strong"), cell(action.horizon_name, "cell-muted")],
            cell(action.owner),
            cell(f"{_effort(action, wording)}, {_impact(action, wording)}"),
            cell(action.indicator),
            cell("; ".join(wording.text(fired.text) for fired in action.fired), "cell-muted"),
        ]
        for action in actions
    ]
    return table([head, *rows], columns([6, 32, 22, 19, 24, 34]), pad=3.5)


def _effort(action: Action, wording: Wording) -> str:
    names = {"S": wording.gettext("small"), "M": wording.gettext("medium"), "L": wording.gettext("large")}
    return names.get(action.effort, action.effort)


def _impact(action: Action, wording: Wording) -> str:
    return {"M": wording.gettext("medium"), "H": wording.gettext("high")}.get(action.impact, action.impact)


def advice(report: Report, wording: Wording) -> Blocks:
    """Why, and the first steps, of every action."""
    actions = report.roadmap.actions
    if not actions:
        return []
    title = wording.ngettext(
        "One action, why it matters and how to begin",
        "{count} actions, why they matter and how to begin",
        len(actions),
    )
    blocks = page(wording.gettext("All advice in full"), title.format(count=len(actions)))
    for action in actions:
        blocks.append(_advice(action, wording))
    return blocks


def _advice(action: Action, wording: Wording) -> KeepTogether:
    about = [action.owner, action.horizon_name]
    about += [wording.gettext("effort {effort}").format(effort=_effort(action, wording))]
    about += [wording.gettext("impact {impact}").format(impact=_impact(action, wording))]
    if action.function_name:
        about.insert(0, action.function_name)
    left = [paragraph(action.why, "dense", 1200)]
    right = bullets([step[:400] for step in action.steps], "dense")
    body = table([[left, right]], columns([60, 60]), head=0, pad=2)
    return KeepTogether(
        [
            Heading(f"{action.place}  {action.title}", "heading", 1),
            paragraph(" · ".join(part for part in about if part), "small"),
            body,
        ]
    )
