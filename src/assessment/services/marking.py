"""What an anonymous assessment remembers of an invitation: that it was used, and that it is done.

Each is a mark under a name made of the invitation's id and the server's secret. The database holds the marks and not
the secret, so whoever has the database, its log or backups of it can't tell whose they are, nor which two go together.
"""

from collections.abc import Collection
from typing import Literal, TypeAlias

from sqlalchemy.orm import Session

from assessment.services import tokens
from assessment.storage import marks

Kind: TypeAlias = Literal["used", "done"]


def use(session: Session, workspace_id: str, assessment_id: str, invitation_id: str, secret: str) -> bool:
    """Mark an invitation as used; tell whether this is the first time."""
    return marks.add(session, workspace_id, assessment_id, _name("used", invitation_id, secret))


def finish(session: Session, workspace_id: str, assessment_id: str, invitation_id: str, secret: str) -> None:
    """Mark that nothing more is wanted of an invited person: sent, or withdrawn."""
    marks.add(session, workspace_id, assessment_id, _name("done", invitation_id, secret))


def is_used(session: Session, workspace_id: str, assessment_id: str, invitation_id: str, secret: str) -> bool:
    """Tell whether somebody came in by an invitation."""
    name = _name("used", invitation_id, secret)
    return bool(marks.among(session, workspace_id, assessment_id, {name}))


def not_done(
    session: Session, workspace_id: str, assessment_id: str, invitations: Collection[str], secret: str
) -> tuple[str, ...]:
    """Return those of the invitations (ids) that may be reminded. Show them to nobody: they say who has not sent."""
    names = {invitation: _name("done", invitation, secret) for invitation in invitations}
    done = marks.among(session, workspace_id, assessment_id, set(names.values()))
    return tuple(invitation for invitation, name in names.items() if name not in done)


def _name(kind: Kind, invitation_id: str, secret: str) -> bytes:
    if not secret:
        raise ValueError("An anonymous assessment needs the server's secret.")
    return tokens.signature(secret, f"invitation {kind}", invitation_id)
