"""Close an assessment: load answers, score, and store an immutable release with the attribution of its changes.

`staged_close` does the first two before the transaction that writes. After a reopening, a further release is published
only if its difference from the earlier ones reveals nothing about few people; otherwise the earlier release stays the
newest. Without any figure to show, no release is stored.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, MailKind
from assessment.domain.disclosure.comment_release import WrittenComment
from assessment.domain.disclosure.visible_figures import has_figures
from assessment.domain.method import score_answers
from assessment.domain.survey.closing_time import compute_closing_time, get_workspace_day
from assessment.errors import ChangedError, ClosedError, NothingToShowError, NotOpenError
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
from assessment.services.webhooks import event_queue
from assessment.storage import answer_loader, assessments, closing_notices
from assessment.storage.assessments import Assessment
from assessment.storage.results import attributions, releases
from assessment.storage.results.attributions import ReleaseAttribution
from assessment.storage.results.releases import Release
from assessment.storage.survey import respondent_sessions

NOTHING_TO_SHOW = N_(
    "By the last hourly count, too few people have sent answers for any figure. Close anyway? If too few count by now, "
    "this assessment ends without results."
)


class ComputedClose(Struct, frozen=True):
    """Values that a close stores: release as JSON, its comments and attribution; without a release, `content` is None.

    `held_back` has the reasons if the earlier release stays.
    """

    held_back: tuple[str, ...]
    content: bytes | None
    comments: Sequence[WrittenComment]
    attribution: ReleaseAttribution | None


def close_assessment(
    session: Session,
    key: AssessmentKey,
    now: datetime,
    revision: int | None = None,
    *,
    without_results: bool = False,
) -> Release | None:
    """Close an open assessment in one transaction and return its newest release, or None if no figure could be shown.

    For few people: everything is computed under the lock. Raises as `check_closable`.
    """
    assessment = assessments.find_assessment(session, key, lock=True)
    check_closable(assessment, revision)
    if not without_results:
        progress.count_if_due(session, key, now)
        require_figures(session, assessment)
    today = get_workspace_day(now, assessment.time_zone)
    change_attribution.lock_earlier_wave(session, assessment)
    return store_close(session, assessment, compute_close(session, assessment, today), today, now)


def check_closable(assessment: Assessment, revision: int | None) -> None:
    """Raise `ChangedError` if `revision` is not the newest, `ClosedError` unless open."""
    if revision is not None and revision != assessment.revision:
        raise ChangedError
    if assessment.state != AssessmentState.OPEN:
        kind = NotOpenError if assessment.state == AssessmentState.DRAFT else ClosedError
        raise kind("Only an open assessment can be closed.")


def require_figures(session: Session, assessment: Assessment) -> None:
    """Raise `NothingToShowError` if no figure is expected, by the last hourly count."""
    if not feasibility.can_show_figures(session, assessment, load_questionnaire(session, assessment)):
        raise NothingToShowError(NOTHING_TO_SHOW)


def compute_close(session: Session, assessment: Assessment, today: date) -> ComputedClose:
    """Compute what a close stores. Read-only: seconds for thousands of people, so pass a snapshot."""
    questionnaire = load_questionnaire(session, assessment)
    named = assessment.confidentiality == Confidentiality.ATTRIBUTABLE
    loaded_answers = answer_loader.load_answers(session, assessment.key, questionnaire)
    held_back = reopening.find_withheld_figure_groups(session, assessment, questionnaire, loaded_answers)
    answers = loaded_answers.select_counted(questionnaire.scoring.submitted_share)
    result = score_answers(
        questionnaire, answers, get_scoring_settings(assessment), date=today.isoformat(), unsuppressed=named
    )
    if not held_back and not has_figures(result) and assessment.release:
        held_back = (reopening.NO_FIGURES,)
    if held_back or not has_figures(result):
        return ComputedClose(held_back, None, (), None)
    result = replace(
        result,
        respondents=replace(result.respondents, careless_log=None),  # a release never changes, but people can be erased
        invited=invited_people.load_invited_summary(session, assessment),
    )
    return ComputedClose(
        held_back,
        msgspec.json.encode(result),
        voices.select_comments(session, assessment, questionnaire, loaded_answers),
        change_attribution.compute_attribution(session, assessment, result, answers),
    )


def store_close(
    session: Session, assessment: Assessment, computed: ComputedClose, today: date, now: datetime
) -> Release | None:
    """Close a locked assessment, store its release and return the newest one; None if there is none."""
    key = assessment.key
    values = {"state": AssessmentState.CLOSED, "closed_on": today, "held_back": list(computed.held_back)}
    closes_at = compute_closing_time(assessment.closes_on, assessment.time_zone)  # without the mark of a staged close
    assessments.update_assessment(session, assessment, values | {"closes_at": closes_at})
    audit_trail.record_event(
        session, key.workspace_id, now, audit_trail.ASSESSMENT_CLOSED, assessment.id, revision=assessment.revision + 1
    )
    event_queue.queue_closed(session, key, now)
    respondent_sessions.delete_assessment_sessions(session, key)
    erase_answer_order(session, assessment)
    if computed.held_back:
        return published_results.load_release(session, key)
    if computed.content is None:
        return releases.latest(session, key)
    progress.count_final(session, key, now)
    digest = hashlib.sha256(computed.content).hexdigest()
    release = releases.add_release(session, key, digest, computed.content, today)
    voices.release_comments(session, assessment, release, computed.comments)
    if computed.attribution is not None:
        attributions.add_attribution(session, assessment.workspace_id, release, computed.attribution)
    mailings.queue_results(session, assessment, now)
    event_queue.queue_report_ready(session, key, release.number, now)
    return release


def notify_owners(session: Session, key: AssessmentKey, now: datetime, *, has_results: bool) -> None:
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
        message = ConsoleMail(MailKind.CLOSED, owner.email, path, text, assessment.language, assessment.id)
        console_mails.queue_console_mail(session, mail, key.workspace_id, message, now, RANDOM)
