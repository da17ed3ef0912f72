"""Make a backup, restore it, and count the rows of each table."""

from datetime import timedelta

from assessment.services.operations import backup_restore, backups
from assessment.storage.backup import table_rows
from tests.services.operations.conftest import NOW, SECRET


def make_backup(engine, path, key=None):
    return backups.create_backup(engine, path, key=key, secret=SECRET, program="1.0.0", now=NOW)


def restore(engine, path, **options):
    defaults = {"key": None, "secret": SECRET, "now": NOW + timedelta(days=1), "replace": False}
    engine.dispose()
    return backup_restore.restore_backup(engine, path, **(defaults | options))


def summarise(engine):
    with table_rows.open_snapshot(engine) as connection:
        return table_rows.summarise_tables(connection)
