"""SPSS system files (.sav): variables with labels, value labels, missing values and long texts. Uncompressed, UTF-8.

The layout is that of the documentation of PSPP, "System File Format"; a reader of another project checks it in the
tests. Numbers are little-endian, and each value is one or more elements of 8 bytes.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from sys import float_info

from msgspec import Struct, field

ELEMENT_BYTES = 8
CHUNK_BYTES = 255  # of a long text, in each of its segments
CHUNK_EFFECTIVE_BYTES = 252  # from which the number of segments follows
MAX_TEXT_BYTES = 32_767
MAX_LABEL_BYTES = 255
MAX_VALUE_LABEL_BYTES = 120
MAX_NAME_BYTES = 64
RESERVED_NAMES = frozenset({"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"})
SYSTEM_MISSING = -float_info.max
SECOND_LOWEST = struct.unpack("<d", bytes.fromhex("feffffffffffefff"))[0]
FORMAT_TEXT, FORMAT_NUMBER = 1, 5
PRODUCT = "@(#) SPSS DATA FILE - assessment"
# No time: the same answers give the same bytes.
CREATION_DATE, CREATION_TIME = b"01 Jan 00", b"00:00:00"

Cell = float | str | None


class SpssVariable(Struct, frozen=True):
    """One variable; a text if `text_bytes` is its maximum size, otherwise a number. None is system-missing."""

    name: str
    label: str = ""
    text_bytes: int = 0
    decimals: int = 0
    value_labels: Mapping[float, str] = field(default_factory=dict)
    missing: tuple[float, ...] = ()  # at most three user-missing values


class _Segment(Struct, frozen=True):
    """Variable as it is stored: a number (`width` 0), or up to 255 bytes of a text."""

    variable: SpssVariable
    short_name: str
    width: int
    is_first: bool = True

    @property
    def elements(self) -> int:
        return max(1, ceil(self.width / ELEMENT_BYTES))


def render_system_file(variables: Sequence[SpssVariable], rows: Sequence[Sequence[Cell]], label: str) -> bytes:
    """Render a file; names must be valid and unique in upper case."""
    segments = [segment for number, variable in enumerate(variables) for segment in _split_variable(number, variable)]
    parts = [_render_header(segments, len(rows), label)]
    parts += [_render_variable(segment) for segment in segments]
    parts += _render_value_labels(segments)
    parts += [*_render_information(segments), struct.pack("<ii", 999, 0)]
    parts += [_render_row(variables, row) for row in rows]
    return b"".join(parts)


def make_valid_names(names: Sequence[str]) -> list[str]:
    """Make unique names: letters, digits and `_`, at most 64 bytes, beginning with a letter, no word of the syntax."""
    valid: list[str] = []
    taken: set[str] = set()
    for name in names:
        letters = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)
        is_name = letters[:1].isalpha() and letters.upper() not in RESERVED_NAMES
        base = (letters if is_name else f"V{letters}")[: MAX_NAME_BYTES - 6]
        number, chosen = 1, base
        while chosen.upper() in taken:
            number += 1
            chosen = f"{base}_{number}"
        taken.add(chosen.upper())
        valid.append(chosen)
    return valid


def truncate_text(text: str, size: int) -> bytes:
    """Encode a text in at most `size` bytes, without half a character at the end."""
    return text.encode("utf-8", "replace")[:size].decode("utf-8", "ignore").encode()


def _split_variable(number: int, variable: SpssVariable) -> Iterator[_Segment]:
    """Split a long text into segments; all but the last are 255 bytes wide."""
    width = min(variable.text_bytes, MAX_TEXT_BYTES)
    if width <= CHUNK_BYTES:
        yield _Segment(variable, f"V{number:X}", width)
        return
    count = ceil(width / CHUNK_EFFECTIVE_BYTES)
    for index in range(count):
        is_last = index == count - 1
        chunk = width - index * CHUNK_EFFECTIVE_BYTES if is_last else CHUNK_BYTES
        yield _Segment(variable, f"V{number:X}" if index == 0 else f"T{number:X}_{index:X}", chunk, index == 0)


def _render_header(segments: Sequence[_Segment], count: int, label: str) -> bytes:
    case_size = sum(segment.elements for segment in segments)
    return struct.pack(
        "<4s60siiiiid9s8s64s3x",
        b"$FL2",
        PRODUCT.encode().ljust(60),
        2,
        case_size,
        0,
        0,
        count,
        100.0,
        CREATION_DATE,
        CREATION_TIME,
        truncate_text(label, 64).ljust(64),
    )


def _render_variable(segment: _Segment) -> bytes:
    variable = segment.variable
    kind, width = (FORMAT_TEXT, segment.width) if segment.width else (FORMAT_NUMBER, ELEMENT_BYTES)
    shape = (kind << 16) | (width << 8) | (0 if segment.width else variable.decimals)
    label = truncate_text(variable.label, MAX_LABEL_BYTES) if segment.is_first else b""
    missing = variable.missing if segment.is_first and not segment.width else ()
    record = struct.pack(
        "<iiiiii8s", 2, segment.width, bool(label), len(missing), shape, shape, segment.short_name.encode().ljust(8)
    )
    if label:
        record += struct.pack("<i", len(label)) + label.ljust(_round_up(len(label), 4), b"\0")
    record += b"".join(struct.pack("<d", value) for value in missing)
    continuation = struct.pack("<iiiiii8s", 2, -1, 0, 0, 0, 0, b" " * 8)
    return record + continuation * (segment.elements - 1)


def _render_value_labels(segments: Sequence[_Segment]) -> Iterator[bytes]:
    """Yield the value labels of each variable, with its position counted in elements."""
    position = 1
    for segment in segments:
        labels = segment.variable.value_labels if not segment.width else {}
        if labels:
            yield struct.pack("<ii", 3, len(labels))
            for value, text in labels.items():
                label = truncate_text(text, MAX_VALUE_LABEL_BYTES)
                size = _round_up(len(label) + 1, ELEMENT_BYTES)
                yield struct.pack("<dB", value, len(label)) + label.ljust(size - 1)
            yield struct.pack("<iii", 4, 1, position)
        position += segment.elements


def _render_information(segments: Sequence[_Segment]) -> Iterator[bytes]:
    yield _render_extension(3, 4, struct.pack("<8i", 20, 0, 0, -1, 1, 1, 2, 65001))
    yield _render_extension(4, 8, struct.pack("<3d", SYSTEM_MISSING, float_info.max, SECOND_LOWEST))
    names = [f"{segment.short_name}={segment.variable.name}" for segment in segments if segment.is_first]
    yield _render_extension(13, 1, "\t".join(names).encode())
    long = [segment for segment in segments if segment.is_first and segment.variable.text_bytes > CHUNK_BYTES]
    if long:
        sizes = [f"{segment.short_name}={min(segment.variable.text_bytes, MAX_TEXT_BYTES):05d}" for segment in long]
        yield _render_extension(14, 1, "".join(f"{size}\0\t" for size in sizes).encode())
    yield _render_extension(20, 1, b"UTF-8")


def _render_extension(subtype: int, size: int, content: bytes) -> bytes:
    return struct.pack("<iiii", 7, subtype, size, len(content) // size) + content


def _render_row(variables: Sequence[SpssVariable], row: Sequence[Cell]) -> bytes:
    parts: list[bytes] = []
    for number, (variable, cell) in enumerate(zip(variables, row, strict=True)):
        if variable.text_bytes:
            parts += _render_text(number, variable, str(cell or ""))
        else:
            parts.append(struct.pack("<d", SYSTEM_MISSING if cell is None else float(cell)))
    return b"".join(parts)


def _render_text(number: int, variable: SpssVariable, text: str) -> Iterator[bytes]:
    content = truncate_text(text, min(variable.text_bytes, MAX_TEXT_BYTES))
    for index, segment in enumerate(_split_variable(number, variable)):
        chunk = content[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES]
        yield chunk.ljust(segment.elements * ELEMENT_BYTES)


def _round_up(size: int, step: int) -> int:
    return ceil(size / step) * step
