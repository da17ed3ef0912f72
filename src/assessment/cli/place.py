"""Where the program is set up: its settings and its database, or what to do about them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment import settings
from assessment.cli.failing import Failed
from assessment.cli.words import translate as _
from assessment.errors import Problem
from assessment.services import auditing
from assessment.settings import Settings
from assessment.storage import database, schema


def now() -> datetime:
    """The time, aware: the command line is an edge."""
    return datetime.now(UTC)


def configured() -> Settings:
    """The settings of the environment."""
    return settings.read(os.environ)


@contextmanager
def opened(chosen: Settings) -> Iterator[Engine]:
    """An engine for the database, closed at the end; of SQLite the folder is made, the file is not."""
    engine = database.connect(chosen.database_url)
    auditing.attach_secret(engine, chosen.secret)
    if database.is_sqlite(engine):
        Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction in which the operator acts."""
    with database.writing(engine) as session:
        auditing.set_actor(session, auditing.OPERATOR)
        yield session


@contextmanager
def ready() -> Iterator[tuple[Settings, Engine]]:
    """Settings and a database in the newest schema; else a failure that names the command that mends it."""
    chosen = configured()
    with opened(chosen) as engine:
        problem = schema_problem(engine)
        if problem:
            raise Failed(_("The database can't be used yet."), [problem])
        yield chosen, engine


def proxy_problem(chosen: Settings) -> Problem | None:
    """Report a proxy that is not configured: everyone would share one limit on wrong passwords."""
    if not chosen.hides_clients:
        return None
    return Problem(
        _(
            "People come through a proxy that speaks TLS, and all count as one address: wrong passwords of strangers "
            "lock out everyone who has not signed in with this browser before."
        ),
        _("Set it to the number of proxies, most often 1, and let the outermost write X-Forwarded-For."),
        file="ASSESSMENT_PROXIES",
    )


def schema_problem(engine: Engine) -> Problem | None:
    """What stands between the program and its database."""
    state = schema.schema_state(engine)
    run = _("Run: assessment migrate")
    return {
        "current": None,
        "empty": Problem(_("It is empty."), run),
        "old": Problem(_("It is older than this program."), run),
        "newer": Problem(_("It was made by a newer version of this program."), _("Install that version.")),
    }[state]
