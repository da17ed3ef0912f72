"""Writes the structure tree into a drawn document; what belongs to no part of it is marked as decoration."""

from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Operator, Pdf, String

from assessment.pdf.sealing import saved
from assessment.pdf.tagging import Element

BEGIN, END = frozenset({"BDC", "BMC"}), "EMC"
PATH = frozenset({"m", "re"})
PAINT = frozenset({"f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "n"})
WHOLE = frozenset({"Do", "sh"})
Numbered = dict[int, dict[int, Object]]


def tagged(content: bytes, tree: Element) -> bytes:
    """Write the tree of what was drawn, mark the rest as artifacts, and say in XMP what the document is."""
    with Pdf.open(BytesIO(content)) as pdf:
        for page in pdf.pages:
            instructions = list(_with_artifacts(pikepdf.parse_content_stream(page)))
            page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
        _write(pdf, tree)
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = str(pdf.docinfo.get(Name.Title, ""))
            metadata["dc:language"] = {str(pdf.Root.Lang)}
            metadata["pdf:Producer"] = str(pdf.docinfo.get(Name.Producer, ""))
        return saved(pdf)


def _write(pdf: Pdf, tree: Element) -> None:
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    numbers: Numbered = defaultdict(dict)
    root.K = _element(pdf, tree, root, numbers)
    tree_of_parents = Array()
    for number, page in enumerate(pdf.pages):
        held = numbers.get(number, {})
        page.obj.StructParents = number
        page.obj.Tabs = Name.S
        tree_of_parents.append(number)
        tree_of_parents.append(pdf.make_indirect(Array([held[mark] for mark in sorted(held)])))
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=tree_of_parents))
    root.ParentTreeNextKey = len(pdf.pages)
    pdf.Root.StructTreeRoot = root
    pdf.Root.MarkInfo = Dictionary(Marked=True)


def _element(pdf: Pdf, element: Element, parent: Object, numbers: Numbered) -> Object:
    made = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{element.role}"), P=parent))
    if element.alt:
        made.Alt = String(element.alt)
    if element.scope:
        made.A = Dictionary(O=Name.Table, Scope=Name(f"/{element.scope}"))
    kids = Array()
    for kid in element.kids:
        if isinstance(kid, Element):
            kids.append(_element(pdf, kid, made, numbers))
            continue
        page, mark = kid
        numbers[page][mark] = made
        kids.append(Dictionary(Type=Name.MCR, Pg=pdf.pages[page].obj, MCID=mark))
    made.K = kids
    return made


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
