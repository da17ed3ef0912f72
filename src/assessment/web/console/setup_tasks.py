"""Set-up tasks of a draft, and the next action of an assessment."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from assessment.domain.closed_sets import AssessmentState
from assessment.storage.assessments import Assessment


class SetupTask(Struct, frozen=True):
    """Entry of the set-up list; optional tasks do not block opening."""

    name: str
    path: str
    done: bool
    optional: bool = False
    detail: int | None = None


class NextAction(Struct, frozen=True):
    """Next action for the consultant, and the path of its page."""

    name: str
    path: str


def list_tasks(assessment: Assessment, invited: int, today: date, *, has_mail: bool = False) -> tuple[SetupTask, ...]:
    """List the set-up tasks of a draft; `has_mail`: the server can send mail."""
    base = f"/console/assessments/{assessment.id}"
    mail = (SetupTask("mails", f"{base}/mails", done=False, optional=True),) if has_mail else ()
    return (*_build_tasks(assessment, base, invited, today), *mail)


def _build_tasks(assessment: Assessment, base: str, invited: int, today: date) -> Iterator[SetupTask]:
    yield SetupTask("people", f"{base}/people", invited > 0, detail=invited)
    is_past = assessment.closes_on is not None and assessment.closes_on < today
    yield SetupTask("date", f"{base}/settings#closes_on", not is_past, optional=assessment.closes_on is None)
    is_set = bool(assessment.targets or assessment.weights or assessment.contacts)
    yield SetupTask("targets", f"{base}/settings#targets", is_set, optional=True)
    yield SetupTask("preview", f"{base}/preview", done=False, optional=True)


def is_ready(tasks: tuple[SetupTask, ...]) -> bool:
    """Check that all required tasks are done."""
    return all(task.done or task.optional for task in tasks)


def find_next_action(
    assessment: Assessment, invited: int, today: date, *, can_change: bool, unmailed: int = 0
) -> NextAction:
    """Return the next action; viewers, who can't change anything, can only look. `unmailed` wait for a first mail."""
    base = f"/console/assessments/{assessment.id}"
    if assessment.state == AssessmentState.CLOSED and assessment.release is None:
        return NextAction("look", base)
    if assessment.state == AssessmentState.CLOSED:
        return NextAction("results", f"{base}/results")
    if not can_change:
        return NextAction("look", base)
    if assessment.state == AssessmentState.OPEN:
        is_over = assessment.closes_on is not None and assessment.closes_on < today
        if not is_over and unmailed:
            return NextAction("send", f"{base}/mails")
        return NextAction("close", f"{base}/close") if is_over else NextAction("watch", f"{base}#progress")
    return NextAction("open", base) if invited else NextAction("invite", f"{base}/people")
