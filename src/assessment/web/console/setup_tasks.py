"""Set-up tasks of a draft, and the next action of an assessment."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from msgspec import Struct

from assessment.domain.closed_sets import AssessmentState
from assessment.storage.assessments import Assessment


class SetupTask(Struct, frozen=True):
    """Entry of the set-up list; optional tasks do not block opening. `has_warning`: done, but worth another look."""

    name: str
    path: str
    done: bool
    optional: bool = False
    detail: int | None = None
    has_warning: bool = False

    @property
    def state(self) -> str:
        """Return done, look, optional or missing."""
        if self.has_warning:
            return "look"
        if self.done:
            return "done"
        return "optional" if self.optional else "missing"


class NextAction(Struct, frozen=True):
    """Next action for the consultant, and the path of its page."""

    name: str
    path: str


def list_tasks(
    assessment: Assessment, invited: int, today: date, *, has_mail: bool = False, hidden: int = 0
) -> tuple[SetupTask, ...]:
    """List the set-up tasks of a draft.

    `has_mail`: the server can send mail. `hidden`: figures that the invited people would not be enough for.
    """
    return tuple(_build_tasks(assessment, invited, today, has_mail=has_mail, hidden=hidden))


def _build_tasks(
    assessment: Assessment, invited: int, today: date, *, has_mail: bool, hidden: int
) -> Iterator[SetupTask]:
    base = f"/console/assessments/{assessment.id}"
    yield SetupTask("settings", f"{base}/settings", done=True)
    yield SetupTask("promise", f"{base}/settings#confidentiality", done=True)
    is_past = assessment.closes_on is not None and assessment.closes_on < today
    has_date = assessment.closes_on is not None
    yield SetupTask("date", f"{base}/settings#closes_on", has_date and not is_past, optional=not has_date)
    yield SetupTask("people", f"{base}/people", invited > 0, detail=invited)
    if invited:
        yield SetupTask("feasibility", f"{base}/feasibility", done=True, detail=hidden, has_warning=hidden > 0)
    if has_mail:
        yield SetupTask("mails", f"{base}/mails", done=False, optional=True)
    is_set = bool(assessment.targets or assessment.weights or assessment.contacts)
    yield SetupTask("targets", f"{base}/settings#targets", is_set, optional=True)
    yield SetupTask("preview", f"{base}/preview", done=False, optional=True)


def is_ready(tasks: tuple[SetupTask, ...]) -> bool:
    """Check that all required tasks are done."""
    return all(task.done or task.optional for task in tasks)


def count_missing(tasks: tuple[SetupTask, ...]) -> int:
    """Count the tasks that block the opening."""
    return sum(task.state == "missing" for task in tasks)


class ActionSubject(Protocol):
    """Facts about an assessment, apart from its people, that decide its next action."""

    @property
    def id(self) -> str: ...
    @property
    def state(self) -> AssessmentState: ...
    @property
    def closes_on(self) -> date | None: ...
    @property
    def has_release(self) -> bool: ...


class WaitingPeople(Struct, frozen=True):
    """People of an assessment.

    `unmailed` wait for their first mail. The server of an address `refused` it, or could not be reached
    (`undelivered`).
    """

    invited: int
    sent: int = 0
    unmailed: int = 0
    refused: int = 0
    undelivered: int = 0


def find_next_action(assessment: ActionSubject, people: WaitingPeople, today: date, *, can_change: bool) -> NextAction:
    """Return the next action; viewers, who can't change anything, can only look."""
    base = f"/console/assessments/{assessment.id}"
    if assessment.state == AssessmentState.CLOSED:
        return NextAction("results", f"{base}/results") if assessment.has_release else NextAction("look", base)
    if not can_change:
        return NextAction("look", base)
    if assessment.state == AssessmentState.OPEN:
        return _find_open_action(assessment, people, today, base)
    return NextAction("open", base) if people.invited else NextAction("invite", f"{base}/people")


def _find_open_action(assessment: ActionSubject, people: WaitingPeople, today: date, base: str) -> NextAction:
    if assessment.closes_on is not None and assessment.closes_on < today:
        return NextAction("close", f"{base}/close")
    if not people.invited:
        return NextAction("invite", f"{base}/people")
    if people.refused or people.undelivered:
        return NextAction("correct", f"{base}/people?state={'refused' if people.refused else 'failed'}")
    if people.unmailed:
        return NextAction("send", f"{base}/mails")
    if people.sent >= people.invited:
        return NextAction("finish", f"{base}/close")
    return NextAction("watch", f"{base}/live")
