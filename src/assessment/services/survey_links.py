"""Survey link: its invitation, the person's other invitations, and whether answers are accepted."""

import unicodedata
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closing_time import state_at
from assessment.domain.promises import audience_of, is_private
from assessment.errors import NotFoundError
from assessment.services import tokens
from assessment.storage import assessments, invitations

AROUND = ".,;:!?)>]}\"'*”’»"  # mail programs include it in a link, or cut it off


class SurveyLink(Struct, frozen=True):
    """`row` has the columns of the invitation and its assessment; `person` has the ids of the person's invitations.

    Each invitation replaces the previous one; the first id identifies the person.
    """

    token: str
    row: Any
    person: tuple[str, ...]

    @property
    def is_private(self) -> bool:
        """Return whether each browser has its own draft."""
        return is_private(audience_of(self.row.confidentiality, self.row.mode))

    @property
    def is_anonymous(self) -> bool:
        """Return whether the database has no connection between responses and invitations."""
        return bool(self.row.confidentiality == "anonymous" and self.is_private)

    def state(self, now: datetime | None) -> str:
        return state_of(self.row, now)


def find_link(session: Session, text: str) -> SurveyLink:
    """Find a link by its token as typed or pasted; `NotFoundError`."""
    token = clean_token(text)
    row = invitations.by_token(session, tokens.digest(token))
    if row is None:
        raise NotFoundError
    return SurveyLink(token, row, invitations.chain(session, row.workspace_id, row.assessment_id, row.id))


def is_closed(session: Session, text: str, now: datetime) -> bool:
    """Return whether the survey that a link leads to has closed; False for an unknown link."""
    try:
        return find_link(session, text).state(now) == "closed"
    except NotFoundError:
        return False


def hold_link(session: Session, text: str) -> SurveyLink:
    """Find a link and share-lock its assessment, so that it can't be closed before the commit; reads after the lock."""
    found = find_link(session, text)
    assessments.hold(session, found.row.workspace_id, found.row.assessment_id)
    return find_link(session, text)


def state_of(row: Any, now: datetime | None) -> str:  # noqa: ANN401  # a row with the assessment's columns
    """Return the assessment's state; closed from its closing time on, even before the scheduled close."""
    return str(row.assessment_state if now is None else state_at(row.assessment_state, row.closes_at, now))


def clean_token(text: str) -> str:
    """Strip what mail programs add to a token: punctuation, spaces, invisible characters."""
    visible = "".join(letter for letter in text if not _is_space(letter))
    return visible.strip(AROUND)


def _is_space(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cf", "Zs")
