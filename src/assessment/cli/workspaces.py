"""Selection of a workspace by a command's option."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from assessment.cli.failing import Failed
from assessment.cli.words import translate as _
from assessment.errors import Problem
from assessment.services import users
from assessment.storage import users as stored


def find_workspace(session: Session, workspace: str | None) -> str:
    """Return the id of the named workspace, or of the only one; raises Failed."""
    there = stored.workspaces(session)
    name = only_workspace(there) if workspace is None else workspace
    found = stored.workspace_id(session, name)
    if found is None:
        remedy = _("Choose one: --workspace NAME") if there else _("`assessment user add` makes one.")
        raise Failed(_("There is no workspace {name}.").format(name=name), [_there_are(there, remedy)])
    return found


def only_workspace(there: Sequence[str]) -> str:
    """Return the only workspace, or the default name for the first one; raises if there are several."""
    if len(there) > 1:
        problem = _there_are(there, _("Choose one: --workspace NAME"))
        raise Failed(_("There are several workspaces; which one is meant?"), [problem])
    return there[0] if there else users.WORKSPACE


def _there_are(there: Sequence[str], remedy: str) -> Problem:
    return Problem(_("There are: {known}.").format(known=", ".join(there) or _("none")), remedy)
