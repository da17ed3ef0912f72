"""Page of which only a slot near its beginning changes: the rest is compressed once."""

import struct
import zlib

from msgspec import Struct

from assessment.web.http.page_slots import SlottedPage

LEVEL = 5
RAW = -zlib.MAX_WBITS  # deflate without header and checksum
GZIP_START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # without a name and a time


class PackedPage(Struct, frozen=True):
    """UTF-8 of the page before and after its slot, and the latter compressed."""

    before: bytes
    after: bytes
    packed: bytes

    @classmethod
    def parse_html(cls, html: str) -> "PackedPage":
        """Split a page at its slot; `ValueError` if it has none or several."""
        before, after = SlottedPage.parse_html(html).literals
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, RAW)
        rest = after.encode()
        return cls(before.encode(), rest, packer.compress(rest) + packer.flush())

    def fill_slot(self, value: str) -> bytes:
        """Return the page; `value` is HTML."""
        return b"".join((self.before, value.encode(), self.after))

    def pack_filled(self, value: str) -> bytes:
        """Return the page compressed by gzip."""
        start = self.before + value.encode()
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, RAW)
        # A full flush ends on a byte, and what follows refers to nothing before it.
        packed = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
        checksum = zlib.crc32(self.after, zlib.crc32(start))
        size = (len(start) + len(self.after)) & 0xFFFFFFFF
        return b"".join((GZIP_START, packed, self.packed, struct.pack("<LL", checksum, size)))
