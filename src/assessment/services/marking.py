"""What an anonymous assessment remembers of an invited person: that answers were sent.

A mark is named by an HMAC of the id of the person's first invitation with the server's secret. The database holds the
marks but not the secret, so the database, its log and backups of it don't show whose a mark is.
"""

from sqlalchemy.orm import Session

from assessment.services import tokens
from assessment.storage import marks


def mark_sent(session: Session, workspace_id: str, assessment_id: str, person: str, secret: str) -> bool:
    """Set the mark of a person (id of the first invitation); return whether nothing was sent before."""
    legacy = _legacy_name(person, secret)
    if marks.among(session, workspace_id, assessment_id, {legacy}):
        return False
    return marks.add(session, workspace_id, assessment_id, _name(person, secret))


def is_marked(session: Session, workspace_id: str, assessment_id: str, person: str, secret: str) -> bool:
    """Return whether the person has sent."""
    names = {_name(person, secret), _legacy_name(person, secret)}
    return bool(marks.among(session, workspace_id, assessment_id, names))


def unmark_sent(session: Session, workspace_id: str, assessment_id: str, person: str, secret: str) -> None:
    """Delete the mark of a person whose response was withdrawn or set aside."""
    names = {_name(person, secret), _legacy_name(person, secret)}
    marks.remove(session, workspace_id, assessment_id, names)


def _name(person: str, secret: str) -> bytes:
    if not secret:
        raise ValueError("An anonymous assessment needs the server's secret.")
    return tokens.signature(secret, "invitation sent", person)


def _legacy_name(person: str, secret: str) -> bytes:
    """Return the name of a mark from before each browser had a draft of its own; set after sending or withdrawing."""
    return tokens.signature(secret, "invitation done", person)
