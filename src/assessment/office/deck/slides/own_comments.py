"""Slide of the consultant's comments: texts on other sections, notes on actions, reasons of moderated scores."""

from assessment.i18n.remark_places import REMARK_LABELS, name_remark_place
from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line
from assessment.office.report_tables import Cell, ReportTable, build_head

SKIPPED_PLACES = ("answer", "next")  # on a slide of its own; for the people who answered
MAX_COMMENT_LENGTH = 400


def add_own_comments(deck: DeckWriter) -> None:
    """Add what the consultant says about sections, actions and moderated scores; nothing if they say nothing.

    A playbook has the comments on its function and actions only. Speaker notes have long comments in full.
    """
    translator = deck.translator
    comments = _list_comments(deck)
    if not comments:
        return
    title = translator.gettext("The consultant comments on single results")
    writer = deck.add_slide(title, [f"{place}: {text}" for place, text in comments])
    rows = [[Cell(place, bold=True), Cell(_shorten(text))] for place, text in comments]
    heads = (translator.gettext("Part"), translator.gettext("In the consultant’s own words"))
    table = ReportTable(build_head(heads), rows, [44, 120])
    if missing := len(rows) - writer.add_table(CONTENT.take_top(0.94), table, size=14):
        text = translator.ngettext(
            "{count} more comment is in the speaker notes.", "{count} more comments are in the speaker notes.", missing
        )
        writer.add_text(CONTENT.take_bottom(0.06), [Line(text.format(count=missing), 12, tone="muted")], name="More")


def has_own_comments(deck: DeckWriter) -> bool:
    """Return whether `add_own_comments` adds a slide."""
    return bool(_list_comments(deck))


def _list_comments(deck: DeckWriter) -> list[tuple[str, str]]:
    """List place and text of each comment, in the order of the report."""
    selection, translator = deck.selection, deck.translator
    report = selection.report
    remarks = report.details.remarks
    places = [place for place in REMARK_LABELS if place not in SKIPPED_PLACES] if selection.is_complete else []
    named = [(name_remark_place(place, translator), remarks.get(place, "")) for place in places]
    named += [(part.name, remarks.get(part.id, "")) for part in selection.functions]
    template = translator.gettext("{place}: {moderated}, computed {computed}")
    if selection.is_complete:
        named += [
            (
                template.format(
                    place=row.place,
                    moderated=translator.format_figure(row.moderated),
                    computed=translator.format_figure(row.computed),
                ),
                row.reason,
            )
            for row in report.moderations
        ]
    named += [(action.title, action.note) for action in selection.actions]
    return [(place, text.strip()) for place, text in named if text.strip()]


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_COMMENT_LENGTH else text[: MAX_COMMENT_LENGTH - 1].rstrip() + "…"
