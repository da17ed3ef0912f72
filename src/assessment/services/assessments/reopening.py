"""Reopen a closed assessment, and decide whether a later close may publish a further release (method 6.7).

Two releases can be subtracted from each other. So the answers behind a release are copied before anyone can change
them, and a later close is compared with every copy.
"""

from datetime import date, datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.domain.answers import Answers
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, Mode, ReleaseBasis
from assessment.domain.disclosure.combined_releases import find_decided_items
from assessment.domain.disclosure.republication import (
    MAX_RELEASES,
    NO_REPLACEMENTS,
    ReplacementCounts,
    find_blocked_figure_groups,
    find_blocking_figures,
    is_replacement_blocking,
)
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.closing_time import compute_closing_time, get_workspace_day
from assessment.domain.survey.promises import are_answers_private
from assessment.errors import ChangedError, NotReopenableError
from assessment.i18n.messages import N_
from assessment.services.assessments.assessment_setup import get_scoring_settings
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.operations import audit_trail
from assessment.services.people import invited_people, progress
from assessment.services.results import published_results
from assessment.services.webhooks import event_queue
from assessment.storage import answer_loader, assessments
from assessment.storage.answer_loader import LoadedAnswers
from assessment.storage.assessments import Assessment
from assessment.storage.people import counting_people
from assessment.storage.results import release_snapshots, releases

# Reasons in `held_back` that are no group of figures:
ANSWERS_WITHDRAWN = "withdrawn"  # answers behind a release were withdrawn, so no comparison is possible
PEOPLE_REPLACED = "replaced"  # too few people were replaced
LAST_RELEASE = "last"  # the maximum number of releases is reached
NO_FIGURES = "empty"  # too few answers counted for any figure
NON_FIGURE_REASONS = (ANSWERS_WITHDRAWN, PEOPLE_REPLACED, LAST_RELEASE, NO_FIGURES)


def reopen_assessment(session: Session, key: AssessmentKey, now: datetime, revision: int | None = None) -> Assessment:
    """Reopen for answers; the newest release stays valid until another close publishes a further one."""
    assessment = assessments.find_assessment(session, key, lock=True)
    if revision is not None and revision != assessment.revision:
        raise ChangedError
    why_not = find_refusal(assessment)
    if why_not:
        raise NotReopenableError(why_not)
    _store_release_answers(session, assessment)
    progress.resume_counting(session, key)
    audit_trail.record_event(
        session, key.workspace_id, now, audit_trail.ASSESSMENT_REOPENED, assessment.id, revision=assessment.revision + 1
    )
    closes_on = _drop_past_date(assessment.closes_on, get_workspace_day(now, assessment.time_zone))
    event_queue.queue_opened(session, key, now)
    opened: dict[str, Any] = {"state": AssessmentState.OPEN, "closed_on": None, "held_back": [], "closes_on": closes_on}
    return assessments.update_assessment(
        session, assessment, opened | {"closes_at": compute_closing_time(closes_on, assessment.time_zone)}
    )


def find_refusal(assessment: Assessment) -> str:
    """Return why an assessment can't be reopened; "" if it can."""
    if assessment.state != AssessmentState.CLOSED:
        return N_("Only a closed assessment can be opened again.")
    if assessment.is_archived:
        return N_("This assessment is archived. Restore it first.")
    if assessment.confidentiality == Confidentiality.ANONYMOUS:
        return N_(
            "An anonymous assessment can’t be opened again: since the close nothing tells which links were used, "
            "so people could answer twice. Begin a new wave."
        )
    if is_release_final(assessment):
        return N_(
            "Someone has withdrawn answers that the published results rest on, so nothing can take their place "
            "any more. Begin a new wave."
        )
    if has_reached_last_release(assessment):
        return N_(
            "Results were published three times: comparing a fourth with them could reveal single answers. "
            "Begin a new wave."
        )
    return ""


def find_withheld_figure_groups(
    session: Session, assessment: Assessment, questionnaire: Questionnaire, loaded_answers: LoadedAnswers
) -> tuple[str, ...]:
    """Return the groups of figures where a further release would reveal few people's answers; empty: publish it."""
    earlier = releases.list_bases(session, assessment.key)
    if not earlier or not is_release_compared(assessment.confidentiality, assessment.mode):
        return ()
    if set(earlier.values()) != {ReleaseBasis.COPIED}:
        return (ANSWERS_WITHDRAWN,)
    if len(earlier) >= MAX_RELEASES:
        return (LAST_RELEASE,)
    later = loaded_answers.label_by_response_id().select_counted(questionnaire.scoring.submitted_share)
    settings, groups = get_scoring_settings(assessment), dict[str, None]()
    are_few_replaced = False
    published = {number: _load_numbered_answers(session, assessment, number, questionnaire) for number in earlier}
    is_decided = bool(find_decided_items(questionnaire, settings, [*published.values(), later]))
    for number, before in published.items():
        if is_decided or find_blocking_figures(questionnaire, settings, before, later):
            groups |= dict.fromkeys(find_blocked_figure_groups(questionnaire, settings, before, later))
        replaced = _count_replaced(session, assessment, number)
        are_few_replaced |= is_replacement_blocking(questionnaire, settings, replaced)
    return (*groups, PEOPLE_REPLACED) if are_few_replaced else tuple(groups)


def has_reached_last_release(assessment: Assessment) -> bool:
    """Return whether the maximum number of releases is reached."""
    return (assessment.release or 0) >= MAX_RELEASES and is_release_compared(
        assessment.confidentiality, assessment.mode
    )


def is_release_compared(confidentiality: Confidentiality, mode: Mode) -> bool:
    """Return whether releases are compared: not in attributable and consensus mode, where answers are known."""
    return are_answers_private(confidentiality, mode)


def is_release_final(assessment: Assessment) -> bool:
    """Return whether no further release is possible, because the answers behind an earlier one were withdrawn."""
    return assessment.is_basis_gone and is_release_compared(assessment.confidentiality, assessment.mode)


def load_release_answers(session: Session, assessment: Assessment, questionnaire: Questionnaire) -> Answers | None:
    """Return the answers behind the newest release, without later changes; None if they are unknown.

    Compute anything next to a release from these: a figure from newer answers could be subtracted from it.
    """
    earlier = releases.list_bases(session, assessment.key)
    number = max(earlier, default=0)
    if earlier.get(number) == ReleaseBasis.COPIED:
        return _load_numbered_answers(session, assessment, number, questionnaire)
    if earlier.get(number) == ReleaseBasis.LIVE and assessment.state == AssessmentState.CLOSED:
        loaded_answers = answer_loader.load_answers(session, assessment.key, questionnaire)
        return loaded_answers.label_by_response_id().select_counted(questionnaire.scoring.submitted_share)
    return None


def _load_numbered_answers(
    session: Session, assessment: Assessment, number: int, questionnaire: Questionnaire
) -> Answers:
    answers = release_snapshots.load_snapshot(session, assessment.key, number, questionnaire)
    counts = counting_people.load_count_flags(session, assessment.key, answers.respondents)
    return replace(answers, counts=counts)


def _count_replaced(session: Session, assessment: Assessment, number: int) -> ReplacementCounts:
    """Count the people replaced since a release; each replacement is a person who left and one who joined."""
    now, then = (
        invited_people.load_invited_summary(session, assessment),
        published_results.load_numbered_result(session, assessment, number).invited,
    )
    if now is None:
        return NO_REPLACEMENTS
    if then is None:
        return ReplacementCounts(now.replaced, now.replaced_counting)
    return ReplacementCounts(now.replaced - then.replaced, now.replaced_counting - then.replaced_counting)


def _store_release_answers(session: Session, assessment: Assessment) -> None:
    """Copy the answers behind the newest release, unless an earlier reopening did, or releases are not compared."""
    earlier = releases.list_bases(session, assessment.key)
    if not earlier:  # closed without a release: nothing to compare a later one with
        return
    number = max(earlier)
    if not is_release_compared(assessment.confidentiality, assessment.mode):
        release_snapshots.delete_snapshots(session, assessment.key)
    elif earlier[number] == ReleaseBasis.LIVE:
        questionnaire = load_questionnaire(session, assessment)
        loaded_answers = answer_loader.load_answers(session, assessment.key, questionnaire).label_by_response_id()
        answers = loaded_answers.select_counted(questionnaire.scoring.submitted_share)
        release_snapshots.add_snapshot(session, assessment.key, number, questionnaire, answers)


def _drop_past_date(closes_on: date | None, today: date) -> date | None:
    """Drop a closing date in the past."""
    return closes_on if closes_on is None or closes_on >= today else None
