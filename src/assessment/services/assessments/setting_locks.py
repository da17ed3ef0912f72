"""Locked settings: what respondents are promised locks at the opening, the rest at the close."""

from collections.abc import Collection, Iterable
from typing import Any

from assessment.domain.closed_sets import AssessmentState
from assessment.errors import LockedError, Problem
from assessment.i18n.messages import N_
from assessment.services.assessments.assessment_fields import (
    CHANGEABLE_AFTER_RELEASE,
    CHANGEABLE_ALWAYS,
    LOCKED_AT_OPENING,
)
from assessment.storage.assessments import Assessment


def is_opening_locked(assessment: Assessment) -> bool:
    """Return whether the settings promised on the start page are locked."""
    return assessment.state != AssessmentState.DRAFT


def refuse_locked_settings(assessment: Assessment, different: Collection[str]) -> None:
    """Raise `LockedError` with a problem per locked setting."""
    _refuse_after_close(assessment, different)
    _refuse_after_release(assessment, different)
    locked = sorted(LOCKED_AT_OPENING.intersection(different))
    if is_opening_locked(assessment) and locked:
        reason = N_("This can’t change any more: it was fixed when the assessment opened.")
        raise LockedError(
            "The start page told people so: this was fixed at the opening.", _make_problems(locked, reason)
        )


def _refuse_after_close(assessment: Assessment, different: Collection[str]) -> None:
    locked = [name for name in different if name not in CHANGEABLE_ALWAYS]
    if assessment.state == AssessmentState.CLOSED and locked:
        reason = N_("This can’t change any more: people answered while it was so.")
        raise LockedError("This assessment is closed: its settings stand.", _make_problems(locked, reason))


def _refuse_after_release(assessment: Assessment, different: Collection[str]) -> None:
    """Refuse changes of weights and the like after a release: the same answers would be released twice."""
    locked = [name for name in different if name not in CHANGEABLE_AFTER_RELEASE | LOCKED_AT_OPENING]
    if assessment.release is not None and locked:
        reason = N_("This can’t change any more: results were published with it.")
        raise LockedError("This was fixed by the first close.", _make_problems(locked, reason))


def _make_problems(names: Iterable[str], reason: str) -> list[Problem]:
    """Return the same problem for each setting, under its field name."""
    sent: dict[str, Any] = dict.fromkeys(name.removesuffix("_id").removesuffix("_version") for name in names)
    return [Problem(reason, pointer=f"/{name}", code="locked") for name in sent]
