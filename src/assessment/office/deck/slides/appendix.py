"""Last slide: who took part, what is hidden and why, where the figures come from."""

from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line, SlideWriter, build_bullets
from assessment.office.report_tables import build_people_table, build_provenance_table

MAX_PARAGRAPHS = 4
NOT_ON_SLIDE = ("provenance.digest", "provenance.id", "provenance.title", "provenance.wave", "provenance.mode")


def add_appendix(deck: DeckWriter) -> None:
    """Add the people by role and by function, never by both."""
    report, translator = deck.selection.report, deck.translator
    section = report.participation
    excluded = () if report.consensus else (section.careless,)
    notes = translator.render_messages((*report.appendix.method, *excluded, *section.notes))
    writer = deck.add_slide(translator.render_message(section.title), notes)
    lines = [Line(translator.gettext("Who took part"), bold=True, tone="accent")]
    others = [note for note in section.notes if note.id != "taking-part.counted"]  # the title says it
    lines += build_bullets((*others[:MAX_PARAGRAPHS], *excluded), translator, 13)
    left = CONTENT.take_left(0.46)
    writer.add_text(left.take_top(0.4), lines, name="Who took part")
    if not report.consensus:
        lower = left.take_bottom(0.58)
        for box, label, counts in (
            (lower.take_left(0.5), translator.gettext("Role"), section.by_role),
            (lower.take_right(0.5), translator.gettext("Function"), section.by_function),
        ):
            if counts:
                writer.add_table(box, build_people_table(label, counts, translator))
    _add_origin(writer, deck)


def add_provenance(deck: DeckWriter) -> None:
    """Add where the figures come from; a playbook counts no people."""
    writer = deck.add_slide(deck.translator.gettext("Every figure comes from one release, which never changes"), [])
    _add_origin(writer, deck)


def _add_origin(writer: SlideWriter, deck: DeckWriter) -> None:
    translator, right = deck.translator, CONTENT.take_right(0.5)
    lines = [Line(translator.gettext("What is hidden, and why"), bold=True, tone="accent")]
    lines += build_bullets(deck.selection.hidden, translator, 12)
    writer.add_text(right.take_top(0.48), lines, name="Hidden")
    table = build_provenance_table(deck.selection, NOT_ON_SLIDE)
    writer.add_table(right.take_bottom(0.52), table)
