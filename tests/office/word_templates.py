"""Templates for Word as a firm would write them, and what is wrong with one."""

from functools import cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn

from assessment.errors import InvalidError
from assessment.office.word_template.template_check import check_template

LARGE_PARTS = ("stylesWithEffects", "theme", "numbering", "fontTable", "webSettings", "customXml")


@cache
def _write_small_document() -> bytes:
    """An empty document without most styles of python-docx: to check their 800 kB takes 50 ms for each template."""
    document = Document()
    styles = document.styles.element
    for element in list(styles):
        if element.tag == qn("w:latentStyles") or (element.tag == qn("w:style") and not element.get(qn("w:default"))):
            styles.remove(element)
    for id_, relationship in list(document.part.rels.items()):
        if relationship.reltype.rpartition("/")[2] in LARGE_PARTS:
            del document.part.rels[id_]
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def write_template(
    *paragraphs: str, rows: tuple[str, ...] = (), header: str = "", title: str = "", has_all_styles: bool = False
) -> bytes:
    document = Document(None if has_all_styles else BytesIO(_write_small_document()))
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(len(rows), 1)
        for row, text in zip(table.rows, rows, strict=True):
            row.cells[0].text = text
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.core_properties.title = title
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def change_part(template: bytes, name: str, old: str, new: str) -> bytes:
    """Replace text in one part; a part that is not there is added with the new text."""
    target = BytesIO()
    with ZipFile(BytesIO(template)) as source, ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == name:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            archive.writestr(entry, content)
        if name not in source.namelist():
            archive.writestr(name, new)
    return target.getvalue()


def read_texts(document: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(BytesIO(document)).paragraphs]


def list_problems(template: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidError) as caught:
        check_template(template)
    return [(str(problem.message), str(problem.remedy)) for problem in caught.value.problems]
