"""Reopen a closed assessment, and decide whether a later close may publish a further release (method 6.7).

Two releases can be subtracted from each other. So the answers behind a release are copied before anyone can change
them, and a later close is compared with every copy.
"""

from datetime import date, datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.domain.answers import CONSENSUS, Answers
from assessment.domain.closing_time import end_of_day, workspace_day
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.reopening import MOST_RELEASES, NOBODY, Replaced, may_replace, reasons
from assessment.errors import ChangedError, ConflictError
from assessment.services import auditing, invited_people, releasing
from assessment.services.assessing import settings_of
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments, bases, counting_responses, gathering, releases
from assessment.storage.assessments import Assessment
from assessment.storage.gathering import Gathered
from assessment.storage.releases import KEPT, LIVE
from assessment.wording.sentences import N_

# Reasons in `held_back` that are no area:
WITHDRAWN = "withdrawn"  # answers behind a release were withdrawn, so no comparison is possible
REPLACED = "replaced"  # too few people were replaced
LAST = "last"  # the maximum number of releases is reached
NO_AREAS = (WITHDRAWN, REPLACED, LAST)


def reopen(
    session: Session, workspace_id: str, assessment_id: str, now: datetime, revision: int | None = None
) -> Assessment:
    """Reopen for answers; the newest release stays valid until another close publishes a further one."""
    held = assessments.find(session, workspace_id, assessment_id, lock=True)
    if revision is not None and revision != held.revision:
        raise ChangedError
    why_not = refusal(held)
    if why_not:
        raise ConflictError(why_not)
    _keep(session, held)
    auditing.record(session, workspace_id, now, auditing.ASSESSMENT_REOPENED, held.id, revision=held.revision + 1)
    closes_on = _still(held.closes_on, workspace_day(now, held.time_zone))
    opened: dict[str, Any] = {"state": "open", "closed_on": None, "held_back": [], "closes_on": closes_on}
    return assessments.change(session, held, opened | {"closes_at": end_of_day(closes_on, held.time_zone)})


def refusal(held: Assessment) -> str:
    """Return why an assessment can't be reopened; "" if it can."""
    if held.state != "closed":
        return N_("Only a closed assessment can be opened again.")
    if held.confidentiality == "anonymous":
        return N_(
            "An anonymous assessment can't be opened again: since the close nothing tells which links were used, "
            "so people could answer twice. Begin a new wave."
        )
    if stands_for_good(held):
        return N_(
            "Somebody has withdrawn answers that the published results rest on, so nothing can take their place "
            "any more. Begin a new wave."
        )
    if has_last_release(held):
        return N_(
            "Results were published three times: more of them could be compared until single answers show. "
            "Begin a new wave."
        )
    return ""


def forbids(session: Session, held: Assessment, questionnaire: Questionnaire, gathered: Gathered) -> tuple[str, ...]:
    """Return the areas where a further release would reveal few people's answers; empty if it may be published."""
    earlier = releases.bases(session, held.workspace_id, held.id)
    if not earlier or not is_compared(held.confidentiality, held.mode):
        return ()
    if set(earlier.values()) != {KEPT}:
        return (WITHDRAWN,)
    if len(earlier) >= MOST_RELEASES:
        return (LAST,)
    later = gathered.by_id().counted(questionnaire.scoring.submitted_share)
    settings, found = settings_of(held), dict[str, None]()
    for number in earlier:
        before, replaced = _behind(session, held, number, questionnaire), _count_replaced(session, held, number)
        if not may_replace(questionnaire, settings, before, later, replaced):
            continue
        if may_replace(questionnaire, settings, before, later):
            found |= dict.fromkeys(reasons(questionnaire, settings, before, later))
        else:
            found[REPLACED] = None
    return tuple(found)


def has_last_release(held: Assessment) -> bool:
    """Return whether the maximum number of releases is reached."""
    return (held.release or 0) >= MOST_RELEASES and is_compared(held.confidentiality, held.mode)


def is_compared(confidentiality: str, mode: str) -> bool:
    """Return whether releases are compared: not in attributable and consensus mode, where answers are known."""
    return confidentiality != "attributable" and mode != CONSENSUS


def stands_for_good(held: Assessment) -> bool:
    """Return whether no further release is possible, because the answers behind an earlier one were withdrawn."""
    return held.is_basis_gone and is_compared(held.confidentiality, held.mode)


def answers_behind(session: Session, held: Assessment, questionnaire: Questionnaire) -> Answers | None:
    """Return the answers behind the newest release, without later changes; None if they are unknown.

    Compute anything next to a release from these: a figure from newer answers could be subtracted from it.
    """
    earlier = releases.bases(session, held.workspace_id, held.id)
    number = max(earlier, default=0)
    if earlier.get(number) == KEPT:
        return _behind(session, held, number, questionnaire)
    if earlier.get(number) == LIVE and held.state == "closed":
        gathered = gathering.gather(session, held.workspace_id, held.id, questionnaire)
        return gathered.by_id().counted(questionnaire.scoring.submitted_share)
    return None


def _behind(session: Session, held: Assessment, number: int, questionnaire: Questionnaire) -> Answers:
    answers = bases.behind(session, held.workspace_id, held.id, number, questionnaire)
    counts = counting_responses.load_counts(session, held.workspace_id, held.id, answers.respondents)
    return replace(answers, counts=counts)


def _count_replaced(session: Session, held: Assessment, number: int) -> Replaced:
    """Count the people replaced since a release; each replacement is a person who left and one who joined."""
    now, then = invited_people.summarize(session, held), releasing.numbered(session, held, number).invited
    if now is None:
        return NOBODY
    if then is None:
        return Replaced(now.replaced, now.replaced_counting)
    return Replaced(now.replaced - then.replaced, now.replaced_counting - then.replaced_counting)


def _keep(session: Session, held: Assessment) -> None:
    """Copy the answers behind the newest release, unless an earlier reopening did, or releases are not compared."""
    earlier = releases.bases(session, held.workspace_id, held.id)
    if not earlier:  # closed without a release: nothing to compare a later one with
        return
    number = max(earlier)
    if not is_compared(held.confidentiality, held.mode):
        bases.forget(session, held.workspace_id, held.id)
    elif earlier[number] == LIVE:
        questionnaire = questionnaire_of(session, held)
        gathered = gathering.gather(session, held.workspace_id, held.id, questionnaire).by_id()
        answers = gathered.counted(questionnaire.scoring.submitted_share)
        bases.keep(session, held.workspace_id, held.id, number, questionnaire, answers)


def _still(closes_on: date | None, today: date) -> date | None:
    """Drop a closing date in the past."""
    return closes_on if closes_on is None or closes_on >= today else None
