"""`assessment migrate`: migrate the database to the newest schema."""

import sys

import click

from assessment import settings
from assessment.cli.support import environment
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import print_note, print_success, print_warning
from assessment.cli.support.messages import translate_text as _

BACKUP_COMMAND = 'pg_dump --format=custom --file=assessment.dump "$ASSESSMENT_DATABASE_URL"'


@click.command(cls=CommandWithExamples, examples=("assessment migrate",))
def migrate_database() -> None:
    """Migrate the database to the newest schema, in one transaction.

    A SQLite file that is not empty is copied first, next to it. For PostgreSQL the command names a backup command,
    and asks on a terminal whether there is a backup.
    """
    from assessment.services.operations import audit_trail
    from assessment.storage import schema
    from assessment.storage.database import is_sqlite

    chosen = environment.load_settings()
    with environment.open_engine(chosen) as engine:
        state = schema.find_schema_state(engine)
        if state == "old" and not is_sqlite(engine):
            _confirm_backup()
        copy = schema.migrate_schema(engine, environment.current_time())
        with environment.write_as_operator(engine) as session:
            audit_trail.start_logs(session, environment.current_time())
    url = settings.describe_settings(chosen)["ASSESSMENT_DATABASE_URL"]
    if state == "current":
        print_note(_("{database} has the newest schema already.").format(database=url))
        return
    print_success(_("{database} has the newest schema now.").format(database=url))
    if copy:
        print_note(_("What was there before is kept in {path}.").format(path=copy))
    if state == "empty":
        print_note(
            _("Next: assessment user add you@example.org --admin --workspace 'YOUR FIRM', then: assessment serve")
        )


def _confirm_backup() -> None:
    """Show how to back up PostgreSQL and ask for confirmation; without a terminal (containers), continue."""
    print_warning(_("The database will be changed. If you have no backup of it yet, make one first:"))
    print_note(f"  {BACKUP_COMMAND}")
    if sys.stdin.isatty():
        click.confirm(_("Is there a backup?"), abort=True, err=True)
