"""Large request bodies in temporary files, so that memory holds a small piece of each.

The pieces are encrypted with a key that is stored nowhere: what a crash leaves on the disk can't be read.
"""

import hashlib
import weakref
from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, Generic, TypeVar

import anyio.to_thread
import msgspec
from litestar import Request

T = TypeVar("T")

SPOOLED_BODY_KEY = "spooled_body"  # in the state of a scope
MEMORY_BYTES = 256 * 1024  # of one spool; what exceeds it is on the disk
PIECE_BYTES = 64 * 1024
ENTRIES_IN_PIECE = 200
LENGTH_BYTES = 4
PLACEHOLDER = b"spooled"  # the framework takes an empty body for none, and then asks for no data


class EncryptedSpool:
    """Pieces of bytes, in the order in which they were added; a temporary file that is gone with this object."""

    def __init__(self) -> None:
        from cryptography.fernet import Fernet  # noqa: PLC0415  # 6 MB that a server process may never need

        self._file = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115  # closed by the next line
        weakref.finalize(self, self._file.close)
        self._cipher = Fernet(Fernet.generate_key())
        self._hash = hashlib.sha256()
        self._end = 0
        self.size = 0  # bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of all pieces."""
        return self._hash.digest()

    def add_piece(self, content: bytes) -> None:
        encrypted = self._cipher.encrypt(content)
        self._file.seek(self._end)
        self._file.write(len(encrypted).to_bytes(LENGTH_BYTES) + encrypted)
        self._end = self._file.tell()
        self._hash.update(content)
        self.size += len(content)

    def __iter__(self) -> Iterator[bytes]:
        place = 0
        while place < self._end:
            self._file.seek(place)
            length = int.from_bytes(self._file.read(LENGTH_BYTES))
            encrypted = self._file.read(length)
            place += LENGTH_BYTES + length
            yield self._cipher.decrypt(encrypted)


class SpooledList(Generic[T]):
    """List of Structs in a spool, of which memory holds `ENTRIES_IN_PIECE` at a time."""

    def __init__(self, kind: type[T], entries: Iterable[T]) -> None:
        self._spool, self._type, self._count = EncryptedSpool(), tuple[kind, ...], 0  # type: ignore[valid-type]
        rest = iter(entries)
        while piece := tuple(islice(rest, ENTRIES_IN_PIECE)):
            self._count += len(piece)
            self._spool.add_piece(msgspec.msgpack.encode(piece))

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        for piece in self._spool:
            yield from msgspec.msgpack.decode(piece, type=self._type)


class SpooledText:
    """Text in a spool, as UTF-8; `line_count` is the number of line feeds."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._spool, self.line_count = EncryptedSpool(), 0
        for piece in pieces:
            self.line_count += piece.count("\n")
            self._spool.add_piece(piece.encode())

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._spool)

    def read_text(self) -> str:
        return b"".join(self._spool).decode()


async def spool_body(request: Request[Any, Any, Any]) -> EncryptedSpool:
    """Read the body piece by piece; afterwards `request.body()` is `PLACEHOLDER`."""
    spool, buffer = EncryptedSpool(), bytearray()
    async for chunk in request.stream():
        buffer += chunk
        if len(buffer) >= PIECE_BYTES or (not chunk and buffer):
            await anyio.to_thread.run_sync(spool.add_piece, bytes(buffer))
            buffer.clear()
    replace_body(request, PLACEHOLDER)  # otherwise, reading it again would fail
    request.scope["state"][SPOOLED_BODY_KEY] = spool
    return spool


def restore_body(request: Request[Any, Any, Any], spool: EncryptedSpool) -> None:
    """Make a spooled body that turned out to be small one like any other."""
    del request.scope["state"][SPOOLED_BODY_KEY]
    replace_body(request, b"".join(spool))


def replace_body(request: Request[Any, Any, Any], body: bytes) -> None:
    """Let `request.body()` return this."""
    request._body = request._connection_state.body = body  # noqa: SLF001  # the framework has no other way
