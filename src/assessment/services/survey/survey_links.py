"""Survey link: its invitation, the person's other invitations, and whether answers are accepted."""

import re
import unicodedata
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState, Confidentiality
from assessment.domain.survey.closing_time import find_close_beginning, get_state_at
from assessment.domain.survey.promises import are_answers_private
from assessment.errors import NotFoundError
from assessment.services.auth import tokens
from assessment.services.auth.tokens import TOKEN_LENGTH
from assessment.storage.people import invitation_links, replaced_invitations
from assessment.storage.people.invitation_links import SurveyInvitation
from assessment.storage.survey.respondent_sessions import SessionResponse
from assessment.storage.survey.responses import LockedResponse

TOKEN_LETTERS = re.compile(r"[A-Za-z0-9_-]+")
ENDINGS = frozenset("_-")  # letters of a token, and signs that a text around a link puts behind it


class SurveyLink(Struct, frozen=True):
    """`row` has the columns of the invitation and its assessment.

    `invitation_ids` are those of the person's invitations, each of which replaces the previous one.
    """

    token: str
    row: SurveyInvitation
    invitation_ids: tuple[str, ...]

    @property
    def person_id(self) -> str:
        """Id of the first invitation, which stays the same when a person is invited again."""
        return self.invitation_ids[0]

    @property
    def is_private(self) -> bool:
        """Return whether each browser has its own draft."""
        return are_answers_private(self.row.confidentiality, self.row.mode)

    @property
    def is_anonymous(self) -> bool:
        """Return whether the database has no connection between responses and invitations."""
        return self.row.confidentiality == Confidentiality.ANONYMOUS and self.is_private

    def state(self, now: datetime | None) -> AssessmentState:
        return get_assessment_state(self.row, now)


def find_link(session: Session, text: str) -> SurveyLink:
    """Find a link by its token as typed or pasted; `NotFoundError`."""
    token = clean_token(text)
    row = invitation_links.find_invitation_by_token(session, tokens.hash_token(token))
    if row is None:
        raise NotFoundError
    return SurveyLink(token, row, replaced_invitations.find_replacement_chain(session, row.assessment_key, row.id))


def is_closed(session: Session, text: str, now: datetime) -> bool:
    """Return whether the survey that a link leads to has closed; False for an unknown link."""
    try:
        return find_link(session, text).state(now) == AssessmentState.CLOSED
    except NotFoundError:
        return False


def is_being_closed(session: Session, text: str) -> bool:
    """Return whether a close runs: if it fails, answers are accepted again. False for an unknown link."""
    try:
        row = find_link(session, text).row
    except NotFoundError:
        return False
    beginning = find_close_beginning(row.closes_at, row.closes_on, row.time_zone)
    return row.assessment_state == AssessmentState.OPEN and beginning is not None


def lock_link(session: Session, text: str) -> SurveyLink:
    """Find a link and share-lock its assessment, so that it can't be closed before the commit; reads after the lock."""
    if not invitation_links.lock_assessment_of_link(session, tokens.hash_token(clean_token(text))):
        raise NotFoundError
    return find_link(session, text)


def get_assessment_state(
    row: SurveyInvitation | SessionResponse | LockedResponse, now: datetime | None
) -> AssessmentState:
    """Return the assessment's state; closed from its closing time on, even before the scheduled close."""
    return row.assessment_state if now is None else get_state_at(row.assessment_state, row.closes_at, now)


def clean_token(text: str) -> str:
    """Cut what mail programs and texts have around a token: every sign that no token has, and `_` or `-` at the end.

    Any other letter more makes it another token. Spaces inside are line breaks of a long link.
    """
    token = _find_token(text)
    if len(token) == TOKEN_LENGTH:
        return token
    return _find_token("".join(letter for letter in text if not _is_space(letter)))


def _find_token(text: str) -> str:
    match = TOKEN_LETTERS.search(text)
    token = match[0] if match else ""
    return token[:TOKEN_LENGTH] if ENDINGS.issuperset(token[TOKEN_LENGTH:]) else token


def _is_space(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cf", "Zs")
