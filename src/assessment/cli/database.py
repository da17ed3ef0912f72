"""`assessment migrate`: migrate the database to the newest schema."""

import sys

import click

from assessment import settings
from assessment.cli import place
from assessment.cli.groups import WithExamples
from assessment.cli.words import done, say, warn
from assessment.cli.words import translate as _
from assessment.services import auditing
from assessment.storage import schema
from assessment.storage.database import is_sqlite

BACKUP = 'pg_dump --format=custom --file=assessment.dump "$ASSESSMENT_DATABASE_URL"'


@click.command(cls=WithExamples, examples=("assessment migrate",))
def migrate() -> None:
    """Migrate the database to the newest schema, in one transaction.

    A SQLite file that is not empty is copied first, next to it. For PostgreSQL the command names a backup command,
    and asks on a terminal whether there is a backup.
    """
    chosen = place.configured()
    with place.opened(chosen) as engine:
        state = schema.schema_state(engine)
        if state == "old" and not is_sqlite(engine):
            _ask_for_backup()
        copy = schema.migrate(engine, place.now())
        with place.writing(engine) as session:
            auditing.start_logs(session, place.now())
    shown = settings.describe(chosen)["ASSESSMENT_DATABASE_URL"]
    if state == "current":
        say(_("{database} has the newest schema already.").format(database=shown))
        return
    done(_("{database} has the newest schema now.").format(database=shown))
    if copy:
        say(_("What was there before is kept in {path}.").format(path=copy))
    if state == "empty":
        say(_("Next: assessment user add you@example.org --admin --workspace 'YOUR FIRM', then: assessment serve"))


def _ask_for_backup() -> None:
    """Show how to back up PostgreSQL and ask for confirmation; without a terminal (containers), continue."""
    warn(_("The database will be changed. If you have no backup of it yet, make one first:"))
    say(f"  {BACKUP}")
    if sys.stdin.isatty():
        click.confirm(_("Is there a backup?"), abort=True, err=True)
