"""`assessment user add` and `assessment key add`: let people and programs in."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from assessment.cli import place
from assessment.cli.failing import Failed
from assessment.cli.groups import Later, LazyGroup, WithExamples
from assessment.cli.words import N_, done, say, warn
from assessment.cli.words import translate as _
from assessment.errors import Problem
from assessment.services import keys, users
from assessment.storage import database
from assessment.storage import users as stored


@click.group(
    cls=LazyGroup,
    later={"add": Later(f"{__name__}:add_user", N_("Add a consultant."))},
    examples=('assessment user add you@example.org --admin --workspace "Berg Consulting"',),
)
def user() -> None:
    """Consultants who may sign in."""


@click.group(
    cls=LazyGroup,
    later={"add": Later(f"{__name__}:add_key", N_("Make a key and print it, once."))},
    examples=("assessment key add --name reporting --scope read:scores --scope read:reports",),
)
def key() -> None:
    """Keys for the API."""


@click.command(
    "add",
    cls=WithExamples,
    examples=(
        'assessment user add you@example.org --admin --workspace "Berg Consulting"',
        "assessment user add bob@example.org --password-file secret.txt",
        "pass show assessment | assessment user add you@example.org",
    ),
)
@click.argument("email")
@click.option("--admin", is_flag=True, help=_("May look after the whole installation."))
@click.option(
    "--workspace",
    metavar="NAME",
    help=_(
        "The workspace, by the name of your firm: its people see its clients, and no others. A new name makes one; "
        "left out, the only one."
    ),
)
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Read the password from the first line of a file."),
)
def add_user(email: str, workspace: str | None, password_file: Path | None, *, admin: bool) -> None:
    """Add a consultant; the password is asked for, or read from standard input."""
    with place.ready() as (_chosen, engine):
        with database.reading(engine) as session:
            there = stored.workspaces(session)
        name = _only(there) if workspace is None else workspace
        password = _password(password_file)
        with place.writing(engine) as session:
            workspace_id = users.workspace_of(session, name, place.now())
            users.add_user(session, workspace_id, email, password, place.now(), admin=admin)
    if name not in there:
        _tell_of_new(name, there, was_named=workspace is not None)
    done(_("Added {email} to the workspace {name}.").format(email=email, name=name))
    say(_("Next: assessment serve, then sign in under /console"))


def _tell_of_new(name: str, there: Sequence[str], *, was_named: bool) -> None:
    """Say that a workspace was made: nobody in it sees the clients of the others, which a slip of the pen may cause."""
    done(_("Made the workspace {name}.").format(name=name))
    if there:
        warn(_("Nobody in it sees the clients of the others: {known}.").format(known=", ".join(there)))
    elif not was_named:
        say(_("That is its name because none was given. A firm gives its own with --workspace NAME."))


def _password(file: Path | None) -> str:
    if file is None and sys.stdin.isatty():
        asked: str = click.prompt(_("Password"), hide_input=True, confirmation_prompt=True, err=True)
        return asked
    text = file.read_text(encoding="utf-8") if file else sys.stdin.read()
    return text.partition("\n")[0].rstrip("\r")


@click.command(
    "add", cls=WithExamples, examples=("assessment key add --name reporting --scope read:scores --scope read:reports",)
)
@click.option("--name", required=True, help=_("What it is for, so that you know later which one to revoke."))
@click.option(
    "--scope", "scopes", required=True, multiple=True, type=click.Choice(keys.SCOPES), help=_("What it may do; repeat.")
)
@click.option("--workspace", metavar="NAME", help=_("The workspace whose clients it sees; left out, the only one."))
def add_key(name: str, scopes: tuple[str, ...], workspace: str | None) -> None:
    """Make a key for the API and print it. It is shown once, and kept nowhere."""
    with place.ready() as (chosen, engine), place.writing(engine) as session:
        made = keys.add_key(
            session, known_workspace(session, workspace), name, scopes, place.now(), secret=chosen.secret
        )
    click.echo(made.text)
    done(
        _("Made a key that may {scopes}, for a year. Keep it safe: it is not shown again.").format(
            scopes=", ".join(scopes)
        )
    )


def known_workspace(session: Session, workspace: str | None) -> str:
    """Return the id of the workspace that is named, or of the only one."""
    there = stored.workspaces(session)
    name = _only(there) if workspace is None else workspace
    found = stored.workspace_id(session, name)
    if found is None:
        remedy = _("Choose one: --workspace NAME") if there else _("`assessment user add` makes one.")
        raise Failed(_("There is no workspace {name}.").format(name=name), [_there_are(there, remedy)])
    return found


def _only(there: Sequence[str]) -> str:
    """Take the only workspace there is, or the name of the first; among several nobody is put by chance."""
    if len(there) > 1:
        problem = _there_are(there, _("Choose one: --workspace NAME"))
        raise Failed(_("There are several workspaces; which one is meant?"), [problem])
    return there[0] if there else users.WORKSPACE


def _there_are(there: Sequence[str], remedy: str) -> Problem:
    return Problem(_("There are: {known}.").format(known=", ".join(there) or _("none")), remedy)
