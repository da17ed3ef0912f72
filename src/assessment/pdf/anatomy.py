"""What a PDF holds, whoever saved it last: digests of what is drawn, and what stands around the pages."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

UP = frozenset({"/Parent", "/P", "/Pg", "/ParentTree", "/ParentTreeNextKey", "/StructParents", "/StructParent"})
STORAGE = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL"})
APART = frozenset({"/Pages", "/Outlines", "/Names", "/AF", "/Extensions", "/Version", "/Type"})
MOST_ENTRIES = 5000
DEEPEST = 60


class Digests:
    """Digests of objects by what they hold; shared ones are read once."""

    def __init__(self, pdf: Pdf) -> None:
        self.pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self.known: dict[tuple[int, int], bytes] = {}

    def of_page(self, page: pikepdf.Page) -> str:
        """What is drawn on a page, with typefaces, pictures and links."""
        return hashlib.sha256(self._whole(page.obj, 0)).hexdigest()

    def of(self, value: Any, depth: int = 0) -> bytes:  # noqa: ANN401 - any object
        """Digest one object; a page is only named."""
        if not isinstance(value, Object):
            return repr(value).encode()
        if value.is_indirect and value.objgen in self.pages:
            return b"page %d" % self.pages[value.objgen]
        if not value.is_indirect:
            return self._whole(value, depth)
        if value.objgen not in self.known:
            self.known[value.objgen] = b"again"  # a circle ends here
            self.known[value.objgen] = hashlib.sha256(self._whole(value, depth)).digest()
        return self.known[value.objgen]

    def _whole(self, value: Object, depth: int) -> bytes:
        if depth > DEEPEST:
            raise ValueError("objects stand too deep in one another")
        if isinstance(value, Stream):
            return self._entries(value, depth) + b" stream " + _decoded(value)
        if isinstance(value, Dictionary):
            return self._entries(value, depth)
        if isinstance(value, Array):
            return b"[" + b" ".join(self.of(one, depth + 1) for one in value) + b"]"
        return bytes(value.unparse())

    def _entries(self, value: Object, depth: int) -> bytes:
        names = sorted(name for name in value.keys() if name not in UP | STORAGE)  # noqa: SIM118 - not a dict
        return b"<" + b" ".join(name.encode() + b" " + self.of(value[name], depth + 1) for name in names) + b">"


def _decoded(stream: Stream) -> bytes:
    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:
        return bytes(stream.read_raw_bytes())  # a picture: compared as it is stored


def page_digests(pdf: Pdf) -> tuple[str, ...]:
    """A digest of each page."""
    digests = Digests(pdf)
    return tuple(digests.of_page(page) for page in pdf.pages)


def document_digest(pdf: Pdf) -> str:
    """A digest of what stands around the pages: metadata, bookmarks, structure, and what a viewer is to do."""
    digests = Digests(pdf)
    parts = [repr(sorted(about(pdf).items())), repr(list(bookmarks(pdf, digests)))]
    catalog = [name for name in sorted(pdf.Root.keys()) if name not in APART]
    content = "\n".join(parts).encode()
    content += b"\n".join(name.encode() + digests.of(pdf.Root[name]) for name in catalog)
    names = pdf.Root.get(Name.Names)
    if names is not None:
        others = [name for name in sorted(names.keys()) if name != "/EmbeddedFiles"]
        content += b"\n".join(name.encode() + digests.of(names[name]) for name in others)
    return hashlib.sha256(content + repr(sorted(pdf.attachments)).encode()).hexdigest()


def more_files(pdf: Pdf, name: str) -> bool:
    """Tell whether there are files in the file beside the attachment of this name, listed or not."""
    ours = pdf.attachments[name].obj
    held = {stream.objgen for stream in ours.EF.values()}
    listed = {file.objgen for file in pdf.Root.get(Name.AF, [])}
    others = [each for each in pdf.objects if _holds_file(each) and each.objgen not in {ours.objgen, *held}]
    return len(held) != 1 or not listed <= {ours.objgen} or bool(others)


def _holds_file(value: Object) -> bool:
    return isinstance(value, Dictionary | Stream) and (Name.EF in value or value.get(Name.Type) == Name.EmbeddedFile)


def about(pdf: Pdf) -> dict[str, str]:
    """Title, author and the like."""
    return {str(name): str(value) for name, value in pdf.docinfo.items()}


def bookmarks(pdf: Pdf, digests: Digests) -> Iterator[tuple[int, str, bytes]]:
    """Depth, title and place of every bookmark, in order."""
    outlines = pdf.Root.get(Name.Outlines)
    waiting: list[tuple[int, Object]] = []
    if outlines is not None and Name.First in outlines:
        waiting.append((0, outlines.First))
    for _ in range(MOST_ENTRIES):
        if not waiting:
            return
        depth, entry = waiting.pop()
        yield depth, str(entry.get(Name.Title, "")), digests.of(entry.get(Name.Dest)) + digests.of(entry.get(Name.A))
        if Name.Next in entry:
            waiting.append((depth, entry.Next))
        if Name.First in entry:
            waiting.append((depth + 1, entry.First))
