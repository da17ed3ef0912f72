"""Closing: gather who counts, score, publish a release that never changes, and beside it why it differs from the last.

After an assessment was opened again, a further release goes out only if it tells nothing of few people; else the
earlier one stands.
"""

import hashlib
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from assessment.domain.method import score
from assessment.errors import ChangedError, ConflictError
from assessment.services import attributing, auditing, progress, releasing, reopening
from assessment.services.assessing import settings_of
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments, database, gathering, marks, releases, responses
from assessment.storage.releases import Release


def close(
    session: Session, workspace_id: str, assessment_id: str, now: datetime, revision: int | None = None
) -> Release:
    """Close, and return the release that stands: saves that come later are refused.

    The assessment is locked before anything is read. Where the earlier release stands, its `held_back` says why.
    """
    held = assessments.find(session, workspace_id, assessment_id, lock=True)
    if revision is not None and revision != held.revision:
        raise ChangedError
    if held.state != "open":
        raise ConflictError("Only an open assessment can be closed.")
    questionnaire = questionnaire_of(session, held)
    named = held.confidentiality == "attributable"
    gathered = gathering.gather(session, workspace_id, assessment_id, questionnaire, named=named)
    today = now.date()
    held_back = reopening.forbids(session, held, questionnaire, gathered)
    assessments.change(session, held, {"state": "closed", "closed_on": today, "held_back": list(held_back)})
    responses.coarsen(session, workspace_id, assessment_id)
    auditing.record(session, workspace_id, now, auditing.ASSESSMENT_CLOSED, assessment_id)
    if held_back:
        return releasing.release(session, workspace_id, assessment_id)
    progress.count_final(session, workspace_id, assessment_id, now)
    answers = gathered.counted(questionnaire.scoring.submitted_share)
    result = score(questionnaire, answers, settings_of(held), date=today.isoformat(), unsuppressed=named)
    content = msgspec.json.encode(result)
    if held.confidentiality == "anonymous":
        _forget_the_way(session, workspace_id, assessment_id)
    digest = hashlib.sha256(content).hexdigest()
    release = releases.add(session, workspace_id, assessment_id, digest, content, today)
    attributing.freeze(session, held, release, answers)
    return release


def _forget_the_way(session: Session, workspace_id: str, assessment_id: str) -> None:
    """Leave nothing of who was in, and of who came after whom."""
    marks.forget(session, workspace_id, assessment_id)
    responses.store_anew(session, workspace_id, assessment_id)
    database.forget_the_way(session)
