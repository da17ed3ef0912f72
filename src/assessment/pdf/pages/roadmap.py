"""Pages of the roadmap and the plan."""

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable

from assessment.charts.effort_impact import draw_effort_impact_chart
from assessment.charts.roadmap import GROUP_HEIGHT, draw_roadmap_chart, measure_row_height
from assessment.domain.report import Report
from assessment.domain.report.actions import Action
from assessment.domain.report.sections.plan import OwnerLoad
from assessment.i18n import Translator
from assessment.i18n.action_texts import format_owner, format_start, format_until
from assessment.pdf.page_blocks import (
    Blocks,
    lay_out_remark,
    lay_out_unknown,
    make_chart_block,
    make_columns,
    make_heading,
    start_page,
)
from assessment.pdf.typesetting.page_groups import BlockGroups
from assessment.pdf.typesetting.text import (
    make_cell,
    make_gap,
    make_paragraph,
    make_table,
    share_width,
)
from assessment.pdf.typesetting.theme import COLUMN_WIDTH, CONTENT_HEIGHT, CONTENT_WIDTH

FIRST_PAGE_HEIGHT = 0.8 * CONTENT_HEIGHT  # for the rows below the title
MAX_ROWS_HEIGHT = 0.88 * CONTENT_HEIGHT  # for the rows of a further page
QUADRANT_HEIGHT = 118.0
DATE_WIDTH = 62.0
MAX_LOADS_IN_COLUMN = 4


def lay_out_roadmap(report: Report, translator: Translator) -> Blocks:
    """Lay out the roadmap; without actions, what is to be decided instead."""
    part = report.roadmap
    subject, title = translator.gettext("Roadmap"), translator.render_message(part.title)
    blocks = start_page(subject, title) if part.actions else lay_out_unknown(subject, title)
    if not part.actions:
        return [
            *blocks,
            make_paragraph(translator.render_message(report.answer.decision)),
            *lay_out_remark(report, translator, "roadmap"),
        ]
    for actions in split_into_pages((*part.actions, *part.further), translator, FIRST_PAGE_HEIGHT, MAX_ROWS_HEIGHT):
        blocks += [make_chart_block(draw_roadmap_chart(part, actions, translator, CONTENT_WIDTH)), make_gap(6)]
    blocks.append(make_paragraph(format_roadmap_key(report, translator), "small"))
    return [*blocks, *lay_out_roadmap_notes(report, translator)]


def lay_out_roadmap_notes(report: Report, translator: Translator) -> Blocks:
    """Lay out the notes in one paragraph."""
    notes = translator.render_messages(report.roadmap.notes)
    if report.roadmap.further:
        text = translator.gettext("Only to reach a target level: {places}.")
        notes.append(text.format(places=_list_places(report.roadmap.further, translator)))
    return [make_paragraph(" ".join(notes), "small")] if notes else []


def group_plan(report: Report, translator: Translator) -> BlockGroups:
    """Group what is below the roadmap: the remark; quick wins next to the next 30 days; the load by owner."""
    remark = lay_out_remark(report, translator, "roadmap")
    chart = draw_effort_impact_chart(report.plan, translator, COLUMN_WIDTH, QUADRANT_HEIGHT)
    quick_wins = [make_heading(chart.title), make_chart_block(chart)]
    steps = lay_out_next_steps(report, translator, COLUMN_WIDTH)
    loads = report.plan.loads
    half = (len(loads) + 1) // 2 if len(loads) > MAX_LOADS_IN_COLUMN else len(loads)
    tables = [[_make_load_table(part, translator)] for part in (loads[:half], loads[half:]) if part]
    left, right = (*tables, [])[:2]
    heading = make_heading(translator.gettext("Load by owner"))
    plan = [[make_gap(8), make_columns(quick_wins, steps)], [heading, make_columns(left, right)]]
    return [remark, *plan] if remark else plan


def _make_load_table(loads: Sequence[OwnerLoad], translator: Translator) -> Flowable:
    titles = (translator.gettext("Owner"), translator.gettext("Action"), translator.gettext("Effort"))
    head = [make_cell(title, "head") for title in titles]
    rows = [
        [
            make_cell(load.owner),
            make_cell(translator.join_list([translator.format_number(place) for place in load.places])),
            make_cell(translator.format_number(load.effort)),
        ]
        for load in loads
    ]
    return make_table([head, *rows], share_width([54, 30, 20], COLUMN_WIDTH), pad=2)


def lay_out_next_steps(report: Report, translator: Translator, width: float = CONTENT_WIDTH) -> Blocks:
    """Lay out the next 30 days and the next wave, with dates where the start of the plan is known."""
    head = [make_cell(title, "head") for title in (translator.gettext("By"), translator.gettext("What happens"))]
    rows = [
        [
            make_cell(translator.format_date(step.due, "medium") if step.due else "–", "cell-strong"),
            make_cell(translator.render_message(step.text)),
        ]
        for step in report.plan.steps
    ]
    table = make_table([head, *rows], [DATE_WIDTH, width - DATE_WIDTH], pad=2)
    return [make_heading(translator.gettext("The next 30 days, and the next wave")), table]


def _list_places(actions: Sequence[Action], translator: Translator) -> str:
    return translator.join_list([translator.format_number(action.place) for action in actions])


def format_roadmap_key(report: Report, translator: Translator) -> str:
    """Format the key of the roadmap chart."""
    first_decision = find_first_decision(report)
    starts = (
        translator.gettext("Bold and blue: starts now (action {first}); the others start after it.").format(
            first=first_decision.place
        )
        if first_decision
        else translator.gettext("Bold and blue: starts now (the first {first}).").format(first=report.roadmap.first)
    )
    key = translator.gettext(
        "Columns: by when the indicator should have moved, counted from the start. Dots: effort (small 1, medium 2, "
        "large 3). Filled bar: high impact. Square: urgent."
    )
    return f"{key} {starts}"


def find_first_decision(report: Report) -> Action | None:
    """Find the action that all others wait for; None if there is none."""
    places = {action.after for action in report.roadmap.actions}
    return next((action for action in report.roadmap.actions if action.place in places), None)


def split_into_pages(
    actions: Sequence[Action], translator: Translator, first: float, height: float
) -> Iterator[Sequence[Action]]:
    """Split the actions into pages by row height; the first page has less room than the others."""
    rows: list[Action] = []
    free = first
    for action in actions:
        heading = 0.0 if rows and rows[-1].part == action.part else GROUP_HEIGHT
        tall = measure_row_height(action, translator) + heading
        if rows and tall > free:
            yield tuple(rows)
            rows, free = [], height
        rows.append(action)
        free -= tall
    yield tuple(rows)


def make_owner_table(actions: Sequence[Action], translator: Translator) -> Flowable:
    """Make a table of owner, time and indicator, for editions without the roadmap."""
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
            make_cell(format_owner(action, translator)),
            _lay_out_timing(action, translator),
            make_cell(action.indicator),
        ]
        for action in actions
    ]
    return make_table([head, *rows], share_width([6, 38, 34, 16, 42]), pad=3.5)


def _lay_out_timing(action: Action, translator: Translator) -> Blocks:
    return [
        make_cell(format_until(action, translator)),
        *([make_cell(format_start(action, translator), "cell-muted")] if action.after else []),
    ]
