"""Restore a backup, and verify the result before it replaces a database."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, Engine

from assessment.errors import ConflictError
from assessment.services.operations import backups, database_filling, erasure_replay
from assessment.services.operations.backups import Backup
from assessment.services.operations.step_progress import StepTracker, ignore_step
from assessment.storage import database, schema
from assessment.storage.backup.backup_file import BackupError, BackupReader


class RestoredDatabase(Struct, frozen=True):
    """Result of a restore: what was in the backup, what was erased again, and where the replaced SQLite file is."""

    created_at: datetime
    tables: int
    rows: int
    erased: int
    replaced: Path | None


def restore_backup(  # noqa: PLR0913  # the options of the command
    engine: Engine,
    path: Path,
    *,
    key: str | None,
    secret: str,
    now: datetime,
    replace: bool,
    newer_backups: Sequence[Path] = (),
    track: StepTracker = ignore_step,
) -> RestoredDatabase:
    """Restore a backup into an empty database, or with `replace` in place of what is there.

    The backup is read to its end first. Then rows are inserted and compared by count and digest, the schema is
    migrated, and foreign keys and the audit log are checked; if anything fails, the database is as before. What was
    erased according to the replaced database or `newer_backups` is erased again.
    """
    backup = backups.verify_backup(path, key, track)
    if not schema.is_known_revision(backup.header.schema):
        raise schema.NewerDatabaseError("The backup was made by a newer version of this program: install that one.")
    erased = [
        *erasure_replay.load_erasures(engine),
        *(erasure for newer in newer_backups for erasure in erasure_replay.read_erasures(newer, key)),
    ]
    count = 0

    def erase_again(connection: Connection) -> None:
        nonlocal count
        count = erasure_replay.replay_erasures(connection, erased, now, secret)

    with (
        database.translate_errors(),
        database_filling.open_empty_target(engine, replace=replace, now=now, then=erase_again) as connection,
    ):
        _fill_from_backup(connection, backup, key, track)
        _check_audit_logs(connection, backup, secret)
    replaced = database_filling.find_replaced_file(engine, now) if database.is_sqlite(engine) else None
    return RestoredDatabase(
        backup.header.created_at,
        len(backup.manifest.tables),
        backup.row_count,
        count,
        replaced if replaced is not None and replaced.exists() else None,
    )


def _fill_from_backup(connection: Connection, backup: Backup, key: str | None, track: StepTracker) -> None:
    with backup.path.open("rb") as file:
        reader = BackupReader(file, key)
        database_filling.fill_tables(
            connection,
            backup.header.schema,
            reader.read_chunks(),
            lambda: backup.manifest.tables,
            backup.row_count,
            track,
        )
        if reader.manifest != backup.manifest:
            raise BackupError("The backup changed while it was read: nothing was changed.")


def _check_audit_logs(connection: Connection, backup: Backup, secret: str) -> None:
    """Raise `ConflictError` if an audit log no longer matches its HMACs, most likely because the secret differs."""
    before = backup.manifest.altered_logs
    if before is not None and set(backups.find_altered_logs(connection, secret)) - set(before):
        raise ConflictError(
            "The audit log in the backup does not match ASSESSMENT_SECRET: set it to the secret of the server that "
            "the backup was made of. Nothing was changed."
        )
