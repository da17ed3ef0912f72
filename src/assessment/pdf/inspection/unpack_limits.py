"""Limits on the unpacked size of a PDF, checked before parsing: a small file can be a decompression bomb."""

import re
import zlib

from pikepdf import Array, Name, Pdf, Stream

from assessment.errors import InvalidError, Problem

MAX_UNPACKED_BYTES = 64 * 1024 * 1024  # ten times the largest report
CHUNK_BYTES = 256 * 1024
MAX_NESTING = 4
STREAM_PATTERN = re.compile(rb"stream\r?\n")
ALLOWED_FILTERS = frozenset({"/FlateDecode", "/DCTDecode", "/ASCII85Decode"})  # reports use no others


def check_unpacked_size(content: bytes) -> None:
    """Raise `InvalidError` if the streams, including nested ones, unpack to more than the limit.

    Scans the raw bytes and decompresses in chunks: opening the file would already unpack some streams.
    """
    left = MAX_UNPACKED_BYTES
    view = memoryview(content)
    for match in STREAM_PATTERN.finditer(content):
        left -= _count_unpacked_bytes(view[match.end() :], left)
        if left < 0:
            raise InvalidError("This is not a report.", [Problem("Unpacked, it is larger than any report.")])


def check_stream_filters(pdf: Pdf) -> None:
    """Raise `InvalidError` for a stream filter that reports don't use: its unpacked size was not checked."""
    for value in pdf.objects:
        if not isinstance(value, Stream):
            continue
        filters = value.get(Name.Filter, Array([]))
        names = [str(entry) for entry in filters] if isinstance(filters, Array) else [str(filters)]
        if not ALLOWED_FILTERS.issuperset(names):
            raise InvalidError("This is not a report.", [Problem(f"It uses {', '.join(names)}, which no report does.")])


def _count_unpacked_bytes(packed: memoryview, limit: int, depth: int = 1) -> int:
    """Count unpacked bytes, stopping soon after `most`; 0 if the data is not deflated."""
    total, offset = 0, 0
    inner = b""
    unpacking = zlib.decompressobj()
    rest: bytes | memoryview = b""
    try:
        while not unpacking.eof and total <= limit:
            if not rest:
                rest, offset = packed[offset : offset + CHUNK_BYTES], offset + CHUNK_BYTES
                if not rest:
                    break
            piece = unpacking.decompress(rest, CHUNK_BYTES)
            rest = unpacking.unconsumed_tail
            total += len(piece)
            if depth < MAX_NESTING and (inner or total == len(piece)) and len(inner) <= limit:
                inner += piece if inner or piece[:1] == b"\x78" else b""
    except zlib.error:
        pass  # not deflated, or damaged: count what came out so far
    return total + (
        _count_unpacked_bytes(memoryview(inner), limit - total, depth + 1) if inner and total <= limit else 0
    )
