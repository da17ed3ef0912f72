"""Assessments on the wire."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, field

from assessment.api.wire import Identifier, Language, Score, Share, Strict, Title

Confidentiality: TypeAlias = Literal["confidential", "anonymous", "attributable"]
Mode: TypeAlias = Literal["survey", "consensus"]
State: TypeAlias = Literal["draft", "open", "closed"]
MinimumGroup: TypeAlias = Annotated[int, Meta(ge=3, le=1000)]
Importance: TypeAlias = Annotated[int, Meta(ge=1, le=5)]


class QuestionnaireChoice(Strict, frozen=True):
    """Which questionnaire; its newest version where none is named."""

    id: Identifier
    version: Identifier | None = None


Questionnaire: TypeAlias = Identifier | QuestionnaireChoice


class NewAssessment(Strict, frozen=True):
    """What to assess; `questionnaire` is `ID`, `ID@VERSION`, or an object of the two."""

    organisation: Identifier
    questionnaire: Questionnaire
    title: Title
    confidentiality: Confidentiality = "confidential"
    mode: Mode = "survey"
    minimum_group: MinimumGroup | None = None
    language: Language = "en"
    weights: dict[str, Share] = field(default_factory=dict)
    targets: dict[str, Score] = field(default_factory=dict)
    contacts: dict[str, dict[str, Share]] = field(default_factory=dict)
    importance: dict[str, Importance] = field(default_factory=dict)
    closes_on: date | None = None
    wave_of: Identifier | None = None


class AssessmentChange(Strict, frozen=True):
    """What to change: only the fields that are sent; each replaces the former value whole."""

    questionnaire: Questionnaire | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    confidentiality: Confidentiality | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    minimum_group: MinimumGroup | UnsetType | None = UNSET
    language: Language | UnsetType = UNSET
    weights: dict[str, Share] | UnsetType = UNSET
    targets: dict[str, Score] | UnsetType = UNSET
    contacts: dict[str, dict[str, Share]] | UnsetType = UNSET
    importance: dict[str, Importance] | UnsetType = UNSET
    closes_on: date | UnsetType | None = UNSET
    wave_of: Identifier | UnsetType | None = UNSET


class QuestionnaireUsed(Struct, frozen=True):
    """The very questionnaire that is asked; `digest` is null until the assessment opens."""

    id: str
    version: str
    digest: str | None


class AssessmentOut(Struct, frozen=True):
    """One assessment. Empty `weights`, `targets`, `contacts` and `importance` leave them to the questionnaire."""

    id: str
    organisation: str
    questionnaire: QuestionnaireUsed
    title: str
    state: State
    confidentiality: Confidentiality
    mode: Mode
    minimum_group: int | None
    language: str
    weights: dict[str, float]
    targets: dict[str, float]
    contacts: dict[str, dict[str, float]]
    importance: dict[str, int]
    closes_on: date | None
    wave_of: str | None
