"""Closing: gather who counts, score, publish a release that never changes."""

import hashlib
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from assessment.domain.method import score
from assessment.errors import ChangedError, ConflictError
from assessment.services.assessing import settings_of
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments, database, gathering, marks, releases, responses
from assessment.storage.releases import Release


def close(
    session: Session, workspace_id: str, assessment_id: str, now: datetime, revision: int | None = None
) -> Release:
    """Close for good; saves that come later are refused, for the assessment is locked before anything is read."""
    held = assessments.find(session, workspace_id, assessment_id, lock=True)
    if revision is not None and revision != held.revision:
        raise ChangedError
    if held.state != "open":
        raise ConflictError("Only an open assessment can be closed.")
    questionnaire = questionnaire_of(session, held)
    named = held.confidentiality == "attributable"
    gathered = gathering.gather(session, workspace_id, assessment_id, questionnaire, named=named)
    answers = gathered.counted(questionnaire.scoring.submitted_share)
    today = now.date()
    result = score(questionnaire, answers, settings_of(held), date=today.isoformat(), unsuppressed=named)
    content = msgspec.json.encode(result)
    assessments.change(session, held, {"state": "closed", "closed_on": today})
    responses.coarsen(session, workspace_id, assessment_id)
    if held.confidentiality == "anonymous":
        _forget_the_way(session, workspace_id, assessment_id)
    return releases.add(session, workspace_id, assessment_id, hashlib.sha256(content).hexdigest(), content, today)


def _forget_the_way(session: Session, workspace_id: str, assessment_id: str) -> None:
    """Leave nothing of who was in, and of who came after whom."""
    marks.forget(session, workspace_id, assessment_id)
    responses.store_anew(session, workspace_id, assessment_id)
    database.forget_the_way(session)


def reopen(session: Session, workspace_id: str, assessment_id: str) -> None:
    """Refused: a second close could tell what one person said by what has changed (method 6.7)."""
    assessments.find(session, workspace_id, assessment_id)
    raise ConflictError("A closed assessment can't be opened again. Begin a new wave.")
