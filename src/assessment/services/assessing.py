"""Create, change and open assessments."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, field
from sqlalchemy.orm import Session

from assessment.domain.answers import Settings
from assessment.domain.closing_time import end_of_day, state_at, workspace_day
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import (
    AlreadyOpenError,
    ChangedError,
    ConflictError,
    InvalidError,
    LockedError,
    NotFoundError,
    Problem,
)
from assessment.library import Library
from assessment.services import auditing, invited_people, mail_domains, shelf, tokens
from assessment.services.setting_checks import (
    check_closing_date,
    check_invited,
    check_settings,
    closing_date_problems,
    setting_problems,
    version_problems,
)
from assessment.services.setting_locks import refuse_locked
from assessment.services.tokens import RANDOM, Random
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.pages import Page, Place

FIRST = Place()


class NewAssessment(Struct, frozen=True, kw_only=True):
    """Settings of a new assessment; `organisation` is an id, `questionnaire` is ID or ID@VERSION."""

    organisation: str
    questionnaire: str
    title: str
    asker: str = ""
    language: str | None = None
    confidentiality: str = "confidential"
    mode: str = "survey"
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


class Changes(Struct, frozen=True, kw_only=True):
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


def create(
    session: Session,
    workspace_id: str,
    new: NewAssessment,
    library: Library,
    now: datetime,
    *,
    least_group: int | None = None,
    random: Random = RANDOM,
) -> Assessment:
    """Create a draft; `least_group` is the lowest minimum group that the operator allows."""
    questionnaire = _asked_for(library, new.questionnaire)
    default = max(questionnaire.disclosure.minimum_group, least_group or 0)
    values = msgspec.structs.asdict(new) | {
        "minimum_group": default if new.minimum_group is None else new.minimum_group,
        "language": new.language or questionnaire.source_language,
        "organisation_id": new.organisation,
        "questionnaire_id": questionnaire.id,
        "questionnaire_version": questionnaire.version,
        "domains": mail_domains.normalize_domains(new.domains),
    }
    del values["organisation"], values["questionnaire"]
    check_settings(session, workspace_id, values, questionnaire, least_group, new_domains=values["domains"])
    time_zone = assessments.time_zone_of(session, workspace_id)
    check_closing_date(new.closes_on, now, time_zone)
    assessment_id = tokens.new_id(random)
    row = {"id": assessment_id, "workspace_id": workspace_id, "state": "draft", "created_at": now, "revision": 1}
    row |= {"domains": sorted({*values["domains"]}), "closes_at": end_of_day(new.closes_on, time_zone)}
    assessments.add(session, values | row)
    auditing.record(session, workspace_id, now, auditing.ASSESSMENT_CREATED, assessment_id)
    return assessments.find(session, workspace_id, assessment_id)


def get(session: Session, workspace_id: str, assessment_id: str) -> Assessment:
    """Return an assessment; `NotFoundError` for one of another workspace."""
    return assessments.find(session, workspace_id, assessment_id)


def list_assessments(
    session: Session, workspace_id: str, place: Place = FIRST, organisation_id: str | None = None
) -> Page[Assessment]:
    """List assessments, newest first."""
    return assessments.listed(session, workspace_id, place, organisation_id)


def change(  # noqa: PLR0913  # ids, values and limits of one change
    session: Session,
    workspace_id: str,
    assessment_id: str,
    changes: Changes,
    library: Library,
    *,
    now: datetime,
    revision: int | None = None,
    least_group: int | None = None,
) -> Assessment:
    """Change unlocked settings.

    `ChangedError` if `revision` (`If-Match`) is not the newest, `LockedError` for locked settings, `InvalidError`.
    """
    held = _locked(session, workspace_id, assessment_id, revision)
    if state_at(held.state, held.closes_at, now) != held.state:
        raise LockedError("The closing date is over: the server closes this assessment in a moment.")
    questionnaire, sent = _changed(session, held, changes, library)
    stored = _values(held)
    different = {name: value for name, value in sent.items() if value != stored[name]}
    if not different:
        return held
    refuse_locked(held, different)
    new_domains = different.get("domains", [])
    check_settings(session, workspace_id, {**stored, **different}, questionnaire, least_group, new_domains=new_domains)
    if "domains" in different:
        different["domains"] = sorted({*new_domains})
    if "closes_on" in different:
        check_closing_date(different["closes_on"], now, held.time_zone)
        different["closes_at"] = end_of_day(different["closes_on"], held.time_zone)
    if "questionnaire_id" in different or "questionnaire_version" in different or "mode" in different:
        check_invited(session, held, questionnaire, different.get("mode", held.mode))
    details = {"settings": sorted(different), "revision": held.revision + 1}
    auditing.record(session, workspace_id, now, auditing.ASSESSMENT_CHANGED, held.id, **details)
    return assessments.change(session, held, different)


def open_assessment(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    library: Library,
    now: datetime,
    revision: int | None = None,
) -> Assessment:
    """Open for answers and freeze the questionnaire; `InvalidError` lists everything that is missing."""
    held = _locked(session, workspace_id, assessment_id, revision)
    if held.state == "open":
        raise AlreadyOpenError
    if held.state == "closed":
        raise ConflictError("This assessment is closed already.")
    questionnaire = shelf.questionnaire_for(session, held, library)
    problems = [
        *version_problems(held, questionnaire),
        *setting_problems(_values(held), questionnaire, None),
        *closing_date_problems(held.closes_on, now, held.time_zone),
        *mail_domains.domain_problems(session, workspace_id, held.domains),  # owners may be new since the draft
    ]
    if problems:
        raise InvalidError("This assessment is not ready to open.", problems)
    invited_people.refuse_domains_without_mail(session, held)
    shelf.publish(session, questionnaire)
    auditing.record(session, workspace_id, now, auditing.ASSESSMENT_OPENED, held.id, revision=held.revision + 1)
    opened = {
        "state": "open",
        "opened_on": workspace_day(now, held.time_zone),
        "closes_at": end_of_day(held.closes_on, held.time_zone),
        "questionnaire_digest": questionnaire.digest,
    }
    changed = assessments.change(session, held, opened)
    invited_people.note_uncounted_groups(session, workspace_id, assessment_id)
    return changed


def settings_of(assessment: Assessment) -> Settings:
    """Return the settings that scoring reads."""
    return Settings(
        mode=assessment.mode,
        weights=assessment.weights,
        targets=assessment.targets,
        contacts=assessment.contacts,
        importance=assessment.importance,
        minimum_group=assessment.minimum_group,
        language=assessment.language,
    )


def _values(held: Assessment) -> Mapping[str, Any]:
    return {name: getattr(held, name) for name in held.__struct_fields__}


def _locked(session: Session, workspace_id: str, assessment_id: str, revision: int | None) -> Assessment:
    held = assessments.find(session, workspace_id, assessment_id, lock=True)
    if revision is not None and revision != held.revision:
        raise ChangedError
    return held


def _changed(
    session: Session, held: Assessment, changes: Changes, library: Library
) -> tuple[Questionnaire, dict[str, Any]]:
    given = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
    if "organisation" in given:
        given["organisation_id"] = given.pop("organisation")
    if "domains" in given:
        given["domains"] = mail_domains.normalize_domains(given["domains"])
        if sorted({*given["domains"]}) == held.domains:
            del given["domains"]
    if "questionnaire" not in given:
        questionnaire = shelf.questionnaire_for(session, held, library)
        # A draft whose version is gone moves to the newest one with the next change; see `version_problems`.
        return questionnaire, given | {"questionnaire_version": questionnaire.version}
    questionnaire = _asked_for(library, given.pop("questionnaire"))
    return questionnaire, given | {
        "questionnaire_id": questionnaire.id,
        "questionnaire_version": questionnaire.version,
    }


def _asked_for(library: Library, name: str) -> Questionnaire:
    questionnaire_id, _, version = name.partition("@")
    try:
        return library.get(questionnaire_id, version or None)
    except NotFoundError:
        reason = "There is no such questionnaire."
        known = f"Known are {', '.join(sorted({each.id for each in library.list()}))}."
        raise InvalidError(reason, [Problem(reason, known, pointer="/questionnaire")]) from None
