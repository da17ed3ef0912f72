"""Load releases."""

import msgspec
from sqlalchemy.orm import Session

from assessment.domain.result import Result
from assessment.errors import NoResultsError, NotClosedError
from assessment.i18n.messages import N_
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.results import releases
from assessment.storage.results.releases import Release

NO_RESULTS = N_("Too few answers counted when it closed, so nothing could be published.")


def load_release(session: Session, workspace_id: str, assessment_id: str) -> Release:
    """Return the newest release; `NotClosedError` before the close, `NoResultsError` if the close published none."""
    found = releases.latest(session, workspace_id, assessment_id)
    if found is None:
        held = assessments.find_assessment(session, workspace_id, assessment_id)
        if held.state == "closed":
            raise NoResultsError(NO_RESULTS)
        raise NotClosedError("There are results once the assessment is closed.")
    return found


def load_result(session: Session, workspace_id: str, assessment_id: str) -> Result:
    """Return the result of the newest release."""
    return decode_result(load_release(session, workspace_id, assessment_id))


def load_numbered_result(session: Session, held: Assessment, number: int) -> Result:
    """Return the result of a release by its number."""
    return decode_result(releases.find_release(session, held.workspace_id, held.id, number))


def decode_result(found: Release) -> Result:
    return msgspec.json.decode(found.content, type=Result)
