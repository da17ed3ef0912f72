"""Settings of an assessment as consultants send them, and when each one locks.

A setting that is in none of the sets below locks at the close.
"""

from datetime import date

from msgspec import UNSET, Struct, UnsetType, field

from assessment.domain.closed_sets import Confidentiality, Mode

LOCKED_AT_OPENING = frozenset(
    {
        "organisation_id",
        "asker",
        "wave_of",
        "confidentiality",
        "mode",
        "minimum_group",
        "share_results",
        "domains",
        "questionnaire_id",
        "questionnaire_version",
    }
)
CHANGEABLE_ALWAYS = frozenset({"in_benchmarks"})
CHANGEABLE_AFTER_RELEASE = CHANGEABLE_ALWAYS | {"title", "language", "closes_on"}
# The next wave starts with these.
COPIED_FIELDS = (
    "language",
    "confidentiality",
    "mode",
    "minimum_group",
    "weights",
    "targets",
    "contacts",
    "importance",
    "share_results",
    "in_benchmarks",
)


class AssessmentInput(Struct, frozen=True, kw_only=True):
    """Settings of a new assessment; `organisation` is an id, `questionnaire` is ID or ID@VERSION."""

    organisation: str
    questionnaire: str
    title: str
    asker: str = ""
    language: str | None = None
    confidentiality: str = Confidentiality.CONFIDENTIAL
    mode: str = Mode.SURVEY
    minimum_group: int | None = None
    weights: dict[str, float] = field(default_factory=dict)
    targets: dict[str, float] = field(default_factory=dict)
    contacts: dict[str, dict[str, float]] = field(default_factory=dict)
    importance: dict[str, int] = field(default_factory=dict)
    wave_of: str | None = None
    closes_on: date | None = None
    share_results: bool = False
    in_benchmarks: bool = False
    domains: tuple[str, ...] = ()


class AssessmentPatch(Struct, frozen=True, kw_only=True):
    """Changed settings; unset fields stay as they are."""

    organisation: str | UnsetType = UNSET
    questionnaire: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    asker: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    confidentiality: str | UnsetType = UNSET
    mode: str | UnsetType = UNSET
    minimum_group: int | UnsetType = UNSET
    weights: dict[str, float] | UnsetType = UNSET
    targets: dict[str, float] | UnsetType = UNSET
    contacts: dict[str, dict[str, float]] | UnsetType = UNSET
    importance: dict[str, int] | UnsetType = UNSET
    wave_of: str | UnsetType | None = UNSET
    closes_on: date | UnsetType | None = UNSET
    share_results: bool | UnsetType = UNSET
    in_benchmarks: bool | UnsetType = UNSET
    domains: tuple[str, ...] | UnsetType = UNSET
