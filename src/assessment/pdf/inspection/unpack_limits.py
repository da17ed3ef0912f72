"""Limits on the unpacked size of a PDF, checked before parsing: a small file can be a decompression bomb.

To open a PDF already unpacks some streams, and any stream can be one of these. So the raw bytes are checked: every
stream has at most one filter, which is written out next to it, and unpacks to little enough.
"""

import re
import zlib
from collections.abc import Iterator

from pikepdf import Array, Name, Pdf, Stream, settings

from assessment.errors import InvalidError, Problem

MAX_UNPACKED_BYTES = 24 * 1024 * 1024  # four times the largest report; checks hold several copies of a stream
MAX_TOKENS = 1_000_000  # an object in memory takes 140 bytes; a report has 140,000
CHUNK_BYTES = 64 * 1024
HEADER_BYTES = 2  # of zlib
ALLOWED_FILTERS = frozenset({"/FlateDecode", "/DCTDecode"})  # reports use no others, and one at a time
NUL_TO_SPACE = bytes.maketrans(b"\0", b" ")

# Whatever qpdf accepts after this keyword.
STREAM_PATTERN = re.compile(rb"stream[ \t\f\v]*(?:\r\n|\r|\n)?")


def _match_key(name: str) -> bytes:
    """Return a pattern for a key of a dictionary, whose letters may be written as #xx."""
    letters = (rb"(?:%c|#(?i:%02x))" % (ord(letter), ord(letter)) for letter in name)
    return b"/" + b"".join(letters) + rb"(?![^\0\s()<>\[\]{}/%])"


# A value that is a reference may hide in a packed stream.
UNUSUAL_PATTERN = re.compile(
    _match_key("Filter")
    + rb"(?!\s*(?:/(?:FlateDecode|DCTDecode|Adobe\.PPK\w+)|\[\s*(?:/(?:FlateDecode|DCTDecode)\s*)?\])[\s/>])"
    + b"|"
    + _match_key("DecodeParms")
    + rb"(?!\s*(?:<<|null\b|\[\s*(?:<<|null\s*\]|\])))"
)
# qpdf reads objects only from a stream that begins with a number; a picture of one colour could be all names.
OBJECTS_PATTERN = re.compile(rb"[\s\0]*(?:[%+\-\d]|\Z)")
PREDICTOR_PATTERN = re.compile(_match_key("Predictor"))
ENCRYPTION_PATTERN = re.compile(_match_key("Encrypt"))

# A second line of defence, for all of this process.
settings.set_qpdf_limits(
    flate_max_memory=MAX_UNPACKED_BYTES,
    png_max_memory=MAX_UNPACKED_BYTES,
    tiff_max_memory=MAX_UNPACKED_BYTES,
    run_length_max_memory=MAX_UNPACKED_BYTES,
)


def is_encrypted(content: bytes) -> bool:
    """Return whether a PDF may be encrypted, so that its raw bytes say nothing."""
    return ENCRYPTION_PATTERN.search(content) is not None


def check_unpacked_size(content: bytes) -> None:
    """Raise `InvalidError` if the streams unpack to more than the limits, or can't be counted.

    Scans the raw bytes and decompresses in chunks: opening the file would already unpack some streams.
    """
    if UNUSUAL_PATTERN.search(content):
        raise InvalidError("This is not a report.", [Problem("It is packed as no report is.")])
    size, tokens, previous = 0, 0, 0
    view = memoryview(content)
    for match in STREAM_PATTERN.finditer(content):
        has_predictor = PREDICTOR_PATTERN.search(content, previous, match.start()) is not None
        previous = match.end()
        may_hold_objects: bool | None = None
        for piece in _unpack_stream(view[match.end() :]):
            if may_hold_objects is None:
                may_hold_objects = OBJECTS_PATTERN.match(piece) is not None
            size += len(piece)
            if has_predictor:
                tokens += len(piece) // 2
            elif may_hold_objects:
                tokens += _count_tokens(piece)
            if size > MAX_UNPACKED_BYTES or tokens > MAX_TOKENS:
                raise InvalidError("This is not a report.", [Problem("Unpacked, it is larger than any report.")])


def check_stream_filters(pdf: Pdf) -> None:
    """Raise `InvalidError` for stream filters that reports don't use: their unpacked size was not checked."""
    for value in pdf.objects:
        if not isinstance(value, Stream):
            continue
        filters = value.get(Name.Filter, Array([]))
        names = [str(entry) for entry in filters] if isinstance(filters, Array) else [str(filters)]
        if len(names) > 1 or not ALLOWED_FILTERS.issuperset(names):
            raise InvalidError("This is not a report.", [Problem(f"It uses {', '.join(names)}, which no report does.")])


def _unpack_stream(packed: memoryview) -> Iterator[bytes]:
    """Yield what a stream unpacks to; nothing if it is not deflated."""
    header = bytes(packed[:HEADER_BYTES])
    if len(header) < HEADER_BYTES or header[0] & 0x0F != zlib.DEFLATED or int.from_bytes(header) % 31:
        return
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)  # without the checksum: qpdf accepts a wrong one
    offset, rest = HEADER_BYTES, b""
    while not unpacking.eof:
        if not rest:
            rest, offset = bytes(packed[offset : offset + CHUNK_BYTES]), offset + CHUNK_BYTES
            if not rest:
                return
        try:
            piece = unpacking.decompress(rest, CHUNK_BYTES)
        except zlib.error:
            yield bytes(CHUNK_BYTES)  # at most so much was unpacked before the damage
            return
        rest = unpacking.unconsumed_tail
        yield piece


def _count_tokens(piece: bytes) -> int:
    """Count, at least, the objects that a text can stand for."""
    pairs = sum(min(piece.count(one), piece.count(other)) for one, other in ((b"[", b"]"), (b"<", b">"), (b"(", b")")))
    return len(piece.translate(NUL_TO_SPACE).split()) + piece.count(b"/") + pairs
