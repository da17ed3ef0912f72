"""Digests of a PDF's content that don't depend on which program saved it last."""

import hashlib
import re
from collections.abc import Iterator
from functools import partial

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf, Stream

STRING_PATTERN = rb"(?P<string>\((?:[^\\)]|\\.)*\)|<[0-9a-fA-F]*>)"
PARENT_PATTERN = rb"/(?:Parent|P|ParentTree|ParentTreeNextKey|StructParents|StructParent) (?:\d+ \d+ R|-?\d+)(?= )"
REFERENCE_PATTERN = rb"(?P<number>\d+) (?P<generation>\d+) R\b"
TOKEN_PATTERN = re.compile(
    b"|".join((STRING_PATTERN, PARENT_PATTERN, REFERENCE_PATTERN)), re.DOTALL
)  # parent references are dropped (cycles), others followed
STORAGE_KEYS = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL"})
SKIPPED_CATALOG_KEYS = frozenset({"/Pages", "/Outlines", "/Names", "/AF", "/Extensions", "/Version", "/Type"})
MAX_BOOKMARKS = 5000
MAX_DEPTH = 60


class ObjectDigests:
    """Digests of objects by content; shared objects are read once."""

    def __init__(self, pdf: Pdf) -> None:
        self.pdf = pdf
        self.pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self.cache: dict[tuple[int, int], bytes] = {}

    def digest_page(self, page: pikepdf.Page) -> str:
        """Digest a page with its fonts, images and links."""
        return hashlib.sha256(self._serialize(page.obj, 0)).hexdigest()

    def digest_object(self, value: object, depth: int = 0) -> bytes:
        """Digest one object; a page is represented by its number."""
        if not isinstance(value, Object):
            return repr(value).encode()
        if not value.is_indirect:
            return self._serialize(value, depth)
        return self._digest_indirect(value.objgen, value, depth)

    def _digest_indirect(self, place: tuple[int, int], value: Object | None, depth: int) -> bytes:
        if place in self.pages:
            return b"page %d" % self.pages[place]
        if place not in self.cache:
            self.cache[place] = b"again"  # ends a cycle
            content = self._serialize(self.pdf.get_object(place) if value is None else value, depth)
            self.cache[place] = hashlib.sha256(content).hexdigest().encode()
        return self.cache[place]

    def _serialize(self, value: object, depth: int) -> bytes:
        """Serialize an object, with digests in place of references, since object numbers change when saved."""
        if depth > MAX_DEPTH:
            raise ValueError("objects stand too deep in one another")
        if not isinstance(value, Object):
            return repr(value).encode()
        if isinstance(value, Stream):
            names = sorted(set(value.keys()) - STORAGE_KEYS)
            entries = (name.encode() + b" " + self.digest_object(value[name], depth + 1) for name in names)
            return b" ".join(entries) + b" stream " + decode_stream(value)
        return TOKEN_PATTERN.sub(partial(self._replace_token, depth), value.unparse(resolved=True))

    def _replace_token(self, depth: int, match: re.Match[bytes]) -> bytes:
        if match["string"]:
            return match[0]
        if match["number"]:
            return self._digest_indirect((int(match["number"]), int(match["generation"])), None, depth + 1)
        return b""


def decode_stream(stream: Stream) -> bytes:
    """Decompress a stream."""
    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:
        return bytes(stream.read_raw_bytes())  # an image: compare it as stored


def compute_page_digests(pdf: Pdf) -> tuple[str, ...]:
    digests = ObjectDigests(pdf)
    return tuple(digests.digest_page(page) for page in pdf.pages)


def compute_document_digest(pdf: Pdf) -> str:
    """Digest everything except the pages: metadata, bookmarks, structure tree, viewer settings."""
    digests = ObjectDigests(pdf)
    parts = [repr(sorted(read_document_info(pdf).items())), repr(list(list_bookmarks(pdf, digests)))]
    catalog = [name for name in sorted(pdf.Root.keys()) if name not in SKIPPED_CATALOG_KEYS]
    content = "\n".join(parts).encode()
    content += b"\n".join(name.encode() + digests.digest_object(pdf.Root[name]) for name in catalog)
    names = pdf.Root.get(Name.Names)
    if names is not None:
        others = [name for name in sorted(names.keys()) if name != "/EmbeddedFiles"]
        content += b"\n".join(name.encode() + digests.digest_object(names[name]) for name in others)
    return hashlib.sha256(content + repr(sorted(pdf.attachments)).encode()).hexdigest()


def has_other_files(pdf: Pdf, name: str) -> bool:
    """Return whether the PDF contains files other than this attachment, listed or not."""
    ours = pdf.attachments[name].obj
    streams = {stream.objgen for stream in ours.EF.values()}
    listed = {file.objgen for file in pdf.Root.get(Name.AF, [])}
    others = [value for value in pdf.objects if _has_file(value) and value.objgen not in {ours.objgen, *streams}]
    return len(streams) != 1 or not listed <= {ours.objgen} or bool(others)


def _has_file(value: Object) -> bool:
    return isinstance(value, Dictionary | Stream) and (Name.EF in value or value.get(Name.Type) == Name.EmbeddedFile)


def read_document_info(pdf: Pdf) -> dict[str, str]:
    """Read the document information dictionary."""
    return {str(name): str(value) for name, value in pdf.docinfo.items()}


def list_bookmarks(pdf: Pdf, digests: ObjectDigests) -> Iterator[tuple[int, str, bytes]]:
    """List depth, title and destination of all bookmarks, in order."""
    outlines = pdf.Root.get(Name.Outlines)
    waiting: list[tuple[int, Object]] = []
    if outlines is not None and Name.First in outlines:
        waiting.append((0, outlines.First))
    for _ in range(MAX_BOOKMARKS):
        if not waiting:
            return
        depth, entry = waiting.pop()
        yield (
            depth,
            str(entry.get(Name.Title, "")),
            digests.digest_object(entry.get(Name.Dest)) + digests.digest_object(entry.get(Name.A)),
        )
        if Name.Next in entry:
            waiting.append((depth, entry.Next))
        if Name.First in entry:
            waiting.append((depth + 1, entry.First))
