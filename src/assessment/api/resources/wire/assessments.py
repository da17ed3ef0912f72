"""Wire types of assessments, with what the API reference says about each field."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, ClassVar, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from assessment.api.resources.wire import Identifier, Language, RequestStruct, Score, Title, Weight, copy_fields
from assessment.domain.closed_sets import AssessmentState, Confidentiality, Mode
from assessment.services.assessments.assessment_fields import AssessmentInput, AssessmentPatch
from assessment.services.assessments.mail_domains import MAX_DOMAINS
from assessment.services.assessments.reopening import (
    ANSWERS_WITHDRAWN,
    LAST_RELEASE,
    NO_FIGURES,
    PEOPLE_REPLACED,
)
from assessment.storage.assessments import Assessment

Asker: TypeAlias = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
MinimumGroup: TypeAlias = Annotated[int, Meta(ge=3, le=1000)]
Domains: TypeAlias = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=253)], ...], Meta(max_length=MAX_DOMAINS)
]
Importance: TypeAlias = Annotated[int, Meta(ge=1, le=5)]


FIELD_DESCRIPTIONS = {
    "organisation": "Whose social media it is: an organisation's id. Locks at the opening.",
    "questionnaire": "`ID`, `ID@VERSION` or an object of the two; the newest version where none is named. "
    "Locks at the opening.",
    "title": "What people see it called.",
    "asker": "Who asks, as respondents read it; the organisation where empty. Locks at the opening.",
    "language": "Of survey and report; the questionnaire's own where absent or null.",
    "confidentiality": "What respondents are promised. Locks at the opening.",
    "mode": "A survey of many, or one team answer per function. Locks at the opening.",
    "minimum_group": "Figures are shown only about more people than this; 3 at least. "
    "Where absent or null: that of the questionnaire, or the server's minimum if that is higher. "
    "Locks at the opening.",
    "weights": "Of functions, by id.",
    "targets": "Of functions, by id.",
    "contacts": "Of functions, by id: shares of contacts by channel.",
    "importance": "Of advice rules, by id, in place of their own.",
    "wave_of": "The earlier assessment that this one repeats; null for a first one. Locks at the opening.",
    "closes_on": "The last day, as respondents read it; null for none. From its end in the workspace's time zone "
    "(`closes_at`) no answer is accepted, and the server closes the assessment. Can be changed while it is open, never "
    "to a day that is over.",
    "share_results": "Whether everyone who has a link sees the published results after the close, without anyone’s own "
    "answers. Locks at the opening.",
    "in_benchmarks": "Whether its published scores count when other organisations of the workspace are ranked.",
    "domains": "The client's mail domains: then only people whose invitation the server mailed to an address there "
    "count towards the minimum group. No domain where anyone gets a mailbox, and none of an owner or editor of the "
    "workspace. Stored in lower case, as ASCII. Locks at the opening.",
}

REQUEST_EXAMPLE = {
    "organisation": "mf4gk3tbnjzxsyls",
    "questionnaire": "customer-care@1.0.0",
    "title": "Customer care 2026",
    "targets": {"care": 80},
    "closes_on": "2026-12-18",
}
RESPONSE_EXAMPLE = {
    "id": "onswy3tfobsw64dm",
    "organisation": "mf4gk3tbnjzxsyls",
    "questionnaire": {"id": "customer-care", "version": "1.0.0", "digest": None},
    "title": "Customer care 2026",
    "asker": "",
    "language": "en",
    "state": "draft",
    "confidentiality": "confidential",
    "mode": "survey",
    "minimum_group": 5,
    "weights": {},
    "targets": {"care": 80},
    "contacts": {},
    "importance": {},
    "wave_of": None,
    "domains": ["northwind.example"],
    "closes_on": "2026-12-18",
    "closes_at": "2026-12-19T00:00:00Z",
    "opened_on": None,
    "closed_on": None,
    "share_results": False,
    "in_benchmarks": False,
    "created_at": "2026-11-02T09:30:00Z",
    "archived_on": None,
    "release": None,
    "held_back": [],
}


DEPENDENCIES = dict.fromkeys(("language", "weights", "targets", "contacts", "importance"), ("questionnaire",)) | {
    "wave_of": ("organisation",),
    "questionnaire": ("mode",),  # people may be invited whose roles it lacks
}


class QuestionnaireChoice(RequestStruct, frozen=True):
    """Which questionnaire; its newest version where none is named."""

    id: Identifier
    version: Identifier | None = None


QuestionnaireField: TypeAlias = Identifier | QuestionnaireChoice


class NewAssessment(RequestStruct, frozen=True):
    """A new assessment; `questionnaire` is `ID`, `ID@VERSION`, or an object of the two."""

    field_descriptions: ClassVar[Mapping[str, str]] = FIELD_DESCRIPTIONS
    dependencies: ClassVar[Mapping[str, tuple[str, ...]]] = DEPENDENCIES

    organisation: Identifier
    questionnaire: QuestionnaireField
    title: Title
    asker: Asker = ""
    language: Language | None = None
    confidentiality: Confidentiality = Confidentiality.CONFIDENTIAL
    mode: Mode = Mode.SURVEY
    minimum_group: MinimumGroup | None = None
    weights: dict[str, Weight] = field(default_factory=dict)
    targets: dict[str, Score] = field(default_factory=dict)
    contacts: dict[str, dict[str, Weight]] = field(default_factory=dict)
    importance: dict[str, Importance] = field(default_factory=dict)
    wave_of: Identifier | None = None
    closes_on: date | None = None
    share_results: bool = False
    in_benchmarks: bool = False
    domains: Domains = ()


class AssessmentChange(RequestStruct, frozen=True):
    """Fields to change; each one that is sent replaces the former value as a whole."""

    field_descriptions: ClassVar[Mapping[str, str]] = FIELD_DESCRIPTIONS
    dependencies: ClassVar[Mapping[str, tuple[str, ...]]] = DEPENDENCIES

    organisation: Identifier | UnsetType = UNSET
    questionnaire: QuestionnaireField | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    asker: Asker | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    confidentiality: Confidentiality | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    minimum_group: MinimumGroup | UnsetType = UNSET
    weights: dict[str, Weight] | UnsetType = UNSET
    targets: dict[str, Score] | UnsetType = UNSET
    contacts: dict[str, dict[str, Weight]] | UnsetType = UNSET
    importance: dict[str, Importance] | UnsetType = UNSET
    wave_of: Identifier | UnsetType | None = UNSET
    closes_on: date | UnsetType | None = UNSET
    share_results: bool | UnsetType = UNSET
    in_benchmarks: bool | UnsetType = UNSET
    domains: Domains | UnsetType = UNSET


REASON_OF_AREAS = (
    "Only a few people's answers in these figures are new, changed or gone, or only a few are unchanged while the "
    "others moved them far."
)
RELEASE_OBSTACLES = {
    ANSWERS_WITHDRAWN: "Answers that the published result rests on have been withdrawn: it stands for good.",
    PEOPLE_REPLACED: "A few people were replaced since an earlier result: the two together could reveal "
    "what they answered.",
    LAST_RELEASE: "Results were published three times: the last one stands for good.",
    NO_FIGURES: "Too few answers counted at this close for any figure.",
}


class QuestionnaireUsed(Struct, frozen=True):
    """The exact version in use; `digest` is null until the assessment opens."""

    id: str
    version: str
    digest: str | None


class HeldBack(Struct, frozen=True):
    """Why the last close published nothing new: the path in the result below which figures would reveal too much."""

    figures: str
    reason: str


class AssessmentOut(Struct, frozen=True):
    """One assessment. Empty `weights`, `targets`, `contacts` and `importance` leave them to the questionnaire.

    `release` numbers the newest published result, null until a close publishes one: one that is `closed` without a
    `release` had nothing to show. `held_back` is empty unless the last close left an earlier one current.
    """

    id: str
    organisation: str
    questionnaire: QuestionnaireUsed
    title: str
    asker: str
    language: str
    state: AssessmentState
    confidentiality: Confidentiality
    mode: Mode
    minimum_group: int
    weights: dict[str, float]
    targets: dict[str, float]
    contacts: dict[str, dict[str, float]]
    importance: dict[str, int]
    wave_of: str | None
    domains: tuple[str, ...]
    closes_on: date | None
    closes_at: datetime | None
    opened_on: date | None
    closed_on: date | None
    share_results: bool
    in_benchmarks: bool
    created_at: datetime
    archived_on: date | None
    release: int | None
    held_back: tuple[HeldBack, ...]


def parse_new_assessment(sent: NewAssessment) -> AssessmentInput:
    return msgspec.convert(
        msgspec.structs.asdict(sent) | {"questionnaire": _format_questionnaire(sent.questionnaire)},
        AssessmentInput,
    )


def parse_changes(sent: AssessmentChange) -> AssessmentPatch:
    """Keep only the fields that were sent."""
    fields = {name: value for name, value in msgspec.structs.asdict(sent).items() if value is not UNSET}
    if not isinstance(sent.questionnaire, UnsetType):
        fields["questionnaire"] = _format_questionnaire(sent.questionnaire)
    return AssessmentPatch(**fields)


def build_assessment_out(assessment: Assessment) -> AssessmentOut:
    used = QuestionnaireUsed(
        assessment.questionnaire_id, assessment.questionnaire_version, assessment.questionnaire_digest
    )
    return copy_fields(
        assessment,
        AssessmentOut,
        organisation=assessment.organisation_id,
        questionnaire=used,
        held_back=tuple(_build_held_back(figures) for figures in assessment.held_back),
        domains=tuple(assessment.domains),
    )


def _build_held_back(figures: str) -> HeldBack:
    if figures in RELEASE_OBSTACLES:
        return HeldBack("", RELEASE_OBSTACLES[figures])
    return HeldBack(figures, REASON_OF_AREAS)


def _format_questionnaire(choice: str | QuestionnaireChoice) -> str:
    if isinstance(choice, str):
        return choice
    return f"{choice.id}@{choice.version}" if choice.version else choice.id
