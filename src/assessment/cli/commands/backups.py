"""`assessment backup`, `assessment restore` and `assessment move`."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assessment import __version__
from assessment.cli.support import environment
from assessment.cli.support.dates import DURATION
from assessment.cli.support.exit_codes import CommandError, make_command_error
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import print_note, print_success, print_warning
from assessment.cli.support.messages import translate_text as _
from assessment.cli.support.progress import show_step
from assessment.errors import AppError, Problem
from assessment.setting_values import parse_database_url

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assessment.settings import Settings

READABLE_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command(
    cls=CommandWithExamples,
    examples=(
        "assessment backup /var/backups/assessment",
        "assessment backup before-the-upgrade.backup",
        "assessment backup /var/backups/assessment --every 24h --keep 14",
    ),
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--every", type=DURATION, metavar="24h", help=_("Repeat after this time, until stopped."))
@click.option("--keep", type=click.IntRange(1), metavar="N", help=_("Delete all but the newest N in the folder."))
def create_backup(path: Path, every: timedelta | None, keep: int | None) -> None:
    """Write a backup of the database while the server runs, and verify it by reading it back.

    PATH is a new file, or a folder, in which the file is named by the time. With ASSESSMENT_BACKUP_KEY the backup is
    encrypted. ASSESSMENT_SECRET and the questionnaires of your own are not in it: keep copies of them elsewhere.
    """
    is_folder = path.is_dir() or every is not None or keep is not None
    stopping = threading.Event()
    with environment.open_database() as (current_settings, engine):
        if every is None:
            _write_backup(current_settings, engine, path, is_folder=is_folder, keep=keep)
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_arguments: stopping.set())
        while True:
            try:
                _write_backup(current_settings, engine, path, is_folder=is_folder, keep=keep)
            except (AppError, OSError) as error:  # the next one may succeed
                make_command_error(error).show()
            if stopping.wait(every.total_seconds()):
                return


def _write_backup(current_settings: Settings, engine: Engine, path: Path, *, is_folder: bool, keep: int | None) -> None:
    from assessment.services.operations import backups

    now = environment.current_time()
    target = path / backups.name_backup(now) if is_folder else path
    backup = backups.create_backup(
        engine,
        target,
        key=current_settings.backup_key,
        secret=current_settings.secret,
        program=__version__,
        now=now,
        track=show_step,
    )
    size = target.stat().st_size // 1024
    print_success(
        _("Backup written and verified: {rows} rows of {tables} tables.").format(
            rows=backup.row_count, tables=len(backup.manifest.tables)
        )
    )
    if backup.manifest.altered_logs:
        print_warning(_("The audit log was altered before: see assessment doctor."))
    if keep is not None:
        for old in backups.delete_old_backups(path, keep, now):
            print_note(_("Deleted {path}.").format(path=old))
    print_note(f"{size} KB")
    click.echo(target)


@click.command(
    cls=CommandWithExamples,
    examples=(
        "assessment restore assessment-20260504T020000Z.backup",
        "assessment restore assessment-20260504T020000Z.backup --replace",
    ),
)
@click.argument("path", type=READABLE_FILE)
@click.option("--replace", is_flag=True, help=_("Replace the database that is there; stop the server first."))
@click.option(
    "--erasures",
    type=READABLE_FILE,
    multiple=True,
    metavar="BACKUP",
    help=_("A newer backup: what was erased by then is erased again."),
)
def restore_backup(path: Path, erasures: tuple[Path, ...], *, replace: bool) -> None:
    """Restore a backup into the database of the settings, SQLite or PostgreSQL, whichever it was made of.

    The result is compared with the backup table by table, its foreign keys and audit log are checked, and it gets the
    newest schema. If anything is wrong, the database stays as it is. What was erased after the backup is erased again,
    as far as the database that is replaced records it.
    """
    from assessment.services.operations import backup_restore
    from assessment.services.operations.database_filling import NotEmptyError

    current_settings = environment.load_settings()
    try:
        with environment.open_engine(current_settings) as engine:
            restored = backup_restore.restore_backup(
                engine,
                path,
                key=current_settings.backup_key,
                secret=current_settings.secret,
                now=environment.current_time(),
                replace=replace,
                newer_backups=erasures,
                track=show_step,
            )
    except NotEmptyError as error:
        remedy = _("To replace it, stop the server and repeat the command with --replace.")
        raise CommandError(_("Nothing was restored."), [Problem(error.detail, remedy)]) from error
    print_success(
        _("Restored {rows} rows of {tables} tables, as of {time}: the same as in the backup.").format(
            rows=restored.rows, tables=restored.tables, time=f"{restored.created_at:%Y-%m-%d %H:%M} UTC"
        )
    )
    if restored.erased:
        print_note(_("Erased again: {count} invitations and responses.").format(count=restored.erased))
    if restored.replaced is not None:
        print_note(_("What was there before is kept in {path}.").format(path=restored.replaced))
    print_note(_("Next: assessment doctor"))


@click.command(
    cls=CommandWithExamples,
    examples=("assessment move --to postgresql://assessment:PASSWORD@database.example.org/assessment",),
)
@click.option("--to", "url", required=True, metavar="DATABASE_URL", help=_("An empty PostgreSQL database."))
def move_database(url: str) -> None:
    """Move everything from SQLite to an empty PostgreSQL database; stop the server first.

    Every table is compared by the number of its rows and by a digest of them before anything is stored for good. The
    SQLite file stays as it is.
    """
    from assessment.services.operations import database_move
    from assessment.storage import database

    with environment.open_database() as (current_settings, source):
        if not database.is_sqlite(source) or not url.startswith("postgresql"):
            remedy = _("For anything else use assessment backup and assessment restore.")
            raise CommandError(
                _("Nothing was moved."), [Problem(_("Only SQLite can be moved, and only to PostgreSQL."), remedy)]
            )
        try:
            target = database.make_engine(parse_database_url(url))
        except ValueError as error:
            raise CommandError(_("Nothing was moved."), [Problem(str(error), file="--to")]) from error
        try:
            tables = database_move.move_database(
                source, target, secret=current_settings.secret, now=environment.current_time(), track=show_step
            )
        finally:
            target.dispose()
    for name, summary in tables.items():
        click.echo(f"{name:<24} {summary.rows:>10}")
    print_success(_("Moved: every table has the same rows in PostgreSQL."))
    print_note(_("Next: set ASSESSMENT_DATABASE_URL to it, leave ASSESSMENT_SECRET as it is, then: assessment serve"))
