"""Load releases."""

import msgspec
from sqlalchemy.orm import Session

from assessment.domain.result import Result
from assessment.errors import NoResultsError, NotClosedError
from assessment.storage import assessments, releases
from assessment.storage.assessments import Assessment
from assessment.storage.releases import Release
from assessment.wording.sentences import N_

NO_RESULTS = N_("Too few answers counted when it closed, so nothing could be published.")


def release(session: Session, workspace_id: str, assessment_id: str) -> Release:
    """Return the newest release; `NotClosedError` before the close, `NoResultsError` if the close published none."""
    found = releases.latest(session, workspace_id, assessment_id)
    if found is None:
        held = assessments.find(session, workspace_id, assessment_id)
        if held.state == "closed":
            raise NoResultsError(NO_RESULTS)
        raise NotClosedError("There are results once the assessment is closed.")
    return found


def result(session: Session, workspace_id: str, assessment_id: str) -> Result:
    """Return the result of the newest release."""
    return read(release(session, workspace_id, assessment_id))


def numbered(session: Session, held: Assessment, number: int) -> Result:
    """Return the result of a release by its number."""
    return read(releases.numbered(session, held.workspace_id, held.id, number))


def read(found: Release) -> Result:
    return msgspec.json.decode(found.content, type=Result)
