"""Pages drawn last and inserted: contents of any length name the right pages."""

import re
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from reportlab.platypus import PageBreak

from assessment.i18n import get_translator
from assessment.pdf.accessibility.structure_tree import write_structure
from assessment.pdf.accessibility.tagged_canvas import TaggedCanvas
from assessment.pdf.document import INNER_TEMPLATE, DeferredPages, Heading, ReportDocument, RunningLines
from assessment.pdf.table_of_contents import make_contents_entries
from assessment.pdf.typesetting.fonts import register_fonts
from assessment.pdf.typesetting.text import make_paragraph
from tests.pdf.structure_reader import list_children, list_marks


def print_chapters(count):
    """A first page, the contents, and `count` chapters on a page each; returns the file."""
    register_fonts()
    target = BytesIO()
    document = ReportDocument(target, get_translator("en"), RunningLines("Head", "Foot"), INNER_TEMPLATE)
    story = [
        Heading("Opening", "title"),
        DeferredPages("Contents", lambda lines: [make_paragraph("Contents", "title"), *make_contents_entries(lines)]),
    ]
    for number in range(count):
        name = f"Chapter {number:03d}."
        story += [PageBreak(), Heading(name, "title", 0, name), make_paragraph("Words.")]
    document.build(story, canvasmaker=TaggedCanvas)
    with pikepdf.open(target) as pdf:
        write_structure(pdf, document.canv.tree, document.canv.page_order)
        finished = BytesIO()
        pdf.save(finished)
    return finished.getvalue()


def read_pages(content):
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def list_bookmark_pages(content):
    with pypdfium2.PdfDocument(content) as document:
        return [(mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()]


def list_marked_pages(content):
    """Pages by reading order of the structure: each page of marked content once, where it comes first."""
    with pikepdf.open(BytesIO(content)) as pdf:
        places = {page.objgen: number for number, page in enumerate(pdf.pages)}
        waiting, pages = [pdf.Root.StructTreeRoot.K], []
        while waiting:
            element = waiting.pop()
            pages += [places[page] for page, _ in list_marks(element)]
            waiting += reversed(list(list_children(element)))
    return list(dict.fromkeys(pages))


def list_link_targets(content):
    with pikepdf.open(BytesIO(content)) as pdf:
        places = {page.objgen: number for number, page in enumerate(pdf.pages)}
        targets = [link.Dest for page in pdf.pages for link in page.obj.get("/Annots", [])]
        named = pdf.Root.get("/Dests", {})
        return [places[(named[target] if isinstance(target, pikepdf.Name) else target)[0].objgen] for target in targets]


@pytest.mark.parametrize(("chapters", "inserted"), [(3, 1), (60, 2), (130, 4)])
def test_contents_name_the_printed_pages_of_chapters_behind_them(chapters, inserted):
    content = print_chapters(chapters)

    pages = read_pages(content)
    assert len(pages) == 1 + inserted + chapters
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    contents = "\n".join(pages[1 : 1 + inserted])
    listed = re.findall(r"(Chapter \d+\.)\s*(\d+)", contents)
    assert len(listed) == chapters
    assert all(name in pages[int(number) - 1] for name, number in listed)


@pytest.mark.parametrize("chapters", [3, 60])
def test_bookmarks_structure_and_links_follow_the_order_of_the_pages(chapters):
    content = print_chapters(chapters)

    marks = list_bookmark_pages(content)
    assert [title for title, _ in marks[:3]] == ["Opening", "Contents", "Chapter 000."]
    assert [page for _, page in marks] == sorted(page for _, page in marks)
    assert list_marked_pages(content) == list(range(len(read_pages(content))))
    assert list_link_targets(content) == [page for title, page in marks if title.startswith("Chapter")]
