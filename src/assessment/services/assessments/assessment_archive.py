"""Archive and restore closed assessments; delete drafts."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.domain.text_normalisation import fold_name
from assessment.errors import ChangedError, InvalidError, LaterWaveError, NotClosedError, NotDraftError, Problem
from assessment.i18n.messages import N_
from assessment.services.operations import audit_trail
from assessment.storage import assessment_deletion, assessments
from assessment.storage.assessments import Assessment

ONLY_CLOSED = N_("Only a closed assessment can be archived. Close it first, or delete the draft.")
ONLY_DRAFTS = N_("Only a draft can be deleted. Archive it instead, or delete the client with all its assessments.")
WRONG_TITLE = N_("This is not the title of the draft. Type it as it stands above.")
HAS_LATER_WAVE = N_("Another assessment repeats this one: it can’t be deleted.")


def archive_assessment(session: Session, key: AssessmentKey, now: datetime, revision: int | None = None) -> Assessment:
    """Archive a closed assessment; `NotClosedError` for another one."""
    assessment = _lock_assessment(session, key, revision)
    if assessment.state != AssessmentState.CLOSED:
        raise NotClosedError(ONLY_CLOSED)
    if assessment.archived_on is not None:
        return assessment
    return _set_archived(session, assessment, get_workspace_day(now, assessment.time_zone), now)


def restore_assessment(session: Session, key: AssessmentKey, now: datetime, revision: int | None = None) -> Assessment:
    """Restore an archived assessment; one that is not archived stays as it is."""
    assessment = _lock_assessment(session, key, revision)
    return assessment if assessment.archived_on is None else _set_archived(session, assessment, None, now)


def delete_draft(
    session: Session,
    key: AssessmentKey,
    now: datetime,
    revision: int | None = None,
    *,
    typed_title: str | None = None,
) -> None:
    """Delete a draft with its people; `NotDraftError`, `LaterWaveError`, `InvalidError` for another title."""
    assessment = _lock_assessment(session, key, revision)
    if assessment.state != AssessmentState.DRAFT:
        raise NotDraftError(ONLY_DRAFTS)
    if assessment_deletion.has_later_wave(session, key):
        raise LaterWaveError(HAS_LATER_WAVE)
    if typed_title is not None and fold_name(typed_title) != fold_name(assessment.title):
        raise InvalidError(WRONG_TITLE, [Problem(WRONG_TITLE, pointer="/typed_name", code="not-allowed")])
    assessment_deletion.unlink_later_drafts(session, key)
    assessment_deletion.delete_assessment(session, key)
    audit_trail.record_event(session, key.workspace_id, now, audit_trail.ASSESSMENT_DELETED, key.assessment_id)


def _set_archived(session: Session, assessment: Assessment, archived_on: date | None, now: datetime) -> Assessment:
    action = audit_trail.ASSESSMENT_RESTORED if archived_on is None else audit_trail.ASSESSMENT_ARCHIVED
    details = {"revision": assessment.revision + 1}
    audit_trail.record_event(session, assessment.workspace_id, now, action, assessment.id, **details)
    return assessments.update_assessment(session, assessment, {"archived_on": archived_on})


def _lock_assessment(session: Session, key: AssessmentKey, revision: int | None) -> Assessment:
    assessment = assessments.find_assessment(session, key, lock=True)
    if revision is not None and revision != assessment.revision:
        raise ChangedError
    return assessment
