"""Marks that an invited person has sent answers to an anonymous assessment.

The key of a mark is an HMAC of the id of the person's first invitation with the server's secret. The database, its log
and its backups don't contain the secret, so they don't reveal whose mark it is.
"""

from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.services.auth import tokens
from assessment.storage.survey import anonymous_marks


def mark_sent(session: Session, key: AssessmentKey, person_id: str, secret: str) -> bool:
    """Set the mark of a person (id of the first invitation); return False if it was set before."""
    legacy = _hash_person_legacy(person_id, secret)
    if anonymous_marks.find_marks(session, key, {legacy}):
        return False
    return anonymous_marks.add_mark(session, key, _hash_person(person_id, secret))


def unmark_sent(session: Session, key: AssessmentKey, person_id: str, secret: str) -> None:
    """Delete the mark, after the response was withdrawn or set aside."""
    names = {_hash_person(person_id, secret), _hash_person_legacy(person_id, secret)}
    anonymous_marks.delete_marks(session, key, names)


def _hash_person(person_id: str, secret: str) -> bytes:
    if not secret:
        raise ValueError("An anonymous assessment needs the server's secret.")
    return tokens.sign_text(secret, "invitation sent", person_id)


def _hash_person_legacy(person_id: str, secret: str) -> bytes:
    """HMAC used before drafts were per browser; such marks were set both by sending and by withdrawing."""
    return tokens.sign_text(secret, "invitation done", person_id)
