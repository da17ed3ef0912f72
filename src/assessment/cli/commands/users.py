"""`assessment user …`: manage consultants."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from assessment.cli.support import environment, text_table
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples, LazyCommand, LazyGroup
from assessment.cli.support.messages import N_, print_note, print_success, print_warning
from assessment.cli.support.messages import translate_text as _
from assessment.cli.support.workspaces import choose_workspace
from assessment.domain.closed_sets import MemberRole
from assessment.errors import Problem

if TYPE_CHECKING:
    from assessment.storage.auth.users import WorkspaceMember

PASSWORD_FILE_OPTION = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Read the password from the first line of a file."),
)


@click.group(
    cls=LazyGroup,
    commands_by_name={
        "add": LazyCommand(f"{__name__}:add_user", N_("Add a consultant.")),
        "list": LazyCommand(f"{__name__}:list_users", N_("List the consultants.")),
        "password": LazyCommand(f"{__name__}:change_password", N_("Set a new password; ends all sessions.")),
        "disable": LazyCommand(f"{__name__}:disable_user", N_("Block a consultant; ends all sessions.")),
        "enable": LazyCommand(f"{__name__}:enable_user", N_("Let a blocked consultant sign in again.")),
        "reset-second-step": LazyCommand(
            f"{__name__}:reset_second_step", N_("Turn off two-step sign-in for someone who is locked out.")
        ),
    },
    examples=('assessment user add you@example.org --admin --workspace "Berg Consulting"',),
)
def user_group() -> None:
    """Consultants who may sign in."""


@click.command(
    "add",
    cls=CommandWithExamples,
    examples=(
        'assessment user add you@example.org --admin --workspace "Berg Consulting"',
        "assessment user add bob@example.org --role editor --password-file secret.txt",
        "pass show assessment | assessment user add you@example.org",
        "assessment user add bob@example.org --role viewer --invite --language de",
    ),
)
@click.argument("email")
@click.option(
    "--role",
    default=MemberRole.OWNER.value,
    show_default=True,
    type=click.Choice([role.value for role in MemberRole]),
    help=_("Owners manage everything, editors run assessments, viewers only look."),
)
@click.option("--admin", is_flag=True, help=_("May administer the whole installation."))
@click.option(
    "--workspace",
    metavar="NAME",
    help=_(
        "The workspace, by the name of your firm: its people see its clients, and no others. A new name makes one; "
        "left out, the only one."
    ),
)
@PASSWORD_FILE_OPTION
@click.option("--invite", is_flag=True, help=_("Mail a link to choose a password, instead of asking for one."))
@click.option("--language", default="en", show_default=True, metavar="TAG", help=_("Language of that mail."))
def add_user(  # the options
    email: str,
    role: str,
    workspace: str | None,
    password_file: Path | None,
    language: str,
    *,
    admin: bool,
    invite: bool,
) -> None:
    """Add a consultant; the password is asked for, read from standard input, or chosen by a mailed link."""
    from assessment.services.auth import members, password_resets, users
    from assessment.services.delivery.mail_settings import find_mail
    from assessment.storage import database
    from assessment.storage.auth import users as stored

    with environment.open_database() as (_chosen, engine):
        with database.read_session(engine) as session:
            existing_names = stored.list_workspace_names(session)
            name = choose_workspace(existing_names) if workspace is None else workspace
            has_mail = find_mail(session) is not None
        if invite and not has_mail:
            raise CommandError(_("No mail server is configured."), [_make_mail_problem()])
        password = "" if invite else _read_password(password_file)
        now = environment.current_time()
        with environment.write_as_operator(engine) as session:
            workspace_id = users.find_or_create_workspace(session, name, now)
            if invite:
                link = members.add_member(session, workspace_id, email, role, now, admin=admin)
                password_resets.mail_set_up_link(session, workspace_id, name, link, language, now)
            else:
                users.add_user(session, workspace_id, email, password, now, admin=admin, role=role)
    if name not in existing_names:
        _report_new_workspace(name, existing_names, is_name_given=workspace is not None)
    print_success(_("Added {email} to the workspace {name}.").format(email=email, name=name))
    if invite:
        print_note(_("The link is mailed by the server or, with PostgreSQL, by a worker: assessment work."))
        print_note(_("It works once, for seven days."))
    else:
        print_note(_("Next: assessment serve, then sign in under /console"))


def _make_mail_problem() -> Problem:
    remedy = _("Set ASSESSMENT_SMTP_URL, or leave out --invite and give a password.")
    return Problem(_("is missing."), remedy, file="ASSESSMENT_SMTP_URL")


def _report_new_workspace(name: str, existing_names: Sequence[str], *, is_name_given: bool) -> None:
    """Report a new workspace, since a misspelt name makes one whose members see none of the other clients."""
    print_success(_("Created the workspace {name}.").format(name=name))
    if existing_names:
        print_warning(
            _("Its members don’t see the clients of the other workspaces: {known}.").format(
                known=", ".join(existing_names)
            )
        )
    elif not is_name_given:
        print_note(_("This is the default name. Give your own with --workspace NAME."))


def _read_password(file: Path | None) -> str:
    if file is None and sys.stdin.isatty():
        asked: str = click.prompt(_("Password"), hide_input=True, confirmation_prompt=True, err=True)
        return asked
    # Bytes: in the locale C, text of standard input hides what is not UTF-8.
    content = file.read_bytes() if file else sys.stdin.buffer.read()
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        place = str(file) if file else _("standard input")
        problem = Problem(_("is not UTF-8."), _("Save it as UTF-8."), file=place)
        raise CommandError(_("The password can’t be read."), [problem]) from error
    return text.partition("\n")[0].rstrip("\r")


@click.command("list", cls=CommandWithExamples, examples=("assessment user list", "assessment user list --json"))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON, one object for each."))
def list_users(*, as_json: bool) -> None:
    """List everyone who may sign in, or might: address, role, workspace, whether blocked."""
    from assessment.services.auth import users
    from assessment.storage import database

    with environment.open_database() as (_chosen, engine), database.read_session(engine) as session:
        members = users.list_users(session)
    if as_json:
        click.echo(msgspec.json.encode(members).decode())
        return
    for line in text_table.format_rows([_make_cells(member) for member in members], left=(0, 1, 2, 3)):
        click.echo(line.removeprefix(text_table.COLUMN_GAP).rstrip())


def _make_cells(member: WorkspaceMember) -> list[str]:
    role = f"{member.role}, admin" if member.admin else member.role
    return [member.email, role, member.workspace, _("blocked") if member.disabled else ""]


@click.command(
    "password",
    cls=CommandWithExamples,
    examples=(
        "assessment user password bob@example.org",
        "assessment user password bob@example.org --password-file secret.txt",
    ),
)
@click.argument("email")
@PASSWORD_FILE_OPTION
def change_password(email: str, password_file: Path | None) -> None:
    """Set a new password; the person is signed out everywhere at once."""
    from assessment.services.auth import users
    from assessment.storage import database

    with environment.open_database() as (_chosen, engine):
        with database.read_session(engine) as session:
            users.check_user_exists(session, email)  # fail before asking for a password
        password = _read_password(password_file)
        with environment.write_as_operator(engine) as session:
            users.change_password(session, email, password, environment.current_time())
    print_success(_("{email} has a new password, and all sessions have ended.").format(email=email))


@click.command("disable", cls=CommandWithExamples, examples=("assessment user disable bob@example.org",))
@click.argument("email")
def disable_user(email: str) -> None:
    """Block a consultant; the person is signed out everywhere at once."""
    from assessment.services.auth import users

    with environment.open_database() as (_chosen, engine), environment.write_as_operator(engine) as session:
        users.disable_user(session, email, environment.current_time())
    print_success(_("{email} is blocked, and all sessions have ended.").format(email=email))


@click.command("enable", cls=CommandWithExamples, examples=("assessment user enable bob@example.org",))
@click.argument("email")
def enable_user(email: str) -> None:
    """Let a blocked consultant sign in again, with the password of before."""
    from assessment.services.auth import users

    with environment.open_database() as (_chosen, engine), environment.write_as_operator(engine) as session:
        users.enable_user(session, email, environment.current_time())
    print_success(_("{email} may sign in again.").format(email=email))


@click.command(
    "reset-second-step", cls=CommandWithExamples, examples=("assessment user reset-second-step bob@example.org",)
)
@click.argument("email")
def reset_second_step(email: str) -> None:
    """Turn off two-step sign-in for a consultant without phone and recovery codes; ends all sessions.

    Make sure first that it is this person who asks.
    """
    from assessment.services.auth import second_factor, users

    with environment.open_database() as (_chosen, engine), environment.write_as_operator(engine) as session:
        users.check_user_exists(session, email)
        address = users.check_address(email)
        was_on = second_factor.reset_second_factor(session, address, environment.current_time())
    if was_on:
        print_success(
            _("{email} signs in with the password alone now, and all sessions have ended.").format(email=email)
        )
    else:
        print_note(_("{email} has no two-step sign-in.").format(email=email))
