"""`assessment migrate`: migrate the database to the newest schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assessment import __version__, settings
from assessment.cli.support import environment
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import print_note, print_success
from assessment.cli.support.messages import translate_text as _
from assessment.cli.support.progress import show_step
from assessment.domain.closed_sets import SchemaState

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from assessment.settings import Settings

BACKUP_FOLDER = "backups"


@click.command(cls=CommandWithExamples, examples=("assessment migrate",))
def migrate_database() -> None:
    """Migrate the database to the newest schema, in one transaction.

    A database that is not empty is copied first: a SQLite file next to it, PostgreSQL as a backup in the folder
    backups of the data folder.
    """
    from assessment.services.operations import audit_trail
    from assessment.storage import schema
    from assessment.storage.database import is_sqlite

    current_settings = environment.load_settings()
    with environment.open_engine(current_settings) as engine:
        state, copy = schema.find_schema_state(engine), None
        if state is SchemaState.OLD and not is_sqlite(engine):
            copy = _write_backup(current_settings, engine)
        copy = schema.migrate_schema(engine, environment.current_time()) or copy
        with environment.write_as_operator(engine) as session:
            audit_trail.start_logs(session, environment.current_time())
    url = settings.describe_settings(current_settings)["ASSESSMENT_DATABASE_URL"]
    if state is SchemaState.CURRENT:
        print_note(_("{database} has the newest schema already.").format(database=url))
        return
    print_success(_("{database} has the newest schema now.").format(database=url))
    if copy:
        print_note(_("What was there before is kept in {path}.").format(path=copy))
    if state is SchemaState.EMPTY:
        print_note(
            _("Next: assessment user add you@example.org --admin --workspace 'YOUR FIRM', then: assessment serve")
        )


def _write_backup(current_settings: Settings, engine: Engine) -> Path:
    from assessment.services.operations import backups

    now = environment.current_time()
    path = current_settings.data / BACKUP_FOLDER / f"before-migration-{now:%Y%m%dT%H%M%SZ}.backup"
    backups.create_backup(
        engine,
        path,
        key=current_settings.backup_key,
        secret=current_settings.secret,
        program=__version__,
        now=now,
        track=show_step,
    )
    return path
