"""Page of the roadmap, with the owners of the first actions."""

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable, KeepTogether

from assessment.charts.roadmap import draw_roadmap_chart, measure_row_height
from assessment.domain.report import Report
from assessment.domain.report.sections.roadmap import Action
from assessment.i18n import Translator
from assessment.i18n.action_texts import format_start
from assessment.pdf.page_blocks import (
    Blocks,
    lay_out_remark,
    lay_out_unknown,
    make_chart_block,
    make_heading,
    make_notes,
    start_page,
)
from assessment.pdf.typesetting.text import (
    make_cell,
    make_gap,
    make_paragraph,
    make_table,
    share_width,
)
from assessment.pdf.typesetting.theme import CONTENT_HEIGHT, CONTENT_WIDTH

MAX_ROWS_HEIGHT = 0.72 * CONTENT_HEIGHT  # per page of the roadmap


def lay_out_roadmap(report: Report, translator: Translator) -> Blocks:
    part = report.roadmap
    subject, title = translator.gettext("Roadmap"), translator.render_message(part.title)
    blocks = start_page(subject, title) if part.actions else lay_out_unknown(subject, title)
    if not part.actions:
        return [
            *blocks,
            make_paragraph(translator.render_message(report.answer.decision)),
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
    return translator.join_list([translator.format_number(action.place) for action in actions])


def format_roadmap_key(report: Report, translator: Translator) -> str:
    """Format the key of the roadmap chart."""
    key = translator.gettext(
        "Columns: by when the indicator should have moved, counted from the start. "
        "Colour: start now (the first {first}). Length: effort (small, medium, large). "
        "Filled: high impact. Square: urgent."
    )
    if first_decision := find_first_decision(report):
        key = translator.gettext(
            "Columns: by when the indicator should have moved, counted from the start. "
            "Colour: start now (action {first}); the others start after it. Length: effort (small, medium, large). "
            "Filled: high impact. Square: urgent."
        )
        return key.format(first=first_decision.place)
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
