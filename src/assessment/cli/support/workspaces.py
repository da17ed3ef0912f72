"""Selection of a workspace by a command's option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.messages import translate_text as _
from assessment.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def find_workspace(session: Session, workspace: str | None) -> str:
    """Return the id of the named workspace, or of the only one; raises CommandError."""
    from assessment.storage.auth import users as stored

    names = stored.list_workspace_names(session)
    name = choose_workspace(names) if workspace is None else workspace
    workspace_id = stored.find_workspace_id(session, name)
    if workspace_id is None:
        remedy = _("Choose one: --workspace NAME") if names else _("`assessment user add` creates one.")
        raise CommandError(_("There is no workspace {name}.").format(name=name), [_make_problem(names, remedy)])
    return workspace_id


def choose_workspace(names: Sequence[str]) -> str:
    """Return the only workspace, or the default name for the first one; raises if there are several."""
    from assessment.services.auth import users

    if len(names) > 1:
        problem = _make_problem(names, _("Choose one: --workspace NAME"))
        raise CommandError(_("There are several workspaces."), [problem])
    return names[0] if names else users.DEFAULT_WORKSPACE


def _make_problem(names: Sequence[str], remedy: str) -> Problem:
    return Problem(_("There are: {known}.").format(known=", ".join(names) or _("none")), remedy)
