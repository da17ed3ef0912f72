"""Text inside a chart's file: an element of an SVG, a chunk of a PNG. Programs that draw the picture ignore it."""

import zlib
from html import escape, unescape

from msgspec import Struct

from assessment.errors import InvalidError, Problem

SVG, PNG = "svg", "png"
NAMESPACE = "urn:assessment:provenance:1"
OPENING = f'<metadata><provenance xmlns="{NAMESPACE}">'.encode()
CLOSING = b"</provenance></metadata>"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXT_CHUNK, LAST_CHUNK = b"iTXt", b"IEND"
CHUNK_HEAD = b"assessment-provenance\x00\x00\x00\x00\x00"  # keyword; not compressed; no language, no translated keyword
NUMBER_BYTES = 4
MAX_PICTURE_BYTES = 16 * 1024 * 1024  # a chart has less than one
SVG_STARTS = (b"<?xml", b"<svg")


class PictureText(Struct, frozen=True):
    """Metadata of a picture: its format, the text, and its bytes without the text."""

    ending: str
    text: str
    drawing: bytes


def is_picture(content: bytes) -> bool:
    """Return whether a file begins like an SVG or PNG."""
    return content.startswith((SIGNATURE, *SVG_STARTS))


def add_text(content: bytes, text: str) -> bytes:
    """Add a text to a picture as this program writes it."""
    if content.startswith(SIGNATURE):
        data = CHUNK_HEAD + text.encode()
        place = content.rindex(LAST_CHUNK) - NUMBER_BYTES
        return content[:place] + _build_chunk(data) + content[place:]
    place = content.index(b"</desc>") + len(b"</desc>")
    return content[:place] + OPENING + escape(text, quote=False).encode() + CLOSING + content[place:]


def read_text(content: bytes) -> PictureText:
    """Read the text of a picture. Raises `InvalidError` without one, with several, or if the file is damaged."""
    if len(content) > MAX_PICTURE_BYTES:
        raise InvalidError("This picture is too large for a chart of a report.")
    return _read_png(content) if content.startswith(SIGNATURE) else _read_svg(content)


def _read_svg(content: bytes) -> PictureText:
    if content.count(OPENING) != 1:
        raise _refuse_picture()
    before, _, rest = content.partition(OPENING)
    text, closing, after = rest.partition(CLOSING)
    if not closing:
        raise _refuse_picture()
    return PictureText(SVG, unescape(text.decode("utf-8", "replace")), before + after)


def _read_png(content: bytes) -> PictureText:
    """Walk through the chunks: length, name, data, checksum."""
    texts, drawing, place = [], [SIGNATURE], len(SIGNATURE)
    while place < len(content):
        length = int.from_bytes(content[place : place + NUMBER_BYTES])
        end = place + 3 * NUMBER_BYTES + length
        chunk = content[place:end]
        if len(chunk) < 3 * NUMBER_BYTES + length:
            raise _refuse_picture()
        name, data = chunk[NUMBER_BYTES : 2 * NUMBER_BYTES], chunk[2 * NUMBER_BYTES : -NUMBER_BYTES]
        if name == TEXT_CHUNK and data.startswith(CHUNK_HEAD):
            texts.append(data.removeprefix(CHUNK_HEAD))
        else:
            drawing.append(chunk)
        place = end
    if len(texts) != 1:
        raise _refuse_picture()
    return PictureText(PNG, texts[0].decode("utf-8", "replace"), b"".join(drawing))


def _build_chunk(data: bytes) -> bytes:
    checksum = zlib.crc32(TEXT_CHUNK + data)
    return len(data).to_bytes(NUMBER_BYTES) + TEXT_CHUNK + data + checksum.to_bytes(NUMBER_BYTES)


def _refuse_picture() -> InvalidError:
    return InvalidError(
        "This picture does not say what it was made from.",
        [Problem("It is no chart of this program, or another program saved it without this record.")],
    )
