"""Closing: gather who counts, score, publish a release that never changes, and next to it why it differs from the last.

After an assessment was opened again, a further release goes out only if it tells nothing of few people; else the
earlier one stands. Where there is nothing to show, the assessment ends without a release.
"""

import hashlib
from datetime import date, datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.domain.closing_time import state_at, workspace_day
from assessment.domain.method import score
from assessment.domain.shown import has_figures
from assessment.errors import ChangedError, ConflictError, NothingToShowError
from assessment.services import attributing, auditing, invited_people, progress, releasing, reopening
from assessment.services.assessing import settings_of
from assessment.services.hiding_order import hide_order
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments, gathering, releases, responses
from assessment.storage.assessments import Assessment
from assessment.storage.releases import Release
from assessment.wording.sentences import N_

NOTHING_TO_SHOW = N_(
    "By the last hourly count, too few people have sent answers for any figure. Close anyway? If too few count by now, "
    "this assessment ends without results."
)


def close(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    now: datetime,
    revision: int | None = None,
    *,
    without_results: bool = False,
) -> Release | None:
    """Close, and return the release that stands: saves that come later are refused.

    The assessment is locked before anything is read. Where the earlier release stands, its `held_back` says why.
    `NothingToShowError` where no figure can be expected, unless that is confirmed by `without_results`. None where
    nothing could be shown.
    """
    held = assessments.find(session, workspace_id, assessment_id, lock=True)
    if revision is not None and revision != held.revision:
        raise ChangedError
    if held.state != "open":
        raise ConflictError("Only an open assessment can be closed.")
    today = workspace_day(now, held.time_zone)
    return _close(session, held, today, now, without_results=without_results)


def close_if_due(session: Session, workspace_id: str, assessment_id: str, now: datetime) -> bool:
    """Close an assessment at its closing time; False where another process did, or the date has been moved.

    It is dated by its closing date, also where the server was down that day: nothing was accepted since.
    """
    held = assessments.find(session, workspace_id, assessment_id, lock=True)
    if held.state != "open" or held.closes_on is None or state_at(held.state, held.closes_at, now) == "open":
        return False
    _close(session, held, held.closes_on, now, without_results=True)
    return True


def _close(session: Session, held: Assessment, today: date, now: datetime, *, without_results: bool) -> Release | None:
    workspace_id, assessment_id = held.workspace_id, held.id
    if not (without_results or _is_enough_expected(session, held, now)):
        raise NothingToShowError(NOTHING_TO_SHOW)
    questionnaire = questionnaire_of(session, held)
    named = held.confidentiality == "attributable"
    gathered = gathering.gather(session, workspace_id, assessment_id, questionnaire, named=named)
    held_back = reopening.forbids(session, held, questionnaire, gathered)
    answers = gathered.counted(questionnaire.scoring.submitted_share)
    result = score(questionnaire, answers, settings_of(held), date=today.isoformat(), unsuppressed=named)
    is_shown = has_figures(result)
    assessments.change(session, held, {"state": "closed", "closed_on": today, "held_back": list(held_back)})
    auditing.record(session, workspace_id, now, auditing.ASSESSMENT_CLOSED, assessment_id, revision=held.revision + 1)
    responses.end_all_sessions(session, workspace_id, assessment_id)
    hide_order(session, held)
    if held_back:
        return releasing.release(session, workspace_id, assessment_id)
    if not is_shown:
        return releases.latest(session, workspace_id, assessment_id)
    progress.count_final(session, workspace_id, assessment_id, now)
    content = msgspec.json.encode(replace(result, invited=invited_people.summarize(session, held)))
    digest = hashlib.sha256(content).hexdigest()
    release = releases.add(session, workspace_id, assessment_id, digest, content, today)
    attributing.freeze(session, held, release, answers)
    return release


def _is_enough_expected(session: Session, held: Assessment, now: datetime) -> bool:
    """Return whether some function has people enough by the hourly count.

    Never by the answers themselves: whoever may close could try again and again, and watch for one person's answers
    (method 6.11).
    """
    hides = reopening.is_compared(held.confidentiality, held.mode)
    needed = held.minimum_group + 1 if hides else 1
    progress.count_if_due(session, held.workspace_id, held.id, now)
    counts = progress.progress(session, held.workspace_id, held.id)
    return max((each.sent for each in counts.by_function.values()), default=0) >= needed
