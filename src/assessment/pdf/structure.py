"""Writes the structure tree into a drawn document; what belongs to no part of it is marked as decoration."""

import re
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Operator, Pdf, String

from assessment.pdf.sealing import saved
from assessment.pdf.tagging import Element, Link

BEGIN, END = frozenset({"BDC", "BMC"}), "EMC"
PATH = frozenset({"m", "re"})
PAINT = frozenset({"f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "n"})
WHOLE = frozenset({"Do", "sh"})
MAPPING = re.compile(rb"<([0-9A-F]+)> <([0-9A-F]+)>\n")
MAPPINGS = re.compile(rb"\d+ beginbfchar\n.*endbfchar\n", re.DOTALL)
MOST_MAPPINGS = 100  # in one block, as the format has it
NOTHING = frozenset({0x0000, 0xFEFF, 0xFFFE})
Numbered = dict[int, dict[int, Object]]


def tagged(content: bytes, tree: Element) -> bytes:
    """Write the tree of what was drawn, mark the rest as artifacts, and say in XMP what the document is."""
    with Pdf.open(BytesIO(content)) as pdf:
        for page in pdf.pages:
            instructions = list(_with_artifacts(pikepdf.parse_content_stream(page)))
            page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
            for font in page.resources.get(Name.Font, {}).values():
                _mend(font)
        _write(pdf, tree)
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = str(pdf.docinfo.get(Name.Title, ""))
            metadata["dc:language"] = {str(pdf.Root.Lang)}
            metadata["pdfuaid:part"] = "1"
            metadata["pdf:Producer"] = str(pdf.docinfo.get(Name.Producer, ""))
        about = bytes(pdf.Root.Metadata.read_bytes())
        pdf.Root.Metadata.write(about.replace(b"endstream", b"end&#115;tream"))  # for readers that look for its end
        return saved(pdf)


def _mend(font: Object) -> None:
    """Say of each code what it stands for, and nothing of the code for a missing sign, which no text uses."""
    if Name.ToUnicode not in font:
        return
    table = bytes(font.ToUnicode.read_bytes())
    signs = [(code, int(sign, 16)) for code, sign in MAPPING.findall(table)]
    lines = [
        b"<%b> <%b>\n" % (code, chr(sign).encode("utf-16-be").hex().upper().encode())
        for code, sign in signs
        if sign not in NOTHING
    ]
    blocks = [lines[start : start + MOST_MAPPINGS] for start in range(0, len(lines), MOST_MAPPINGS)]
    mended = b"".join(b"%d beginbfchar\n%bendbfchar\n" % (len(block), b"".join(block)) for block in blocks)
    font.ToUnicode.write(MAPPINGS.sub(lambda _: mended, table))


def _write(pdf: Pdf, tree: Element) -> None:
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    numbers: Numbered = defaultdict(dict)
    linked: list[Object] = []
    root.K = _element(pdf, tree, root, numbers, linked)
    tree_of_parents = Array()
    for number, page in enumerate(pdf.pages):
        held = numbers.get(number, {})
        page.obj.StructParents = number
        page.obj.Tabs = Name.S
        tree_of_parents.append(number)
        tree_of_parents.append(pdf.make_indirect(Array([held[mark] for mark in sorted(held)])))
    for number, element in enumerate(linked, start=len(pdf.pages)):
        tree_of_parents.append(number)
        tree_of_parents.append(element)
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=tree_of_parents))
    root.ParentTreeNextKey = len(pdf.pages) + len(linked)
    pdf.Root.StructTreeRoot = root
    pdf.Root.MarkInfo = Dictionary(Marked=True)


def _element(pdf: Pdf, element: Element, parent: Object, numbers: Numbered, linked: list[Object]) -> Object:
    made = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{element.role}"), P=parent))
    _describe(made, element)
    kids = Array()
    for kid in element.kids:
        if isinstance(kid, Element):
            kids.append(_element(pdf, kid, made, numbers, linked))
        elif isinstance(kid, Link):
            annotation = pdf.pages[kid.page].obj.Annots[kid.number]
            annotation.StructParent = len(pdf.pages) + len(linked)
            annotation.Contents = String(kid.says)
            linked.append(made)
            kids.append(Dictionary(Type=Name.OBJR, Pg=pdf.pages[kid.page].obj, Obj=annotation))
        else:
            numbers[kid.page][kid.number] = made
            kids.append(Dictionary(Type=Name.MCR, Pg=pdf.pages[kid.page].obj, MCID=kid.number))
    made.K = kids
    return made


def _describe(made: Object, element: Element) -> None:
    if element.alt:
        made.Alt = String(element.alt)
    if element.spoken:
        made.ActualText = String(element.spoken)
    if element.scope:
        made.A = Dictionary(O=Name.Table, Scope=Name(f"/{element.scope}"))
    if element.box is not None:
        box = Array([round(side, 2) for side in element.box])
        made.A = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=box)


def _with_artifacts(instructions: Any) -> Iterator[Any]:  # noqa: ANN401 - pikepdf's own list
    """Put marks for decoration around whatever is drawn outside of marked content."""
    depth, ends = 0, frozenset[str]()
    for instruction in instructions:
        name = str(instruction.operator)
        if name in BEGIN:
            depth += 1
        if not depth and not ends:
            ends = frozenset({"ET"}) if name == "BT" else PAINT if name in PATH else WHOLE if name in WHOLE else ends
            if ends:
                yield pikepdf.ContentStreamInstruction([Name.Artifact], Operator("BMC"))
        yield instruction
        if name in ends:
            ends = frozenset()
            yield pikepdf.ContentStreamInstruction([], Operator("EMC"))
        if name == END:
            depth -= 1
