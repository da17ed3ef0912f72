"""A finished report as a screen reader would tell it: the text of every part, in reading order."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf

from assessment.pdf import reading

BLOCKS = frozenset({"/P", "/H1", "/H2", "/LBody", "/Link", "/TH", "/TD"})


def heard(content: bytes) -> list[tuple[str, str]]:
    """Role and text of every block that has text."""
    with pikepdf.open(BytesIO(content)) as pdf:
        texts = {page.obj.objgen: marked(page) for page in pdf.pages}
        return [
            (str(part.S)[1:], _text(part, texts)) for part in _parts(pdf.Root.StructTreeRoot.K) if str(part.S) in BLOCKS
        ]


def _parts(element) -> Iterator:
    yield element
    for kid in within(element):
        yield from _parts(kid)


def within(element) -> list:
    """The parts that a part holds."""
    return [kid for kid in element.K if isinstance(kid, pikepdf.Object) and "/S" in kid]


def marks(element) -> list[tuple[tuple[int, int], int]]:
    """The marks that a part holds itself: each the object of its page, and its number there."""
    return [
        (kid.Pg.objgen, int(kid.MCID)) if isinstance(kid, pikepdf.Object) else (element.Pg.objgen, int(kid))
        for kid in element.K
        if not isinstance(kid, pikepdf.Object) or "/MCID" in kid
    ]


def _text(part, texts) -> str:
    if "/ActualText" in part:
        return str(part.ActualText)
    return "".join(texts[page].get(number, "") for page, number in marks(part))


def marked(page) -> dict[int, str]:
    """What is written on a page, by the number of its mark; a code that stands for nothing is a NUL."""
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
                letters = reading.letters(fonts[str(operands[0])])
            case "Tj" if mark is not None:
                text = "".join(letters.get(code, "\0") for code in bytes(operands[0]))
                found[mark] = found.get(mark, "") + text
    return found
