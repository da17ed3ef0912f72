"""Authenticated principals: consultant (console session), API key, respondent (survey session)."""

from datetime import date, datetime

from msgspec import Struct

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import (
    EDITING_ROLES,
    AssessmentState,
    Confidentiality,
    MemberRole,
    Mode,
    ResponseState,
)
from assessment.domain.survey.promises import are_answers_private


class Consultant(Struct, frozen=True):
    """User signed in to the console; `seen_at` is the last stored activity."""

    user_id: str
    email: str
    workspace_id: str
    workspace: str
    role: MemberRole
    admin: bool
    seen_at: datetime
    language: str = "en"  # of the console pages

    @property
    def is_owner(self) -> bool:
        """Return whether the consultant manages users, keys, settings and the audit log of the workspace."""
        return self.role == MemberRole.OWNER

    @property
    def can_edit(self) -> bool:
        """Return whether the consultant may change clients, assessments and people."""
        return self.role in EDITING_ROLES


class KeyHolder(Struct, frozen=True):
    """Program that authenticates with an API key."""

    key_id: str
    workspace_id: str
    scopes: frozenset[str]
    name: str = ""
    last_used_at: datetime | None = None


class Respondent(Struct, frozen=True):
    """Browser session that answers one response; in state `preview` nothing is stored."""

    response_id: str
    workspace_id: str
    assessment_id: str
    questionnaire_id: str
    questionnaire_version: str
    questionnaire_digest: str
    role: str
    functions: tuple[str, ...]
    language: str
    state: ResponseState
    assessment_state: AssessmentState
    confidentiality: Confidentiality
    minimum_group: int
    title: str
    organisation: str
    asker: str
    mode: Mode
    closes_on: date | None
    closes_at: datetime | None = None
    opened_on: date | None = None
    share_results: bool = False
    is_earlier_release_kept: bool = False  # an earlier release, because a further one would reveal few people's answers
    code_hash: bytes | None = None
    invitation_id: str | None = None
    revoked_on: date | None = None
    moved_on: date | None = None  # when the response was transferred from this browser to another one

    @property
    def assessment_key(self) -> AssessmentKey:
        return AssessmentKey(self.workspace_id, self.assessment_id)

    @property
    def is_anonymous(self) -> bool:
        """Return whether nothing may link the answers to an invitation."""
        return self.confidentiality == Confidentiality.ANONYMOUS

    @property
    def is_open_to_link_holders(self) -> bool:
        """Return whether anyone with the link can see and change the invitation's only response."""
        return not are_answers_private(self.confidentiality, self.mode)
