"""Extract the words of PDF pages from their content streams."""

import re
from functools import lru_cache
from typing import Any

import pikepdf
from pikepdf import Array, Name, Object, Page, Stream, String

TEXT_OPERATORS = frozenset({"Tj", "TJ", "'", '"'})
BFCHAR_PATTERN = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
BFRANGE_PATTERN = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
PAIR_PATTERN = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
TRIPLE_PATTERN = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[(.*?)\])", re.DOTALL)
HEX_PATTERN = re.compile(rb"<([0-9A-Fa-f]+)>")
MAX_DEPTH = 8
MAX_CONTENT_BYTES = 1024 * 1024  # of a page; parsed, it takes 200 times as much; a report's have 30 KB


def extract_words(page: Page) -> tuple[str, ...]:
    """Extract the words of a page, in drawing order. Raises `ValueError` if it is too large to be parsed."""
    return tuple(" ".join(_extract_runs(page.obj, page.obj.get(Name.Resources), 0)).split())


def _extract_runs(source: Object, resources: Object | None, depth: int) -> list[str]:
    """Extract text of a page or of the form XObjects that it draws."""
    if _measure_content(source) > MAX_CONTENT_BYTES:
        raise ValueError("a page has more content than that of any report")
    runs: list[str] = []
    character_map: dict[int, str] = {}
    fonts: Any = {} if resources is None else resources.get(Name.Font, {})
    forms: Any = {} if resources is None else resources.get(Name.XObject, {})
    for instruction in pikepdf.parse_content_stream(source):
        operands, name = instruction.operands, str(instruction.operator)
        if name == "Tf" and str(operands[0]) in fonts:
            character_map = read_character_map(fonts[str(operands[0])])
        elif name in TEXT_OPERATORS:
            runs.append(_decode_operand(operands[-1], character_map))
        elif name == "Do" and depth < MAX_DEPTH and str(operands[0]) in forms:
            form = forms[str(operands[0])]
            if form.get(Name.Subtype) == Name.Form:
                runs += _extract_runs(form, form.get(Name.Resources, resources), depth + 1)
    return runs


def _measure_content(source: Object) -> int:
    """Return the unpacked size of a page's or form's content in bytes."""
    content = source if isinstance(source, Stream) else source.get(Name.Contents, Array([]))
    return sum(len(part.read_bytes()) for part in (content if isinstance(content, Array) else [content]))


def _decode_operand(operand: Object, character_map: dict[int, str]) -> str:
    pieces = [piece for piece in operand if isinstance(piece, String)] if isinstance(operand, Array) else [operand]
    return "".join(character_map.get(code, chr(code)) for piece in pieces for code in bytes(piece))


def read_character_map(font: Object) -> dict[int, str]:
    """Read a font's map from codes to text (ToUnicode)."""
    table = font.get(Name.ToUnicode)
    return {} if table is None else _parse_character_map(bytes(table.read_bytes()))


@lru_cache(maxsize=256)
def _parse_character_map(table: bytes) -> dict[int, str]:
    character_map: dict[int, str] = {}
    for block in BFCHAR_PATTERN.findall(table):
        character_map |= {int(code, 16): _decode_utf16(text) for code, text in PAIR_PATTERN.findall(block)}
    for block in BFRANGE_PATTERN.findall(table):
        for first, last, start, targets in TRIPLE_PATTERN.findall(block):
            codes = range(int(first, 16), min(int(last, 16), 0xFFFF) + 1)
            if start:
                character_map |= {code: chr(int(start, 16) + place) for place, code in enumerate(codes)}
            else:
                character_map |= dict(zip(codes, map(_decode_utf16, HEX_PATTERN.findall(targets)), strict=False))
    return character_map


def _decode_utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")
