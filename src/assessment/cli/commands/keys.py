"""`assessment key …`: manage API keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click
import msgspec

from assessment.cli.support import environment, text_table
from assessment.cli.support.dates import DURATION
from assessment.cli.support.lazy_groups import CommandWithExamples, LazyCommand, LazyGroup
from assessment.cli.support.messages import N_, print_success
from assessment.cli.support.messages import translate_text as _
from assessment.cli.support.workspaces import find_workspace
from assessment.services.auth.permissions import SCOPES

if TYPE_CHECKING:
    from assessment.services.auth.api_keys import ListedKey


@click.group(
    cls=LazyGroup,
    commands_by_name={
        "add": LazyCommand(f"{__name__}:add_key", N_("Make a key and print it, once.")),
        "list": LazyCommand(f"{__name__}:list_keys", N_("List the keys: name, scopes, last use, expiry.")),
        "revoke": LazyCommand(f"{__name__}:revoke_key", N_("End a key at once.")),
        "rotate": LazyCommand(f"{__name__}:rotate_key", N_("Replace a key by a new one with the same scopes.")),
    },
    examples=("assessment key add --name reporting --scope read:scores --scope read:reports", "assessment key list"),
)
def key_group() -> None:
    """Keys for the API."""


@click.command(
    "add",
    cls=CommandWithExamples,
    examples=(
        "assessment key add --name reporting --scope read:scores --scope read:reports",
        "assessment key add --name trial --scope read:scores --expires 90d",
    ),
)
@click.option("--name", required=True, help=_("What it is for, so that you know later which one to revoke."))
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    type=click.Choice(SCOPES),
    help=_("What it may do; repeat."),
)
@click.option(
    "--expires", type=DURATION, metavar="90d", help=_("How long it is valid; a year at most, and if left out.")
)
@click.option("--workspace", metavar="NAME", help=_("The workspace whose clients it sees; left out, the only one."))
def add_key(name: str, scopes: tuple[str, ...], expires: timedelta | None, workspace: str | None) -> None:
    """Make a key for the API and print it. It is shown only once, and not stored."""
    from assessment.services.auth import api_keys

    lasts = api_keys.MAX_VALIDITY if expires is None else expires
    now = environment.current_time()
    with environment.open_database() as (current_settings, engine), environment.write_as_operator(engine) as session:
        workspace_id = find_workspace(session, workspace)
        key = api_keys.add_key(session, workspace_id, name, scopes, now, secret=current_settings.secret, lasts=lasts)
    click.echo(key.text)
    print_success(
        _("Made a key that may {scopes}, until {day}. Keep it safe: it is not shown again.").format(
            scopes=", ".join(scopes), day=_format_time(now + lasts)
        )
    )


@click.command("list", cls=CommandWithExamples, examples=("assessment key list", "assessment key list --json"))
@click.option("--workspace", metavar="NAME", help=_("Only the keys of this workspace."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON, one object for each."))
def list_keys(workspace: str | None, *, as_json: bool) -> None:
    """List the keys, the newest first: id, name, scopes, last use and expiry. Their secrets are not stored."""
    from assessment.services.auth import api_keys
    from assessment.storage import database

    now = environment.current_time()
    with environment.open_database() as (_chosen, engine), database.read_session(engine) as session:
        keys = api_keys.list_all_keys(session, find_workspace(session, workspace) if workspace is not None else None)
    if as_json:
        click.echo(msgspec.json.encode(keys).decode())
        return
    cells = [["", _("name"), _("scopes"), _("last use"), _("expiry")], *(_make_cells(key, now) for key in keys)]
    for line in text_table.format_rows(cells if keys else [], left=(0, 1, 2, 3, 4)):
        click.echo(line.removeprefix(text_table.COLUMN_GAP).rstrip())


def _make_cells(key: ListedKey, now: datetime) -> list[str]:
    ended = _("revoked") if key.revoked_at else _("expired") if now >= key.expires_at else ""
    used = _format_time(key.last_used_at) if key.last_used_at else _("never")
    return [key.id, key.name, ", ".join(key.scopes), used, ended or _format_time(key.expires_at)]


def _format_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


@click.command("revoke", cls=CommandWithExamples, examples=("assessment key revoke ID",))
@click.argument("key_id", metavar="ID")
def revoke_key(key_id: str) -> None:
    """End a key at once; `assessment key list` shows the ids."""
    from assessment.services.auth import api_keys

    with environment.open_database() as (_chosen, engine), environment.write_as_operator(engine) as session:
        revoked = api_keys.revoke_key_by_id(session, key_id, environment.current_time())
    print_success(_("Revoked the key {name}.").format(name=revoked.name))


@click.command(
    "rotate", cls=CommandWithExamples, examples=("assessment key rotate ID", "assessment key rotate ID --overlap 24h")
)
@click.argument("key_id", metavar="ID")
@click.option(
    "--overlap", type=DURATION, metavar="24h", help=_("How long the replaced key stays valid; left out, not at all.")
)
def rotate_key(key_id: str, overlap: timedelta | None) -> None:
    """Make a key with the same name, scopes and validity, print it once, and end the one it replaces."""
    from assessment.services.auth import api_keys

    now = environment.current_time()
    with environment.open_database() as (current_settings, engine), environment.write_as_operator(engine) as session:
        key = api_keys.rotate_key(session, key_id, now, secret=current_settings.secret, overlap=overlap or timedelta(0))
    click.echo(key.text)
    if overlap:
        print_success(
            _("Made the new key. The replaced one is valid until {day} at most.").format(
                day=_format_time(now + overlap)
            )
        )
    else:
        print_success(_("Made the new key. The replaced one is not valid any more."))
