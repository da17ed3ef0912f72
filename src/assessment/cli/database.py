"""`assessment migrate`: bring the database to the newest schema."""

import click

from assessment import settings
from assessment.cli import place
from assessment.cli.groups import WithExamples
from assessment.cli.words import done, say
from assessment.cli.words import translate as _
from assessment.services import auditing
from assessment.storage import schema


@click.command(cls=WithExamples, examples=("assessment migrate",))
def migrate() -> None:
    """Bring the database to the newest schema, all of it or nothing.

    Of a SQLite file that holds something a copy is made first, beside it.
    """
    chosen = place.configured()
    with place.opened(chosen) as engine:
        state = schema.schema_state(engine)
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
