"""Cover: client, title, date, edition, the main finding."""

from assessment.charts.primitives.brand import find_panel_tone
from assessment.office.deck.placeholders import find_placeholder
from assessment.office.deck.slide_area import SlideArea
from assessment.office.deck.slide_writer import DeckWriter, Line, SlideWriter
from assessment.office.deck.template import CONTENT_WIDTH, MARGIN, WIDTH
from assessment.office.pictures import load_logo
from assessment.office.plain_text import clean_line

MAX_FINDING_LENGTH, MAX_NAME_LENGTH = 240, 90
LOGO_BOX = SlideArea(int(WIDTH - MARGIN - 1_900_000), 420_000, 1_900_000, 640_000)


def add_cover(deck: DeckWriter) -> None:
    """Add the first slide."""
    selection, details = deck.selection, deck.selection.report.details
    name = clean_line(details.organisation, MAX_NAME_LENGTH)
    notes = deck.render_method("method.items", "method.levels")
    writer = deck.add_slide(name, notes, is_cover=True)
    if deck.layouts.is_own:
        _fill_own_cover(deck, writer)
        return
    for shape in writer.slide.placeholders:
        if shape.name.startswith("Finding") or shape.placeholder_format.idx == 1:
            finding = deck.translator.render_message(selection.title)
            shape.text_frame.text = clean_line(finding, MAX_FINDING_LENGTH)
    line = " · ".join(text for text in (details.title, selection.date, selection.name) if text)
    box = SlideArea(int(MARGIN), 2_900_000, int(CONTENT_WIDTH), 420_000)
    writer.add_text(box, [Line(line, 18, tone=find_panel_tone("level-2"))], name="Details")
    author = deck.translator.gettext("Prepared by {author}").format(author=details.author) if details.author else ""
    foot = [Line(text, 14, tone=find_panel_tone("level-2")) for text in (author, selection.footer)]
    writer.add_text(SlideArea(int(MARGIN), 6_000_000, int(CONTENT_WIDTH), 600_000), foot, name="Source")
    logo = load_logo(details.logo)
    if logo is not None:
        writer.add_picture(LOGO_BOX, logo, clean_line(details.author or details.organisation, MAX_NAME_LENGTH))


def _fill_own_cover(deck: DeckWriter, writer: SlideWriter) -> None:
    """Fill in the cover of a firm's own template, which brings its look and its logo."""
    selection, details = deck.selection, deck.selection.report.details
    author = deck.translator.gettext("Prepared by {author}").format(author=details.author) if details.author else ""
    about = " · ".join(text for text in (details.title, selection.date, selection.name) if text)
    texts = {
        "Finding": clean_line(deck.translator.render_message(selection.title), MAX_FINDING_LENGTH),
        "Details": "\n".join(clean_line(text) for text in (about, author, selection.footer) if text),
    }
    for name, text in texts.items():
        shape = find_placeholder(writer.slide, name)
        if shape is not None and text:
            shape.text_frame.text = text
    for shape in list(writer.slide.placeholders):
        if not shape.has_text_frame or not shape.text_frame.text:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001 - shapes can't be removed otherwise
