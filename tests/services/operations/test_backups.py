"""Backup, restore and move: every row arrives, nothing damaged is accepted, and what was erased stays erased."""

import os
import random
import stat
import subprocess
import sys
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, insert, select, text

from assessment.errors import AppError, ConflictError
from assessment.services.operations import backups
from assessment.storage import database, schema, tables
from assessment.storage.backup import backup_file, table_rows
from tests.services.operations.backup_steps import make_backup, restore, summarise
from tests.services.operations.conftest import NOW, SECRET
from tests.storage import rows

KEY = "0c9f4e1b7a6d5c3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c"
DAMAGES = 25  # `make soak` does four times as many
RECORD_LIMIT = 300
HEADER_BYTES = 100  # of a SQLite file; has the journal mode and a counter of changes


@pytest.fixture
def target(request, engine, tmp_path, postgres_server):
    """An empty database of the other kind, to restore into."""
    url = f"sqlite:///{tmp_path / 'restored' / 'new.sqlite3'}"
    (tmp_path / "restored").mkdir()
    if database.is_sqlite(engine):
        url = request.getfixturevalue("postgres_url")
    engine = database.make_engine(url)
    yield engine
    engine.dispose()


def test_restored_database_has_the_same_rows_on_either_database(filled, target, tmp_path):
    backup = make_backup(filled, tmp_path / "one.backup")

    restored = restore(target, backup.path)

    assert schema.find_schema_state(target) == "current"
    assert summarise(target) == summarise(filled)
    assert restored.rows == sum(summary.rows for summary in summarise(filled).values()) > 20
    with database.read_session(target) as session:
        stored = session.execute(select(tables.answer).order_by(tables.answer.c.saved_at)).first()
    assert (stored.sequence, stored.saved_at) == (2**40, NOW)


def test_backup_file_is_private_and_complete_or_absent(filled, tmp_path, monkeypatch):
    path = tmp_path / "one.backup"

    make_backup(filled, path)
    monkeypatch.setattr(table_rows, "_make_plain", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_backup(filled, tmp_path / "two.backup")

    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.glob("*.backup*")] == ["one.backup"]


def test_large_rows_are_split_into_several_frames(filled, target, tmp_path, monkeypatch):
    monkeypatch.setattr(backup_file, "SPLIT_BYTES", 500)

    path = make_backup(filled, tmp_path / "one.backup").path
    restore(target, path)

    assert summarise(target) == summarise(filled)


@pytest.mark.parametrize("size", [10, 400_000])
def test_rows_are_read_in_chunks_that_depend_on_their_size(engine, size):
    count = 150
    logos = Table("logo", MetaData(), Column("id", Integer, primary_key=True), Column("content", LargeBinary))
    with database.write_session(engine) as session:
        logos.create(session.connection())
        for number in range(count):
            session.execute(insert(logos), {"id": number, "content": bytes([number]) * size})

    tracemalloc.start()
    with table_rows.open_snapshot(engine) as connection:
        lengths, ids = [], []
        for chunk in table_rows.read_chunks(connection, [logos]):
            lengths.append(len(chunk.rows))
            ids += [row[1] for row in chunk.rows]
            del chunk
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert ids == list(range(count))
    assert lengths == ([count] if size == 10 else [20] * 7 + [10])
    assert peak < 30_000_000  # all of the larger ones are 60 MB


def test_existing_file_is_not_overwritten(filled, tmp_path):
    path = tmp_path / "one.backup"
    path.write_text("something else")

    with pytest.raises(ConflictError):
        make_backup(filled, path)

    assert path.read_text() == "something else"


def test_encrypted_backup_contains_no_text_and_needs_its_key(filled, target, tmp_path):
    path = make_backup(filled, tmp_path / "one.backup", KEY).path

    for key in (None, KEY[::-1]):
        with pytest.raises(backup_file.BackupError, match="ASSESSMENT_BACKUP_KEY"):
            restore(target, path, key=key)
    restore(target, path, key=KEY)

    assert summarise(target) == summarise(filled)


def test_encrypted_backups_of_the_same_rows_share_no_frame(filled, tmp_path):
    first, second = (make_backup(filled, tmp_path / f"{name}.backup", KEY).path.read_bytes() for name in "ab")

    assert len(first) == len(second)
    assert not any(first[at : at + 16] == second[at : at + 16] for at in range(200, len(first) - 16))


@pytest.mark.parametrize("key", [None, KEY])
def test_damaged_backup_is_refused_and_database_unchanged(filled, tmp_path, sqlite_target, key, soak_factor):
    """Truncated, one bit changed, a frame left out, or bytes added."""
    path = make_backup(filled, tmp_path / "one.backup", key).path
    intact, chance = path.read_bytes(), random.Random(7)  # noqa: S311 - where to damage a file
    restore(sqlite_target, path, key=key)
    before = Path(sqlite_target.url.database).read_bytes()

    refused = 0
    for number in range(DAMAGES * soak_factor):
        path.write_bytes(damage(intact, number, chance))
        with pytest.raises(AppError):
            restore(sqlite_target, path, key=key, replace=True)
        refused += 1

    assert refused == DAMAGES * soak_factor
    assert Path(sqlite_target.url.database).read_bytes() == before


def damage(intact, number, chance):
    if number % 3 == 0:
        return intact[: chance.randrange(len(intact))]
    if number == 1:
        return intact + b"\0"
    place = chance.randrange(len(intact))
    return intact[:place] + bytes([intact[place] ^ (1 << chance.randrange(8))]) + intact[place + 1 :]


@pytest.fixture
def soak_factor():
    """`make soak` repeats more often."""
    import os  # noqa: PLC0415 - for this fixture alone

    return 4 if os.environ.get("ASSESSMENT_TEST_SOAK") else 1


def test_mutant_without_tags_accepts_a_changed_frame(filled, tmp_path, monkeypatch):
    path = make_backup(filled, tmp_path / "one.backup").path
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    monkeypatch.setattr(backup_file.DigestSeal, "open_frame", lambda _, sealed, is_last: sealed[:-32])  # noqa: ARG005

    assert backups.verify_backup(path, None).row_count > 20


def test_database_with_content_is_not_replaced_unasked(filled, target, tmp_path):
    path = make_backup(filled, tmp_path / "one.backup").path
    restore(target, path)
    before = summarise(target)

    with pytest.raises(ConflictError):
        restore(target, path)

    assert summarise(target) == before


def test_database_in_use_is_not_replaced(filled, target, tmp_path):
    path = make_backup(filled, tmp_path / "one.backup").path
    restore(target, path)
    other = database.make_engine(target.url.render_as_string(hide_password=False))

    with other.connect() as connection:
        connection.execute(select(tables.workspace.c.id)).all()
        connection.rollback()
        with pytest.raises(ConflictError, match="Stop the server"):
            restore(target, path, replace=True)
    other.dispose()

    assert restore(target, path, replace=True).rows > 20


def test_replaced_sqlite_file_is_kept(filled, sqlite_target, tmp_path):
    path = make_backup(filled, tmp_path / "one.backup").path
    restore(sqlite_target, path)

    restored = restore(sqlite_target, path, replace=True)

    kept = database.make_engine(f"sqlite:///{restored.replaced}")
    assert summarise(kept) == summarise(sqlite_target)
    kept.dispose()


LEAVE_LOG = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA journal_mode = WAL").fetchone()
connection.execute("UPDATE workspace SET name = 'From the log'")
connection.commit()
os._exit(0)
"""


def test_log_of_a_deleted_database_is_not_applied_to_the_restored_one(filled, sqlite_target, tmp_path):
    """A killed server leaves its WAL, and someone deletes the file itself before the restore."""
    path = make_backup(filled, tmp_path / "one.backup").path
    restore(sqlite_target, path)
    sqlite_target.dispose()
    target = Path(sqlite_target.url.database)
    subprocess.run([sys.executable, "-c", LEAVE_LOG, target], check=True)
    target.unlink()
    left = [each.name for each in target.parent.glob("*-wal")]

    restore(sqlite_target, path)

    assert left == [f"{target.name}-wal"]
    assert summarise(sqlite_target) == summarise(filled)


class Killed(BaseException):
    """Stands for the end of the process in the middle of a restore."""


def restore_and_change(engine, path):
    """Restore, change a row, so that it differs from the backup, and return the file without its header."""
    restore(engine, path)
    with database.write_session(engine) as session:
        session.execute(tables.workspace.update().values(name="Before"))
    engine.dispose()
    return Path(engine.url.database).read_bytes()[HEADER_BYTES:]


def deny_links(monkeypatch, links):
    if links == "no links":

        def refuse(*_names, **_options):
            raise PermissionError

        monkeypatch.setattr(os, "link", refuse)


@pytest.mark.parametrize("links", ["links", "no links"])
def test_kill_before_the_new_database_has_its_name_leaves_the_old_one(
    filled, sqlite_target, tmp_path, monkeypatch, links
):
    path = make_backup(filled, tmp_path / "one.backup").path
    before = restore_and_change(sqlite_target, path)
    deny_links(monkeypatch, links)
    for name in ("rename", "replace"):
        monkeypatch.setattr(os, name, kill_at(getattr(os, name), sqlite_target.url.database))

    with pytest.raises(Killed):
        restore(sqlite_target, path, replace=True)

    assert Path(sqlite_target.url.database).read_bytes()[HEADER_BYTES:] == before


def kill_at(move, target):
    def move_or_end(source, destination, **options):
        if str(destination) == target:
            raise Killed
        return move(source, destination, **options)

    return move_or_end


@pytest.mark.parametrize("links", ["links", "no links"])
def test_restored_database_is_durable_and_the_old_one_kept(filled, sqlite_target, tmp_path, monkeypatch, links):
    path = make_backup(filled, tmp_path / "one.backup").path
    before = restore_and_change(sqlite_target, path)
    target, synced = Path(sqlite_target.url.database), []
    deny_links(monkeypatch, links)
    real = os.fsync

    def record(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            synced.append(target.stat().st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    restored = restore(sqlite_target, path, replace=True)

    assert restored.replaced.read_bytes()[HEADER_BYTES:] == before
    assert target.read_bytes()[HEADER_BYTES:] != before
    assert synced[-1:] == [target.stat().st_ino]
    assert sorted(each.name for each in target.parent.iterdir()) == sorted([target.name, restored.replaced.name])


def test_backup_with_another_secret_is_refused(filled, target, tmp_path):
    path = make_backup(filled, tmp_path / "one.backup").path

    with pytest.raises(ConflictError, match="ASSESSMENT_SECRET"):
        restore(target, path, secret=SECRET[::-1])

    assert schema.find_schema_state(target) == "empty"


def test_log_that_was_altered_before_the_backup_is_restored(filled, target, tmp_path):
    with database.write_session(filled) as session:
        session.execute(tables.audit_entry.update().values(actor="nobody"))
    backup = make_backup(filled, tmp_path / "one.backup")

    restore(target, backup.path)

    assert backup.manifest.altered_logs == [rows.WORKSPACE]
    assert summarise(target) == summarise(filled)


def test_failure_while_restoring_leaves_the_database_as_it_was(filled, target, tmp_path, monkeypatch):
    path = make_backup(filled, tmp_path / "one.backup").path
    restore(target, path)
    before = summarise(target)
    real = table_rows.insert_chunk

    def insert_half(connection, table, chunk):
        real(connection, table, table_rows.TableChunk(chunk.table, chunk.columns, chunk.rows[:2]))

    monkeypatch.setattr(table_rows, "insert_chunk", insert_half)
    with pytest.raises(AppError, match="would differ: answer"):
        restore(target, path, replace=True)

    target.dispose()
    assert summarise(target) == before


def test_backup_of_an_older_schema_is_restored_and_migrated(sqlite_url, postgres_url, tmp_path):
    old, target = database.make_engine(sqlite_url), database.make_engine(postgres_url)
    with old.connect().execution_options(**{database.WRITE_OPTION: True}) as connection, connection.begin():
        schema.upgrade_schema(connection, "0013")
        columns, values = "id, name, time_zone, created_at", "'w', 'Berg', 'UTC', '2026-03-02 09:30:15.000000'"
        connection.execute(text(f"INSERT INTO workspace ({columns}) VALUES ({values})"))  # noqa: S608 - constants
    path = make_backup(old, tmp_path / "one.backup").path
    old.dispose()

    restore(target, path)

    assert schema.find_schema_state(target) == "current"
    with database.read_session(target) as session:
        assert session.scalars(select(tables.workspace.c.name)).all() == ["Berg"]
    target.dispose()


def test_backup_of_a_newer_schema_is_refused(filled, target, tmp_path):
    with database.write_session(filled) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    path = make_backup(filled, tmp_path / "one.backup").path

    with pytest.raises(schema.NewerDatabaseError):
        restore(target, path)


def test_backup_during_writes_contains_every_answer_acknowledged_before(migrated_url, tmp_path, soak_factor):
    """Eight writers without a pause; each backup is restored into a file and compared with what was acknowledged."""
    engine = database.make_engine(migrated_url)
    with database.write_session(engine) as session:
        rows.insert_assessment(session, NOW)
        rows.insert_response(session, "response-1")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.endless_saves", migrated_url, "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    try:
        for number in range(2 if soak_factor == 1 else 20):
            acknowledged = [process.stdout.readline().split() for _ in range(RECORD_LIMIT)]
            newest = {item: int(sequence) for item, sequence, _ in acknowledged}
            path = make_backup(engine, tmp_path / f"{number}.backup").path
            restored = database.make_engine(f"sqlite:///{tmp_path / f'{number}.sqlite3'}")
            restore(restored, path)
            with database.read_session(restored) as session:
                stored = dict(session.execute(select(tables.answer.c.item_id, tables.answer.c.sequence)).all())
            restored.dispose()
            assert {item for item, sequence in newest.items() if stored.get(item, -1) < sequence} == set()
    finally:
        process.kill()
        process.communicate()
        engine.dispose()


def test_only_newest_backups_of_a_folder_are_kept(tmp_path):
    for day in range(1, 6):
        (tmp_path / f"assessment-2026050{day}T020000Z.backup").touch()
    (tmp_path / "mine.backup").touch()

    backups.delete_old_backups(tmp_path, 2, NOW)

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["assessment-20260504T020000Z.backup", "assessment-20260505T020000Z.backup", "mine.backup"]


def test_unfinished_backups_of_a_folder_are_deleted_after_a_day(tmp_path):
    stays = [backups.name_backup(NOW), f"{backups.name_backup(NOW - timedelta(hours=23))}.part", "mine.backup.part"]
    goes = [f"{backups.name_backup(NOW - timedelta(hours=25))}.part"]
    for name in (*stays, *goes):
        (tmp_path / name).touch()

    deleted = backups.delete_old_backups(tmp_path, 1, NOW)

    assert [path.name for path in deleted] == goes
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(stays)
