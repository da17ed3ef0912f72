"""Load releases."""

import msgspec
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.result import Result
from assessment.errors import ConflictError, NoResultsError, NotClosedError
from assessment.i18n.messages import N_
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.results import releases
from assessment.storage.results.releases import Release

NO_RESULTS = N_("Too few answers counted when it closed, so nothing could be published.")


def load_release(session: Session, key: AssessmentKey) -> Release:
    """Return the newest release; `NotClosedError` before the close, `NoResultsError` if the close published none."""
    release = releases.latest(session, key)
    if release is None:
        raise _make_refusal(session, key)
    return release


def _make_refusal(session: Session, key: AssessmentKey) -> ConflictError:
    assessment = assessments.find_assessment(session, key)
    if assessment.state == AssessmentState.CLOSED:
        return NoResultsError(NO_RESULTS)
    return NotClosedError("There are results once the assessment is closed.")


def load_result(session: Session, key: AssessmentKey) -> Result:
    """Return the result of the newest release."""
    return decode_result(load_release(session, key))


def load_numbered_result(session: Session, assessment: Assessment, number: int) -> Result:
    """Return the result of a release by its number."""
    return decode_result(releases.find_release(session, assessment.key, number))


def decode_result(release: Release) -> Result:
    return msgspec.json.decode(release.content, type=Result)
