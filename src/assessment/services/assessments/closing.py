"""Close an assessment: load answers, score, and store an immutable release with the attribution of its changes.

After a reopening, a further release is published only if its difference from the earlier ones reveals nothing about few
people; otherwise the earlier release stays the newest. Without any figure to show, no release is stored.
"""

import hashlib
from datetime import date, datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, MailKind
from assessment.domain.disclosure.visible_figures import has_figures
from assessment.domain.method import score_answers
from assessment.domain.survey.closing_time import get_state_at, get_workspace_day
from assessment.errors import ChangedError, ClosedError, NothingToShowError
from assessment.i18n.messages import N_
from assessment.services.assessments import feasibility, reopening
from assessment.services.assessments.assessment_setup import get_scoring_settings
from assessment.services.assessments.order_erasure import erase_answer_order
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.auth.tokens import RANDOM
from assessment.services.delivery import console_mails, mailings
from assessment.services.delivery.console_mails import ConsoleMail
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.operations import audit_trail
from assessment.services.people import invited_people, progress
from assessment.services.results import change_attribution, published_results, voices
from assessment.storage import answer_loader, assessments, closing_notices
from assessment.storage.assessments import Assessment
from assessment.storage.results import releases
from assessment.storage.results.releases import Release
from assessment.storage.survey import respondent_sessions

NOTHING_TO_SHOW = N_(
    "By the last hourly count, too few people have sent answers for any figure. Close anyway? If too few count by now, "
    "this assessment ends without results."
)


def close_assessment(
    session: Session,
    key: AssessmentKey,
    now: datetime,
    revision: int | None = None,
    *,
    without_results: bool = False,
) -> Release | None:
    """Close an open assessment and return its newest release, or None if no figure could be shown.

    The assessment is locked before anything is read, so later saves are refused. `held_back` has the reasons if the
    earlier release stays. Raises `NothingToShowError` if no figure is expected and `without_results` is not set,
    `ChangedError` if `revision` is not the newest.
    """
    assessment = assessments.find_assessment(session, key, lock=True)
    if revision is not None and revision != assessment.revision:
        raise ChangedError
    if assessment.state != AssessmentState.OPEN:
        raise ClosedError("Only an open assessment can be closed.")
    today = get_workspace_day(now, assessment.time_zone)
    return _close_locked(session, assessment, today, now, without_results=without_results)


def close_if_due(session: Session, key: AssessmentKey, now: datetime) -> bool:
    """Close an assessment at its closing time; False if another process did, or the date has been moved.

    `closed_on` is the closing date, even if the server was down that day: no answer was accepted since.
    """
    assessment = assessments.find_assessment(session, key, lock=True)
    if (
        assessment.state != AssessmentState.OPEN
        or assessment.closes_on is None
        or get_state_at(assessment.state, assessment.closes_at, now) == AssessmentState.OPEN
    ):
        return False
    release = _close_locked(session, assessment, assessment.closes_on, now, without_results=True)
    _notify_owners(session, key, now, has_results=release is not None)
    return True


def _notify_owners(session: Session, key: AssessmentKey, now: datetime, *, has_results: bool) -> None:
    """Mail the owners of the workspace that it closed by itself, and leave a notice on their home page."""
    assessment = assessments.find_assessment(session, key)
    owners = closing_notices.list_owners(session, key.workspace_id)
    closing_notices.add_notices(session, key, [owner.id for owner in owners])
    mail = find_mail(session)
    if mail is None:
        return
    text = console_mails.make_closed_text(assessment, has_results=has_results)
    for owner in owners:
        path = f"/console/assessments/{key.assessment_id}"
        message = ConsoleMail(MailKind.CLOSED, owner.email, path, text, assessment.language)
        console_mails.queue_console_mail(session, mail, key.workspace_id, message, now, RANDOM)


def _close_locked(
    session: Session, assessment: Assessment, today: date, now: datetime, *, without_results: bool
) -> Release | None:
    key = assessment.key
    questionnaire = load_questionnaire(session, assessment)
    if not without_results:
        progress.count_if_due(session, key, now)
        if not feasibility.can_show_figures(session, assessment, questionnaire):
            raise NothingToShowError(NOTHING_TO_SHOW)
    named = assessment.confidentiality == Confidentiality.ATTRIBUTABLE
    gathered = answer_loader.load_answers(session, key, questionnaire, named=named)
    held_back = reopening.find_forbidden_areas(session, assessment, questionnaire, gathered)
    answers = gathered.select_counted(questionnaire.scoring.submitted_share)
    result = score_answers(
        questionnaire, answers, get_scoring_settings(assessment), date=today.isoformat(), unsuppressed=named
    )
    is_shown = has_figures(result)
    comments = [] if held_back or not is_shown else voices.select_comments(session, assessment, questionnaire, gathered)
    assessments.update_assessment(
        session, assessment, {"state": AssessmentState.CLOSED, "closed_on": today, "held_back": list(held_back)}
    )
    audit_trail.record_event(
        session, key.workspace_id, now, audit_trail.ASSESSMENT_CLOSED, assessment.id, revision=assessment.revision + 1
    )
    respondent_sessions.delete_assessment_sessions(session, key)
    erase_answer_order(session, assessment)
    if held_back:
        return published_results.load_release(session, key)
    if not is_shown:
        return releases.latest(session, key)
    progress.count_final(session, key, now)
    content = msgspec.json.encode(replace(result, invited=invited_people.load_invited_summary(session, assessment)))
    digest = hashlib.sha256(content).hexdigest()
    release = releases.add_release(session, key, digest, content, today)
    voices.release_comments(session, assessment, release, comments)
    change_attribution.store_attribution(session, assessment, release, answers)
    mailings.queue_results(session, assessment, now)
    return release
