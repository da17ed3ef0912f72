"""The file of a backup: a header, and frames of compressed rows that can't be altered, reordered or cut off unnoticed.

Layout: `MAGIC`, one line of JSON (the header), then frames of four bytes length, content and tag. With a key, frames
are encrypted (AES-256-GCM; key of this file by HKDF; nonce: number of the frame; authenticated data: header and whether
it is the last). Without a key, the tag is a chain of SHA-256: it detects damage, but not someone who computes it again.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Protocol, TypeAlias

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from assessment.errors import AppError
from assessment.storage.backup.table_rows import TableChunk, TableSummary

MAGIC = b"assessment backup 1\n"
MAX_HEADER_BYTES = 4096
MAX_FRAME_BYTES = 1024**3
SPLIT_BYTES = 32 * 1024**2
SALT_BYTES = 16
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 32
LENGTH = struct.Struct(">I")
DAMAGED = "The backup is incomplete or was altered: nothing was changed."
COMPRESSION_LEVEL = 3


class BackupError(AppError):
    """The file can't be used as a backup."""

    slug = "backup"
    title = "This backup can’t be used"


class BackupHeader(Struct, frozen=True):
    """`schema` is the revision of the database, `salt` derives the key of this file; None: not encrypted."""

    created_at: datetime
    schema: str
    program: str
    salt: bytes | None = None


class BackupManifest(Struct, frozen=True, tag="end"):
    """Last record: what the backup contains.

    `altered_logs`: workspaces whose audit log did not match its HMACs; None for a schema without audit logs.
    """

    tables: dict[str, TableSummary]
    altered_logs: list[str] | None


class ChunkRecord(Struct, frozen=True, tag="rows"):
    """Some rows of a table."""

    chunk: TableChunk


BackupRecord: TypeAlias = ChunkRecord | BackupManifest
_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[BackupRecord] = msgspec.msgpack.Decoder(ChunkRecord | BackupManifest)


class FrameSeal(Protocol):
    """Seals frames in order, and opens them in the same order."""

    def seal_frame(self, content: bytes, *, is_last: bool) -> bytes: ...
    def open_frame(self, sealed: bytes, *, is_last: bool) -> bytes: ...


class DigestSeal:
    """Chain of SHA-256: each tag covers the header, all frames before and this one."""

    def __init__(self, header: bytes) -> None:
        self._tag = hashlib.sha256(header).digest()

    def seal_frame(self, content: bytes, *, is_last: bool) -> bytes:
        self._tag = hashlib.sha256(self._tag + bytes([is_last]) + content).digest()
        return content + self._tag

    def open_frame(self, sealed: bytes, *, is_last: bool) -> bytes:
        content = sealed[:-TAG_BYTES]
        if self.seal_frame(content, is_last=is_last) != sealed:
            raise BackupError(DAMAGED)
        return content


class EncryptedSeal:
    """AES-256-GCM with a key of its own for each file, so that numbers of frames can be nonces."""

    def __init__(self, header: bytes, key: str, salt: bytes) -> None:
        derived = HKDF(SHA256(), KEY_BYTES, salt, b"assessment backup").derive(key.encode())
        self._cipher, self._header, self._number = AESGCM(derived), header, 0

    def _next_nonce(self) -> bytes:
        self._number += 1
        return self._number.to_bytes(NONCE_BYTES)

    def seal_frame(self, content: bytes, *, is_last: bool) -> bytes:
        return self._cipher.encrypt(self._next_nonce(), content, self._header + bytes([is_last]))

    def open_frame(self, sealed: bytes, *, is_last: bool) -> bytes:
        try:
            return self._cipher.decrypt(self._next_nonce(), sealed, self._header + bytes([is_last]))
        except InvalidTag:
            raise BackupError(
                "The backup was altered, or made with another key than ASSESSMENT_BACKUP_KEY: nothing was changed."
            ) from None


def _make_seal(header: bytes, salt: bytes | None, key: str | None) -> FrameSeal:
    if salt is None:
        return DigestSeal(header)
    if key is None:
        raise BackupError("The backup is encrypted. Set ASSESSMENT_BACKUP_KEY to the key it was made with.")
    return EncryptedSeal(header, key, salt)


class BackupWriter:
    """Writes a backup to a file: the header at once, then chunks, and the manifest at the end."""

    def __init__(self, file: IO[bytes], header: BackupHeader, key: str | None) -> None:
        line = MAGIC + msgspec.json.encode(header) + b"\n"
        file.write(line)
        self._file, self._seal = file, _make_seal(line, header.salt, key)

    def write_chunk(self, chunk: TableChunk) -> None:
        """Write rows; many large ones, such as logos, in several frames, because a frame is in memory at once."""
        content = _encoder.encode(ChunkRecord(chunk))
        if len(content) > SPLIT_BYTES and len(chunk.rows) > 1:
            middle = len(chunk.rows) // 2
            self.write_chunk(TableChunk(chunk.table, chunk.columns, chunk.rows[:middle]))
            self.write_chunk(TableChunk(chunk.table, chunk.columns, chunk.rows[middle:]))
        else:
            self._write_frame(content, is_last=False)

    def write_manifest(self, manifest: BackupManifest) -> None:
        self._write_frame(_encoder.encode(manifest), is_last=True)

    def _write_frame(self, content: bytes, *, is_last: bool) -> None:
        sealed = self._seal.seal_frame(zlib.compress(content, COMPRESSION_LEVEL), is_last=is_last)
        self._file.write(LENGTH.pack(len(sealed) << 1 | is_last) + sealed)


class BackupReader:
    """Reads a backup; `manifest` is there once all chunks are read. Raises `BackupError`."""

    def __init__(self, file: IO[bytes], key: str | None) -> None:
        magic = file.read(len(MAGIC))
        if magic != MAGIC:
            raise BackupError("This is not a backup made by this program.")
        line = file.readline(MAX_HEADER_BYTES)
        try:
            self.header = msgspec.json.decode(line, type=BackupHeader)
        except msgspec.MsgspecError:
            raise BackupError(DAMAGED) from None
        self._file, self._seal = file, _make_seal(magic + line, self.header.salt, key)
        self.manifest: BackupManifest | None = None

    def read_chunks(self) -> Iterator[TableChunk]:
        """Yield the chunks; raises `BackupError` if anything is missing, altered or added."""
        while self.manifest is None:
            record = self._read_record()
            if isinstance(record, BackupManifest):
                self.manifest = record
            else:
                yield record.chunk
        if self._file.read(1):
            raise BackupError(DAMAGED)

    def _read_record(self) -> BackupRecord:
        packed = self._file.read(LENGTH.size)
        if len(packed) < LENGTH.size:
            raise BackupError(DAMAGED)
        length, is_last = divmod(LENGTH.unpack(packed)[0], 2)
        sealed = self._file.read(min(length, MAX_FRAME_BYTES))
        if len(sealed) < length:
            raise BackupError(DAMAGED)
        content = self._seal.open_frame(sealed, is_last=bool(is_last))
        try:
            record: BackupRecord = _decoder.decode(zlib.decompress(content))
        except (zlib.error, msgspec.MsgspecError):
            raise BackupError(DAMAGED) from None
        if isinstance(record, BackupManifest) != bool(is_last):
            raise BackupError(DAMAGED)
        return record
