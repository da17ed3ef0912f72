"""Random blocks, many of them higher than a page, and documents made of them."""

from io import BytesIO
from random import Random

import pypdfium2
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, NextPageTemplate, PageBreak, Spacer

from assessment.i18n import get_translator
from assessment.pdf.accessibility.tagged_canvas import TaggedCanvas
from assessment.pdf.document import COLUMNS_TEMPLATE, INNER_TEMPLATE, Heading, ReportDocument, RunningLines
from assessment.pdf.typesetting.column_filling import BalancedColumns
from assessment.pdf.typesetting.fonts import register_fonts
from assessment.pdf.typesetting.page_filling import BalancedGroups, FirstFit
from assessment.pdf.typesetting.page_groups import BreakablePart, MovablePart, SectionStart, TyingGap
from assessment.pdf.typesetting.text import (
    make_barred_paragraph,
    make_bullets,
    make_cell,
    make_labelled_paragraph,
    make_paragraph,
    make_table,
)
from assessment.pdf.typesetting.theme import COLUMN_WIDTH, CONTENT_HEIGHT, CONTENT_WIDTH

HEIGHTS = (1.0, 60.0, 300.0, 600.0, CONTENT_HEIGHT - 1, CONTENT_HEIGHT, CONTENT_HEIGHT + 1, 3000.0)
LENGTHS = (0, 2, 30, 110)  # words; a cell is truncated after 600 characters
ROWS = (1, 2, 5, 16)
STYLES = ("body", "small", "title", "heading", "kicker", "subheading")


class SolidBlock(Flowable):
    """A block that can't break, such as a chart; it prints its name."""

    def __init__(self, name, height, width=60.0):
        super().__init__()
        self.name, self.width, self.height = name, width, height

    def wrap(self, *_):
        return self.width, self.height

    def drawOn(self, canvas, x, y, _sW=0):  # noqa: N802, N803 - ReportLab's
        text = make_paragraph(self.name)
        text.wrapOn(canvas, self.width, self.height)
        text.drawOn(canvas, x, y)


def make_own_text(text, _style):
    """A text in several fonts, with a bar, that breaks its lines itself."""
    return make_barred_paragraph(f"\u05e9\u05dc\u05d5\u05dd {text}" if len(text) % 2 else text)


def make_emphasis(text, style):
    return make_labelled_paragraph("Label", text, style)


def make_point(text, style):
    return make_bullets([text], style)[0]


class BlockMaker:
    """Makes random blocks; each text ends with a name of its own."""

    def __init__(self, seed, width=CONTENT_WIDTH):
        self.random = Random(seed)  # noqa: S311 - a test
        self.width, self.names = width, []

    def make_name(self):
        self.names.append(f"n{len(self.names):04}n")
        return self.names[-1]

    def make_text(self, lengths=LENGTHS):
        return f"{'word ' * self.random.choice(lengths)}{self.make_name()}"

    def make_block(self):
        kinds = (
            self.make_solid,
            self.make_text_block,
            self.make_table,
            self.make_table,
            self.make_gap,
            self.make_group,
        )
        return self.random.choice(kinds)()

    def make_blocks(self):
        return [self.make_block() for _ in range(self.random.choice((1, 2, 3)))]

    def make_solid(self):
        return SolidBlock(self.make_name(), self.random.choice(HEIGHTS))

    def make_text_block(self):
        style = self.random.choice(STYLES)
        if style == "title":
            return Heading(self.make_name(), style)
        make = self.random.choice((make_paragraph, make_paragraph, make_own_text, make_emphasis, make_point))
        return make(self.make_text((*LENGTHS, 1100)), style)

    def make_gap(self):
        return self.random.choice((Spacer, TyingGap))(1, self.random.choice((1.0, 20.0, 800.0)))

    def make_table(self):
        columns = self.random.choice((1, 2, 3))
        rows = [[self.make_cell() for _ in range(columns)] for _ in range(self.random.choice(ROWS))]
        return make_table(
            rows, [self.width / columns] * columns, head=min(len(rows) - 1, self.random.choice((0, 1, 2)))
        )

    def make_cell(self):
        if not self.random.randrange(12):
            return [make_cell(self.make_text()), self.make_solid()]
        return make_cell(self.make_text()) if self.random.randrange(4) else [make_cell(self.make_text()) for _ in "12"]

    def make_group(self):
        if self.random.randrange(2):
            return KeepTogether(self.make_blocks())
        blocks = self.make_blocks()  # the same in each choice, so that none is lost whichever is printed
        return FirstFit([lambda: [*blocks, Spacer(1, 200)], lambda: blocks])

    def make_sections(self):
        kinds = (SectionStart, MovablePart, BreakablePart, list)
        groups = [self.random.choice(kinds)(self.make_blocks()) for _ in range(self.random.choice((1, 2, 5)))]
        return BalancedGroups(
            [lambda: groups, lambda: groups],
            CONTENT_HEIGHT,
            saves_pages=self.random.random() < 0.5,
        )

    def make_columns(self):
        blocks = [
            block for _ in range(self.random.choice((1, 4, 8))) for block in (CondPageBreak(90), self.make_table())
        ]
        return BalancedColumns([lambda: blocks, lambda: blocks], CONTENT_HEIGHT)


def make_story(seed):
    """Make a random story; return it and the names that it must print."""
    maker, columns = BlockMaker(seed), BlockMaker(seed, COLUMN_WIDTH)
    columns.names = maker.names
    story = [
        NextPageTemplate(INNER_TEMPLATE),
        *maker.make_blocks(),
        maker.make_sections(),
        *maker.make_blocks(),
        PageBreak(),
        maker.make_sections(),
    ]
    story += [
        NextPageTemplate(COLUMNS_TEMPLATE),
        PageBreak(),
        Heading(maker.make_name(), "title"),
        columns.make_columns(),
    ]
    return story, maker.names


def print_document(story):
    """Lay out a document as reports are; return the text of each page."""
    register_fonts()
    target = BytesIO()
    document = ReportDocument(target, get_translator("en"), RunningLines("", ""), INNER_TEMPLATE)
    document.build(story, canvasmaker=TaggedCanvas)
    with pypdfium2.PdfDocument(target.getvalue()) as made:
        return [page.get_textpage().get_text_bounded() for page in made]
