"""Make a backup while the server runs, and verify it by reading it back."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from assessment.errors import ConflictError, with_values
from assessment.i18n.messages import N_
from assessment.services.operations import audit_trail
from assessment.services.operations.step_progress import StepTracker, count_bytes, count_rows, ignore_step
from assessment.storage import database, schema, tables
from assessment.storage.backup import table_rows
from assessment.storage.backup.backup_file import (
    DAMAGED,
    SALT_BYTES,
    BackupError,
    BackupHeader,
    BackupManifest,
    BackupReader,
    BackupWriter,
)
from assessment.storage.backup.table_rows import TableDigest

NAME_PATTERN = "assessment-*.backup"
PARTIAL_PATTERN = re.compile(r"assessment-(\d{8}T\d{6})Z\.backup\.part")
PARTIAL_AGE = timedelta(days=1)  # longer than any backup takes: a younger file may still be written


class Backup:
    """A file that was read and verified to its end."""

    def __init__(self, path: Path, header: BackupHeader, manifest: BackupManifest) -> None:
        self.path, self.header, self.manifest = path, header, manifest

    @property
    def row_count(self) -> int:
        return sum(summary.rows for summary in self.manifest.tables.values())


def name_backup(now: datetime) -> str:
    """Return the file name of a backup made now (UTC)."""
    return f"assessment-{now:%Y%m%dT%H%M%SZ}.backup"


def create_backup(
    engine: Engine,
    path: Path,
    *,
    key: str | None,
    secret: str,
    program: str,
    now: datetime,
    track: StepTracker = ignore_step,
) -> Backup:
    """Write all rows as of one moment to a new file (mode 0600), read it back, and return it.

    The file gets its name once it is complete and verified. Raises `ConflictError` if there is one of this name.
    """
    if path.exists():
        raise ConflictError(with_values("{path} exists already: name another file, or a folder.", path=path))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            with database.translate_errors(), table_rows.open_snapshot(engine) as connection:
                written = _write_backup(connection, file, key=key, secret=secret, program=program, now=now, track=track)
            file.flush()
            os.fsync(file.fileno())
        backup = verify_backup(partial, key, track)
        if backup.manifest != written:
            raise BackupError("The backup does not read back as it was written: the disk may be damaged.")
        partial.rename(path)
        sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)
    return Backup(path, backup.header, backup.manifest)


def verify_backup(path: Path, key: str | None, track: StepTracker = ignore_step) -> Backup:
    """Read a backup to its end; raises `BackupError` if anything is missing or altered."""
    with path.open("rb") as file, track(N_("Verifying the backup"), path.stat().st_size) as advance:
        reader = BackupReader(file, key)
        summaries = table_rows.summarise_chunks(count_bytes(reader.read_chunks(), file, advance))
    if reader.manifest is None or summaries != reader.manifest.tables:
        raise BackupError(DAMAGED)
    return Backup(path, reader.header, reader.manifest)


def delete_old_backups(folder: Path, keep: int, now: datetime) -> list[Path]:
    """Delete all but the newest `keep` backups of a folder, and unfinished ones of killed processes; others stay."""
    old = [*sorted(folder.glob(NAME_PATTERN))[:-keep], *_find_abandoned_files(folder, now)]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def _find_abandoned_files(folder: Path, now: datetime) -> Iterator[Path]:
    for path in sorted(folder.glob("*.part")):
        match = PARTIAL_PATTERN.fullmatch(path.name)
        if match and datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) < now - PARTIAL_AGE:
            yield path


def find_altered_logs(connection: Connection, secret: str) -> list[str]:
    """Return the workspaces whose audit log does not match its HMACs."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        return sorted(fault.workspace_id for fault in audit_trail.verify_logs(session, secret))


def _write_backup(
    connection: Connection,
    file: IO[bytes],
    *,
    key: str | None,
    secret: str,
    program: str,
    now: datetime,
    track: StepTracker,
) -> BackupManifest:
    salt = secrets.token_bytes(SALT_BYTES) if key else None
    revision = schema.read_revision(connection)
    writer = BackupWriter(file, BackupHeader(now, revision, program, salt), key)
    digests: dict[str, TableDigest] = {}
    sources = table_rows.reflect_tables(connection).values()
    with track(N_("Writing the backup"), table_rows.count_rows(connection, sources)) as advance:
        for chunk in count_rows(table_rows.read_chunks(connection, sources), advance):
            digests.setdefault(chunk.table, TableDigest()).add_chunk(chunk)
            writer.write_chunk(chunk)
    altered = find_altered_logs(connection, secret) if tables.audit_head.name in digests else None
    manifest = BackupManifest({name: digest.summary for name, digest in digests.items()}, altered)
    writer.write_manifest(manifest)
    return manifest


def sync_folder(folder: Path) -> None:
    """Store new names durably; not every system can open a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
