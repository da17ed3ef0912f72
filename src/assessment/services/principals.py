"""Who is asking: what each of the three ways in says about the one who came."""

from datetime import date, datetime

from msgspec import Struct

from assessment.domain.promises import audience_of, is_private


class Consultant(Struct, frozen=True):
    """A person signed in to the console; `seen_at` is the last time this was written down."""

    user_id: str
    email: str
    workspace_id: str
    workspace: str
    role: str  # owner | viewer
    admin: bool
    seen_at: datetime
    language: str = "en"  # of the pages this person reads


class KeyHolder(Struct, frozen=True):
    """A program with an API key."""

    key_id: str
    workspace_id: str
    scopes: frozenset[str]
    name: str = ""
    last_used_at: datetime | None = None


class Respondent(Struct, frozen=True):
    """A browser that answers one response; `preview` is nobody, and nothing of it is kept."""

    response_id: str
    workspace_id: str
    assessment_id: str
    questionnaire_id: str
    questionnaire_version: str
    questionnaire_digest: str
    role: str
    functions: tuple[str, ...]
    language: str
    state: str  # started | sent | withdrawn | set-aside | preview
    assessment_state: str  # open | closed
    confidentiality: str
    minimum_group: int
    title: str
    organisation: str
    asker: str
    mode: str
    closes_on: date | None
    opened_on: date | None = None
    share_results: bool = False
    stands: bool = False  # an earlier release, since newer answers would tell of few people
    code_hash: bytes | None = None
    invitation_id: str | None = None
    revoked_on: date | None = None
    moved_on: date | None = None  # when the response was moved from this browser to another one

    @property
    def is_anonymous(self) -> bool:
        """Whether nothing may tie these answers to an invitation."""
        return self.confidentiality == "anonymous"

    @property
    def is_open_to_link_holders(self) -> bool:
        """Whether anyone with the link sees and changes the one response of the invitation."""
        return not is_private(audience_of(self.confidentiality, self.mode))
