"""A finished report as a screen reader would tell it: the text of every part, in reading order."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf

from assessment.pdf.inspection import extract_text

BLOCKS = frozenset({"/P", "/H1", "/H2", "/LBody", "/Link", "/TH", "/TD"})


def read_structure(content: bytes) -> list[tuple[str, str]]:
    """Role and text of every block that has text."""
    with pikepdf.open(BytesIO(content)) as pdf:
        texts = {page.obj.objgen: read_marked_text(page) for page in pdf.pages}
        return [
            (str(part.S)[1:], _read_text(part, texts))
            for part in _list_elements(pdf.Root.StructTreeRoot.K)
            if str(part.S) in BLOCKS
        ]


def _list_elements(element) -> Iterator:
    yield element
    for kid in list_children(element):
        yield from _list_elements(kid)


def list_children(element) -> list:
    """The parts that a part holds."""
    return [kid for kid in element.K if isinstance(kid, pikepdf.Object) and "/S" in kid]


def list_marks(element) -> list[tuple[tuple[int, int], int]]:
    """The marks that a part holds itself: each the object of its page, and its number there."""
    return [
        (kid.Pg.objgen, int(kid.MCID)) if isinstance(kid, pikepdf.Object) else (element.Pg.objgen, int(kid))
        for kid in element.K
        if not isinstance(kid, pikepdf.Object) or "/MCID" in kid
    ]


def _read_text(part, texts) -> str:
    if "/ActualText" in part:
        return str(part.ActualText)
    return "".join(texts[page].get(number, "") for page, number in list_marks(part))


def read_marked_text(page) -> dict[int, str]:
    """Return the text of a page by the number of its mark; a code without a character is a NUL."""
    found: dict[int, str] = {}
    mark, letters = None, {}
    fonts = {str(name): font for name, font in page.resources.get("/Font", {}).items()}
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BDC":
                mark = int(operands[1].MCID)
            case "EMC":
                mark = None
            case "Tf":
                letters = extract_text.read_character_map(fonts[str(operands[0])])
            case "Tj" if mark is not None:
                text = "".join(letters.get(code, "\0") for code in bytes(operands[0]))
                found[mark] = found.get(mark, "") + text
    return found
