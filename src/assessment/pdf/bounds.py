"""Limits on what a PDF may unpack to, checked before anything reads it: a small file can hold gigabytes."""

import re
import zlib

from pikepdf import Array, Name, Pdf, Stream

from assessment.errors import InvalidError, Problem

UNPACKED_MOST = 64 * 1024 * 1024  # ten times the largest report
CHUNK = 256 * 1024
NESTED_MOST = 4
STREAM = re.compile(rb"stream\r?\n")
FILTERS = frozenset({"/FlateDecode", "/DCTDecode", "/ASCII85Decode"})  # none of the others is in a report


def check_unpacked(content: bytes) -> None:
    """Raise `InvalidError` if all that is packed in a file, streams in streams too, unpacks to more than the limit.

    It goes by the bytes of the file and unpacks a little at a time: to open the file would unpack some of it.
    """
    left = UNPACKED_MOST
    view = memoryview(content)
    for found in STREAM.finditer(content):
        left -= _unpacked(view[found.end() :], left)
        if left < 0:
            raise InvalidError("This is not a report.", [Problem("It unpacks to more than any report.")])


def check_filters(pdf: Pdf) -> None:
    """Raise `InvalidError` where a stream is packed in a way that no report uses, and that was not looked into."""
    for value in pdf.objects:
        if not isinstance(value, Stream):
            continue
        filters = value.get(Name.Filter, Array([]))
        names = [str(each) for each in filters] if isinstance(filters, Array) else [str(filters)]
        if not FILTERS.issuperset(names):
            raise InvalidError("This is not a report.", [Problem(f"It uses {', '.join(names)}, which no report does.")])


def _unpacked(packed: memoryview, most: int, depth: int = 1) -> int:
    """Count the bytes that come out, at most a little more than `most`; 0 where it is not packed."""
    total, at = 0, 0
    inner = b""
    unpacking = zlib.decompressobj()
    rest: bytes | memoryview = b""
    try:
        while not unpacking.eof and total <= most:
            if not rest:
                rest, at = packed[at : at + CHUNK], at + CHUNK
                if not rest:
                    break
            piece = unpacking.decompress(rest, CHUNK)
            rest = unpacking.unconsumed_tail
            total += len(piece)
            if depth < NESTED_MOST and (inner or total == len(piece)) and len(inner) <= most:
                inner += piece if inner or piece[:1] == b"\x78" else b""
    except zlib.error:
        pass  # not packed, or damaged: what came out so far counts
    return total + (_unpacked(memoryview(inner), most - total, depth + 1) if inner and total <= most else 0)
