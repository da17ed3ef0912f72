"""Marks that an invited person has sent answers to an anonymous assessment.

The key of a mark is an HMAC of the id of the person's first invitation with the server's secret. The database, its log
and its backups don't contain the secret, so they don't reveal whose mark it is.
"""

from sqlalchemy.orm import Session

from assessment.services import tokens
from assessment.storage import marks


def mark_sent(session: Session, workspace_id: str, assessment_id: str, person: str, secret: str) -> bool:
    """Set the mark of a person (id of the first invitation); return False if it was set before."""
    legacy = _legacy_name(person, secret)
    if marks.among(session, workspace_id, assessment_id, {legacy}):
        return False
    return marks.add(session, workspace_id, assessment_id, _name(person, secret))


def is_marked(session: Session, workspace_id: str, assessment_id: str, person: str, secret: str) -> bool:
    names = {_name(person, secret), _legacy_name(person, secret)}
    return bool(marks.among(session, workspace_id, assessment_id, names))


def unmark_sent(session: Session, workspace_id: str, assessment_id: str, person: str, secret: str) -> None:
    """Delete the mark, after the response was withdrawn or set aside."""
    names = {_name(person, secret), _legacy_name(person, secret)}
    marks.remove(session, workspace_id, assessment_id, names)


def _name(person: str, secret: str) -> bytes:
    if not secret:
        raise ValueError("An anonymous assessment needs the server's secret.")
    return tokens.signature(secret, "invitation sent", person)


def _legacy_name(person: str, secret: str) -> bytes:
    """HMAC used before drafts were per browser; such marks were set both by sending and by withdrawing."""
    return tokens.signature(secret, "invitation done", person)
