"""Create, change and open assessments."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET
from sqlalchemy.orm import Session

from assessment.domain.answers import AssessmentSettings
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, BulkJobKind
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.closing_time import compute_closing_time, get_state_at, get_workspace_day
from assessment.errors import (
    AlreadyOpenError,
    ChangedError,
    ClientArchivedError,
    ClosedError,
    ImportInProgressError,
    InvalidError,
    LockedError,
    NotFoundError,
    Problem,
)
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import mail_domains, published_questionnaires
from assessment.services.assessments.assessment_fields import AssessmentInput, AssessmentPatch
from assessment.services.assessments.setting_checks import (
    CLIENT_ARCHIVED,
    find_closing_date_problems,
    find_invited_role_problems,
    find_setting_problems,
    find_version_problems,
    list_setting_problems,
)
from assessment.services.assessments.setting_locks import refuse_locked_settings
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.services.people import invited_people
from assessment.services.questionnaires import workspace_questionnaires
from assessment.services.webhooks import event_queue
from assessment.storage import assessments, bulk_jobs
from assessment.storage.assessments import NO_FILTER, Assessment, AssessmentFilter
from assessment.storage.cursor_pagination import PageRequest, RowPage

FIRST_PAGE = PageRequest()


def create_assessment(
    session: Session,
    workspace_id: str,
    new: AssessmentInput,
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    *,
    operator_minimum: int | None = None,
    random: Random = RANDOM,
) -> Assessment:
    """Create a draft; `operator_minimum` is the lowest minimum group that the operator allows."""
    values = msgspec.structs.asdict(new) | {
        "language": new.language or "",
        "organisation_id": new.organisation,
        "domains": mail_domains.normalize_domains(new.domains),
    }
    del values["organisation"], values["questionnaire"]
    time_zone = assessments.find_time_zone(session, workspace_id)
    problems = [*find_closing_date_problems(new.closes_on, now, time_zone)]
    questionnaire = _find_questionnaire(session, workspace_id, catalogue, new.questionnaire, problems)
    if questionnaire is not None:
        default = max(questionnaire.disclosure.minimum_group, operator_minimum or 0)
        values |= {
            "minimum_group": default if new.minimum_group is None else new.minimum_group,
            "language": new.language or questionnaire.source_language,
            "questionnaire_id": questionnaire.id,
            "questionnaire_version": questionnaire.version,
        }
    domains = values["domains"]
    problems = list_setting_problems(
        session, workspace_id, values, questionnaire, operator_minimum, new_domains=domains, further_problems=problems
    )
    if problems:
        raise InvalidError("This assessment can’t be created with these values.", problems)
    assessment_id = tokens.generate_id(random)
    row = {
        "id": assessment_id,
        "workspace_id": workspace_id,
        "state": AssessmentState.DRAFT,
        "created_at": now,
        "revision": 1,
    }
    row |= {"domains": sorted({*values["domains"]}), "closes_at": compute_closing_time(new.closes_on, time_zone)}
    assessments.add_assessment(session, values | row)
    audit_trail.record_event(session, workspace_id, now, audit_trail.ASSESSMENT_CREATED, assessment_id)
    return assessments.find_assessment(session, AssessmentKey(workspace_id, assessment_id))


def get_assessment(session: Session, key: AssessmentKey) -> Assessment:
    """Return an assessment; `NotFoundError` for one of another workspace."""
    return assessments.find_assessment(session, key)


def list_assessments(
    session: Session, workspace_id: str, page_request: PageRequest = FIRST_PAGE, filters: AssessmentFilter = NO_FILTER
) -> RowPage[Assessment]:
    """List assessments, the newest first unless sorted otherwise."""
    return assessments.list_assessments(session, workspace_id, page_request, filters)


def load_assessments(session: Session, workspace_id: str, ids: Sequence[str]) -> tuple[Assessment, ...]:
    """Load these assessments of a workspace, in the order of their ids."""
    return assessments.load_assessments(session, workspace_id, ids)


def count_states(session: Session, workspace_id: str, search: str = "") -> dict[str, int]:
    """Return the number of assessments by state, and of `archived` ones, of those that match `search`."""
    return assessments.count_states(session, workspace_id, search)


def update_assessment(
    session: Session,
    key: AssessmentKey,
    changes: AssessmentPatch,
    catalogue: QuestionnaireCatalogue,
    *,
    now: datetime,
    revision: int | None = None,
    operator_minimum: int | None = None,
) -> Assessment:
    """Change unlocked settings.

    `ChangedError` if `revision` (`If-Match`) is not the newest, `LockedError` for locked settings, `InvalidError`.
    """
    assessment = _lock_assessment(session, key, revision)
    if get_state_at(assessment.state, assessment.closes_at, now) != assessment.state:
        raise LockedError("The closing date is over: the server closes this assessment in a moment.")
    problems: list[Problem] = []
    questionnaire, sent = _apply_patch(session, assessment, changes, catalogue, problems)
    stored = _get_values(assessment)
    different = {name: value for name, value in sent.items() if value != stored[name]}
    if not different and not problems:
        return assessment
    refuse_locked_settings(assessment, different)
    new_domains = different.get("domains", [])
    problems += find_closing_date_problems(different.get("closes_on"), now, assessment.time_zone)
    if questionnaire and different.keys() & {"questionnaire_id", "questionnaire_version", "mode"}:
        mode = different.get("mode", assessment.mode)
        problems += find_invited_role_problems(session, assessment, questionnaire, mode)
    values = {**stored, **different}
    problems = list_setting_problems(
        session,
        key.workspace_id,
        values,
        questionnaire,
        operator_minimum,
        new_domains=new_domains,
        further_problems=problems,
    )
    if problems:
        raise InvalidError("This assessment can’t be changed to these values.", problems)
    if "domains" in different:
        different["domains"] = sorted({*new_domains})
    if "closes_on" in different:
        different["closes_at"] = compute_closing_time(different["closes_on"], assessment.time_zone)
    details = {"settings": sorted(different), "revision": assessment.revision + 1}
    audit_trail.record_event(session, key.workspace_id, now, audit_trail.ASSESSMENT_CHANGED, assessment.id, **details)
    return assessments.update_assessment(session, assessment, different)


def open_assessment(
    session: Session,
    key: AssessmentKey,
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    revision: int | None = None,
) -> Assessment:
    """Open for answers and freeze the questionnaire; `InvalidError` lists everything that is missing."""
    assessment = _lock_assessment(session, key, revision)
    if assessment.state == AssessmentState.OPEN:
        raise AlreadyOpenError
    if assessment.state == AssessmentState.CLOSED:
        raise ClosedError("This assessment is closed already.")
    if assessment.client_archived_on is not None:
        raise ClientArchivedError(CLIENT_ARCHIVED)
    if bulk_jobs.has_unfinished_job(session, key, BulkJobKind.INVITATIONS):  # those left would count as invited late
        raise ImportInProgressError("People are being invited. Open it once that is finished.")
    questionnaire = published_questionnaires.find_questionnaire(session, assessment, catalogue)
    problems = [
        *find_version_problems(assessment, questionnaire),
        *find_setting_problems(_get_values(assessment), questionnaire, None),
        *find_closing_date_problems(assessment.closes_on, now, assessment.time_zone),
        *mail_domains.find_domain_problems(
            session, key.workspace_id, assessment.domains
        ),  # owners may be new since the draft
    ]
    if problems:
        raise InvalidError("This assessment is not ready to open.", problems)
    invited_people.refuse_domains_without_mail(session, assessment)
    published_questionnaires.publish_questionnaire(session, questionnaire)
    audit_trail.record_event(
        session, key.workspace_id, now, audit_trail.ASSESSMENT_OPENED, assessment.id, revision=assessment.revision + 1
    )
    opened = {
        "state": AssessmentState.OPEN,
        "opened_on": get_workspace_day(now, assessment.time_zone),
        "closes_at": compute_closing_time(assessment.closes_on, assessment.time_zone),
        "questionnaire_digest": questionnaire.digest,
    }
    changed = assessments.update_assessment(session, assessment, opened)
    invited_people.update_uncounted_groups(session, key)
    event_queue.queue_opened(session, key, now)
    return changed


def get_scoring_settings(assessment: Assessment) -> AssessmentSettings:
    """Return the settings that scoring reads."""
    return AssessmentSettings(
        mode=assessment.mode,
        weights=assessment.weights,
        targets=assessment.targets,
        contacts=assessment.contacts,
        importance=assessment.importance,
        minimum_group=assessment.minimum_group,
        language=assessment.language,
    )


def _get_values(assessment: Assessment) -> Mapping[str, Any]:
    return {name: getattr(assessment, name) for name in assessment.__struct_fields__}


def _lock_assessment(session: Session, key: AssessmentKey, revision: int | None) -> Assessment:
    assessment = assessments.find_assessment(session, key, lock=True)
    if revision is not None and revision != assessment.revision:
        raise ChangedError
    return assessment


def _apply_patch(
    session: Session,
    assessment: Assessment,
    changes: AssessmentPatch,
    catalogue: QuestionnaireCatalogue,
    problems: list[Problem],
) -> tuple[Questionnaire | None, dict[str, Any]]:
    """Return the questionnaire and the values sent; None, and an entry in `problems`, if it is not available."""
    values = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
    if "organisation" in values:
        values["organisation_id"] = values.pop("organisation")
    if "domains" in values:
        values["domains"] = mail_domains.normalize_domains(values["domains"])
        if sorted({*values["domains"]}) == assessment.domains:
            del values["domains"]
    if "questionnaire" not in values:
        questionnaire = published_questionnaires.find_questionnaire(session, assessment, catalogue)
        # A draft whose version is gone moves to the newest one with the next change; see `find_version_problems`.
        return questionnaire, values | {"questionnaire_version": questionnaire.version}
    name = values.pop("questionnaire")
    chosen = _find_questionnaire(session, assessment.workspace_id, catalogue, name, problems)
    if chosen is None:
        return None, values
    return chosen, values | {"questionnaire_id": chosen.id, "questionnaire_version": chosen.version}


def _find_questionnaire(
    session: Session, workspace_id: str, catalogue: QuestionnaireCatalogue, name: str, problems: list[Problem]
) -> Questionnaire | None:
    """Return the questionnaire; None, and an entry in `problems`, if it is not available."""
    questionnaire_id, _, version = name.partition("@")
    try:
        return workspace_questionnaires.find_available(
            session, workspace_id, catalogue, questionnaire_id, version or None
        )
    except NotFoundError:
        reason = "There is no such questionnaire."
        available = workspace_questionnaires.list_available(session, workspace_id, catalogue)
        known = f"Known are {', '.join(sorted({questionnaire.id for questionnaire in available}))}."
        problems.append(Problem(reason, known, pointer="/questionnaire", code="not-found"))
    return None
