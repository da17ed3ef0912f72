"""`assessment user add` and `assessment key add`: let people and programs in."""

import sys
from pathlib import Path

import click
from sqlalchemy.orm import Session

from assessment.cli import place
from assessment.cli.failing import Failed
from assessment.cli.groups import Later, LazyGroup, WithExamples
from assessment.cli.words import N_, done, say
from assessment.cli.words import translate as _
from assessment.errors import Problem
from assessment.services import keys, users
from assessment.storage import database
from assessment.storage import users as stored


@click.group(
    cls=LazyGroup,
    later={"add": Later(f"{__name__}:add_user", N_("Add a consultant."))},
    examples=("assessment user add you@example.org --admin",),
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
        "assessment user add you@example.org --admin",
        "assessment user add bob@example.org --workspace agency --password-file secret.txt",
        "pass show assessment | assessment user add you@example.org",
    ),
)
@click.argument("email")
@click.option("--admin", is_flag=True, help=_("May look after the whole installation."))
@click.option(
    "--workspace",
    default=users.WORKSPACE,
    show_default=True,
    metavar="NAME",
    help=_("The workspace, by the name of your firm: its people see its clients, and no others."),
)
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Read the password from the first line of a file."),
)
def add_user(email: str, workspace: str, password_file: Path | None, *, admin: bool) -> None:
    """Add a consultant; the password is asked for, or read from standard input."""
    with place.ready() as (_chosen, engine):
        password = _password(password_file)
        with database.writing(engine) as session:
            is_new = stored.workspace_id(session, workspace) is None
            workspace_id = users.workspace_of(session, workspace, place.now())
            users.add_user(session, workspace_id, email, password, place.now(), admin=admin)
    if is_new:
        done(_("Made the workspace {name}.").format(name=workspace))
    done(_("Added {email}.").format(email=email))
    say(_("Next: assessment serve, then sign in under /console"))


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
    with place.ready() as (chosen, engine), database.writing(engine) as session:
        made = keys.add_key(session, _known(session, workspace), name, scopes, place.now(), secret=chosen.secret)
    click.echo(made.text)
    done(
        _("Made a key that may {scopes}, for a year. Keep it safe: it is not shown again.").format(
            scopes=", ".join(scopes)
        )
    )


def _known(session: Session, workspace: str | None) -> str:
    there = stored.workspaces(session)
    if workspace is None:
        workspace = there[0] if len(there) == 1 else users.WORKSPACE
    found = stored.workspace_id(session, workspace)
    if found is None:
        known = ", ".join(there) or _("none")
        remedy = _("Choose one: --workspace NAME") if there else _("`assessment user add` makes one.")
        problem = Problem(_("There are: {known}.").format(known=known), remedy)
        raise Failed(_("There is no workspace {name}.").format(name=workspace), [problem])
    return found
