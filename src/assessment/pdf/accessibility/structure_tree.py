"""Write the structure tree and PDF/UA metadata into a drawn document."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from assessment.pdf.accessibility.tagged_canvas import MarkedContent, StructureElement, TaggedLink

MAPPING_PATTERN = re.compile(rb"<([0-9A-F]+)> <([0-9A-F]+)>\n")
MAPPINGS_PATTERN = re.compile(rb"\d+ beginbfchar\n.*endbfchar\n", re.DOTALL)
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
MAX_MAPPINGS = 100  # per block (limit of the CMap format)
NONCHARACTERS = frozenset({0x0000, 0xFEFF, 0xFFFE})


def write_structure(pdf: Pdf, tree: StructureElement, page_order: Sequence[int]) -> None:
    """Write the structure tree, fix the fonts' character maps, and set the XMP metadata.

    `tree` counts pages as they were drawn, `page_order` has them as they are in the file.
    """
    fonts = {font.objgen: font for page in pdf.pages for font in page.resources.get(Name.Font, {}).values()}
    for font in fonts.values():
        _fix_character_map(font)
    _write_tree(pdf, tree, page_order)
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["dc:title"] = str(pdf.docinfo.get(Name.Title, ""))
        metadata["dc:language"] = {str(pdf.Root.Lang)}
        metadata["pdfuaid:part"] = "1"
        metadata["pdf:Producer"] = str(pdf.docinfo.get(Name.Producer, ""))
    pdf.Root.PageMode = Name.UseOutlines  # readers open with the bookmarks
    _escape_stream_keyword(pdf)


def write_creation_date(pdf: Pdf, released: str | None) -> None:
    """Set the date of the release as creation date: the same release gives the same bytes on any day."""
    try:
        moment = datetime.fromisoformat(released or "")
    except ValueError:
        moment = NO_DATE
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    text = moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
    pdf.docinfo[Name.CreationDate] = pdf.docinfo[Name.ModDate] = text
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["xmp:CreateDate"] = metadata["xmp:ModifyDate"] = moment.astimezone(UTC).isoformat()
    _escape_stream_keyword(pdf)


def _escape_stream_keyword(pdf: Pdf) -> None:
    """Escape "endstream" in the XMP metadata, which pikepdf rewrites each time: some readers search for it."""
    metadata = bytes(pdf.Root.Metadata.read_bytes())
    pdf.Root.Metadata.write(metadata.replace(b"endstream", b"end&#115;tream"))


def _fix_character_map(font: Object) -> None:
    """Encode all targets as UTF-16 and drop the code of the missing glyph, which no text uses."""
    if Name.ToUnicode not in font:
        return
    table = bytes(font.ToUnicode.read_bytes())
    signs = [(code, int(sign, 16)) for code, sign in MAPPING_PATTERN.findall(table)]
    lines = [
        b"<%b> <%b>\n" % (code, chr(sign).encode("utf-16-be").hex().upper().encode())
        for code, sign in signs
        if sign not in NONCHARACTERS
    ]
    blocks = [lines[start : start + MAX_MAPPINGS] for start in range(0, len(lines), MAX_MAPPINGS)]
    mappings = b"".join(b"%d beginbfchar\n%bendbfchar\n" % (len(block), b"".join(block)) for block in blocks)
    font.ToUnicode.write(MAPPINGS_PATTERN.sub(lambda _: mappings, table))


def _write_tree(pdf: Pdf, tree: StructureElement, page_order: Sequence[int]) -> None:
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    writer = _TreeWriter(pdf, page_order)
    root.K = writer.write_element(tree, root)
    root.ParentTree, root.ParentTreeNextKey = writer.write_parent_tree()
    pdf.Root.StructTreeRoot = root
    pdf.Root.MarkInfo = Dictionary(Marked=True)


class _TreeWriter:
    """Writer of a structure tree; records the parent element of each marked content and link."""

    def __init__(self, pdf: Pdf, page_order: Sequence[int]) -> None:
        self.pdf = pdf
        self.pages = [page.obj for page in pdf.pages]
        self.places = {drawn: place for place, drawn in enumerate(page_order)}
        self.mark_holders: list[dict[int, Object]] = [{} for _ in self.pages]
        self.link_holders: list[Object] = []

    def write_element(self, element: StructureElement, parent: Object) -> Object:
        """Write an element and its children. Its marks are plain numbers on the page of the first one."""
        dictionary = self.pdf.make_indirect(Dictionary({"/S": Name(f"/{element.role}"), "/P": parent}))
        _set_attributes(dictionary, element)
        home = next((self.places[child.page] for child in element.children if isinstance(child, MarkedContent)), None)
        if home is not None:
            dictionary.Pg = self.pages[home]
        dictionary.K = Array([self._write_child(child, dictionary, home) for child in element.children])
        return dictionary

    def _write_child(
        self, child: StructureElement | MarkedContent | TaggedLink, holder: Object, home: int | None
    ) -> object:
        if isinstance(child, StructureElement):
            return self.write_element(child, holder)
        if isinstance(child, TaggedLink):
            return self._write_link(child, holder)
        place = self.places[child.page]
        self.mark_holders[place][child.number] = holder
        return (
            child.number
            if place == home
            else Dictionary({"/Type": Name.MCR, "/Pg": self.pages[place], "/MCID": child.number})
        )

    def _write_link(self, link: TaggedLink, holder: Object) -> Object:
        page = self.pages[self.places[link.page]]
        annotation = page.Annots[link.number]
        annotation.StructParent = len(self.pages) + len(self.link_holders)
        annotation.Contents = String(link.description)
        self.link_holders.append(holder)
        return Dictionary(Type=Name.OBJR, Pg=page, Obj=annotation)

    def write_parent_tree(self) -> tuple[Object, int]:
        """Write the parent tree; return it with the next free key."""
        entries: list[object] = []
        for number, (page, holders) in enumerate(zip(self.pages, self.mark_holders, strict=True)):
            page.StructParents, page.Tabs = number, Name.S
            entries += [number, self.pdf.make_indirect(Array([holders[mark] for mark in sorted(holders)]))]
        for number, holder in enumerate(self.link_holders, start=len(self.pages)):
            entries += [number, holder]
        return self.pdf.make_indirect(Dictionary(Nums=Array(entries))), len(self.pages) + len(self.link_holders)


def _set_attributes(dictionary: Object, element: StructureElement) -> None:
    if element.alt:
        dictionary.Alt = String(element.alt)
    if element.actual_text:
        dictionary.ActualText = String(element.actual_text)
    if element.scope:
        dictionary.A = Dictionary(O=Name.Table, Scope=Name(f"/{element.scope}"))
    if element.box is not None:
        box = Array([round(side, 2) for side in element.box])
        dictionary.A = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=box)
