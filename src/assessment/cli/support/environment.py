"""The installation of the command line: settings from the environment, and the database.

Like all modules of commands, it imports slow packages in functions, so that `--help` is fast.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assessment import settings
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.messages import translate_text as _
from assessment.domain.closed_sets import SchemaState
from assessment.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from assessment.settings import Settings


def current_time() -> datetime:
    """Current time, aware (UTC)."""
    return datetime.now(UTC)


def load_settings() -> Settings:
    """Read the settings from the environment."""
    return settings.read_settings(os.environ)


@contextmanager
def open_engine(current_settings: Settings) -> Iterator[Engine]:
    """Open an engine, disposed at the end; SQLite's folder is created, its file is not."""
    from assessment.services.delivery import mail_settings
    from assessment.services.operations import audit_trail
    from assessment.storage import database

    engine = database.make_engine(current_settings.database_url)
    audit_trail.attach_secret(engine, current_settings.secret)
    mail_settings.attach_mail(engine, mail_settings.make_mail_settings(current_settings))
    if database.is_sqlite(engine):
        Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def write_as_operator(engine: Engine) -> Iterator[Session]:
    """Open a write session whose audit entries name the operator."""
    from assessment.services.operations import audit_trail
    from assessment.storage import database

    with database.write_session(engine) as session:
        audit_trail.set_actor(session, audit_trail.OPERATOR_ACTOR)
        yield session


@contextmanager
def open_database() -> Iterator[tuple[Settings, Engine]]:
    """Open the database; raises CommandError unless it has the newest schema."""
    current_settings = load_settings()
    with open_engine(current_settings) as engine:
        problem = find_schema_problem(engine)
        if problem:
            raise CommandError(_("The database can’t be used yet."), [problem])
        yield current_settings, engine


def find_proxy_problem(current_settings: Settings) -> Problem | None:
    """Return a problem if a proxy is not configured: all clients would share one rate limit on passwords."""
    if not current_settings.has_unknown_clients:
        return None
    return Problem(
        _(
            "People come through a proxy that speaks TLS, and all count as one address: wrong passwords of strangers "
            "lock out everyone who has not signed in with this browser before."
        ),
        _("Set it to the number of proxies, most often 1, and let the outermost write X-Forwarded-For."),
        file="ASSESSMENT_PROXIES",
    )


def find_schema_problem(engine: Engine) -> Problem | None:
    """Return why the program can't use the database, if so."""
    from assessment.storage import schema

    state = schema.find_schema_state(engine)
    run = _("Run: assessment migrate")
    return {
        SchemaState.CURRENT: None,
        SchemaState.EMPTY: Problem(_("It is empty."), run),
        SchemaState.OLD: Problem(_("It is older than this program."), run),
        SchemaState.NEWER: Problem(_("It was made by a newer version of this program."), _("Install that version.")),
    }[state]
