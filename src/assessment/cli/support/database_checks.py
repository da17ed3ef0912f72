"""Checks of `assessment doctor` in a database of the newest schema, with the command that fixes each fault."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assessment.cli.support import environment
from assessment.cli.support.messages import translate_text as _
from assessment.errors import Problem, UnavailableError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.exc import DatabaseError

    from assessment.settings import Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
SECRET_FILES = ("secret",)
# PostgreSQL loses acknowledged answers at a crash without these.
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


def find_database_problems(current_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """Yield faults of a database of the newest schema."""
    from assessment.storage.database import is_sqlite

    yield from _find_sqlite_problems(engine) if is_sqlite(engine) else _find_postgresql_problems(engine)
    yield from _find_write_problems(engine)
    yield from _find_missing_users(engine)
    yield from _find_late_jobs(current_settings, engine)


def describe_failure(error: DatabaseError) -> Problem:
    """Return the problem of a failed statement; SQLite reports a damaged file by the error class itself."""
    from sqlalchemy.exc import DatabaseError

    if type(error) is DatabaseError:
        return describe_damage(str(error.orig))
    return Problem(str(error.orig).strip().partition("\n")[0])


def describe_damage(detail: str) -> Problem:
    """Return the problem of a damaged database."""
    return Problem(
        _("The database is damaged: {detail}.").format(detail=detail.partition("\n")[0]),
        _("Stop the server and run: {command}").format(command="assessment restore BACKUP --replace"),
    )


def describe_unavailable(engine: Engine, error: UnavailableError) -> Problem:
    """Return the problem of a database that can't be opened, with the reason that its driver gives."""
    from assessment.storage.database import is_sqlite

    cause = getattr(error.__cause__, "orig", None) or error.__cause__ or error
    if is_sqlite(engine):
        path = engine.url.database
        remedy = _("Run: {command}").format(command=f"ls -l {path}")
    else:
        remedy = _("Run: {command}").format(command=f"pg_isready --dbname='{engine.url.render_as_string()}'")
    return Problem(_("It can’t be opened: {detail}.").format(detail=str(cause).strip().partition("\n")[0]), remedy)


def find_exposed_files(current_settings: Settings) -> Iterator[Problem]:
    """Yield files with secrets or answers that other users of this machine can read."""
    if os.name != "posix":
        return
    paths = [current_settings.data / name for name in SECRET_FILES]
    if current_settings.database_url.startswith("sqlite:///"):
        paths.append(Path(current_settings.database_url.removeprefix("sqlite:///")))
    for path in paths:
        if path.exists() and path.stat().st_mode & OTHERS and _is_reachable_by_others(path.parent):
            text = _("Other users of this machine can read {path}.").format(path=path)
            yield Problem(text, _("Run: {command}").format(command=f"chmod 600 {path}"))


def _is_reachable_by_others(folder: Path) -> bool:
    """Return whether others may enter the folder; a private one protects what is in it."""
    return bool(folder.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH))


def _find_sqlite_problems(engine: Engine) -> Iterator[Problem]:
    from sqlalchemy import text

    with engine.connect() as connection:
        integrity = connection.execute(text("PRAGMA integrity_check(1)")).scalar_one()
        if integrity != "ok":
            yield describe_damage(integrity.splitlines()[-1])  # the first line may only name the database
            return  # foreign_key_check fails in a damaged file
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        yield describe_damage(f"foreign key of {broken[0]}")


def _find_postgresql_problems(engine: Engine) -> Iterator[Problem]:
    from sqlalchemy import text

    with engine.connect() as connection:
        is_superuser = connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar()
        role = connection.execute(text("SELECT current_user")).scalar_one()
        values = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in DURABILITY}
    if is_superuser:
        yield Problem(
            _("The program signs in as {role}, a superuser of the database server.").format(role=role),
            _("Use a role of its own, or run: {command}").format(command=f"ALTER ROLE {role} NOSUPERUSER"),
        )
    for name, value in values.items():
        if value == "off":
            yield Problem(
                _("The setting {name} is off: a crash of the database server can lose answers.").format(name=name),
                _("Run: {command}").format(command=f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf()"),
            )


def _find_write_problems(engine: Engine) -> Iterator[Problem]:
    from assessment.storage.database import is_sqlite
    from assessment.storage.write_check import check_write

    if check_write(engine) != "not possible":
        return
    if is_sqlite(engine):
        path = engine.url.database
        yield Problem(
            _("{path} can’t be written to.").format(path=path),
            _("Run, as root: {command}").format(command=f"chown $(id -u):$(id -g) {path} && chmod 600 {path}"),
        )
    else:
        yield Problem(
            _("The database can only be read: it is a standby, or its role lacks rights."),
            _("Name the primary server in {name}.").format(name="ASSESSMENT_DATABASE_URL"),
        )


def _find_missing_users(engine: Engine) -> Iterator[Problem]:
    from assessment.storage import database
    from assessment.storage.auth import users

    with database.read_session(engine) as session:
        has_users = users.has_any_user(session)
    if not has_users:
        command = "assessment user add you@example.org --admin --workspace 'YOUR FIRM'"
        yield Problem(_("Nobody can sign in yet."), _("Run: {command}").format(command=command))


def _find_late_jobs(current_settings: Settings, engine: Engine) -> Iterator[Problem]:
    from assessment.services.operations import readiness
    from assessment.storage.database import is_sqlite

    delays = readiness.measure_job_delays(engine, environment.current_time())
    late = {kind for kind, delay in delays.items() if delay > readiness.LATE_AFTER}
    command = "assessment serve" if is_sqlite(engine) else "assessment work"
    run = _("Run: {command}").format(command=command)
    if "mail" in late:
        set_up = _("Set {name}, or restart the server with it.").format(name="ASSESSMENT_SMTP_URL")
        yield Problem(
            _("Mails are due for more than a quarter of an hour, and no worker sends them."),
            set_up if current_settings.smtp_url is None else run,
        )
    if "webhook" in late:
        yield Problem(_("Webhooks are due for more than a quarter of an hour, and no worker sends them."), run)
    if "large request" in late:
        yield Problem(
            _("Large requests have waited for more than a quarter of an hour, and no worker takes them."), run
        )
