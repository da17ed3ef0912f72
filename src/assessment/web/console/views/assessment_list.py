"""The list of assessments on the home page: grouped by client, with what to do next."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.services.auth.principals import Consultant
from assessment.services.delivery.delivery_totals import count_unmailed
from assessment.services.people.progress import Counts, load_totals
from assessment.storage.assessments import Assessment
from assessment.web.console.setup_tasks import NextAction, find_next_action

SOON_DAYS = 7  # a closing date as near as this is marked, and results are new for as long
MAXIMUM_TASKS = 3
TASK_ORDER = ("close", "send", "watch", "results", "look", "open", "invite")


class AssessmentListEntry(Struct, frozen=True):
    """Assessment with its counts; `unmailed` people wait for their invitation."""

    assessment: Assessment
    counts: Counts
    next_action: NextAction
    today: date
    unmailed: int = 0

    @property
    def days_left(self) -> int | None:
        """Whole days until the closing date of an open assessment; 0 on the day itself, negative after it."""
        closes_on = self.assessment.closes_on
        return (closes_on - self.today).days if self.assessment.state == AssessmentState.OPEN and closes_on else None

    @property
    def is_overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def is_due_soon(self) -> bool:
        return self.days_left is not None and 0 <= self.days_left <= SOON_DAYS

    @property
    def sent_percent(self) -> int:
        """Share of those invited who have sent, in whole percent; 100 only when all have."""
        return 100 * self.counts.sent // self.counts.invited if self.counts.invited else 0

    @property
    def is_urgent(self) -> bool:
        """Return whether the consultant should look at it now; a draft always waits for them."""
        closed_on = self.assessment.closed_on
        match self.next_action.name:
            case "watch":
                return self.is_due_soon and self.counts.sent < self.counts.invited
            case "results" | "look":
                return closed_on is not None and self.today - closed_on <= timedelta(days=SOON_DAYS)
            case _:
                return True


class ClientGroup(Struct, frozen=True):
    """Assessments of one client; `compared_id` is the newest closed one that follows another wave."""

    organisation_id: str
    organisation: str
    entries: tuple[AssessmentListEntry, ...]

    @property
    def compared_id(self) -> str | None:
        for entry in self.entries:
            if entry.assessment.wave_of and entry.assessment.release is not None:
                return entry.assessment.id
        return None


def build_entries(
    session: Session, consultant: Consultant, listed: Sequence[Assessment], now: datetime
) -> tuple[AssessmentListEntry, ...]:
    """Build the entries of assessments, with counts as of the last hourly count."""
    totals = load_totals(session, consultant.workspace_id, [assessment.id for assessment in listed])
    open_ids = [assessment.id for assessment in listed if assessment.state == AssessmentState.OPEN]
    unmailed = count_unmailed(session, consultant.workspace_id, open_ids)
    return tuple(
        _build_entry(
            consultant,
            assessment,
            totals[assessment.id],
            get_workspace_day(now, assessment.time_zone),
            unmailed.get(assessment.id, 0),
        )
        for assessment in listed
    )


def group_by_client(entries: Iterable[AssessmentListEntry]) -> tuple[ClientGroup, ...]:
    """Group assessments by client, in the order in which the clients first appear."""
    groups: dict[str, list[AssessmentListEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.assessment.organisation_id, []).append(entry)
    return tuple(ClientGroup(id_, group[0].assessment.organisation, tuple(group)) for id_, group in groups.items())


def list_urgent(entries: Iterable[AssessmentListEntry]) -> Sequence[AssessmentListEntry]:
    """List the assessments that need the consultant most, at most `MAXIMUM_TASKS`."""
    urgent = [entry for entry in entries if entry.is_urgent]
    return sorted(urgent, key=_rank_urgency)[:MAXIMUM_TASKS]


def _rank_urgency(entry: AssessmentListEntry) -> tuple[int, int]:
    days_left = entry.days_left
    return TASK_ORDER.index(entry.next_action.name), SOON_DAYS if days_left is None else days_left


def _build_entry(
    consultant: Consultant, assessment: Assessment, counts: Counts, today: date, unmailed: int
) -> AssessmentListEntry:
    can_change = consultant.can_edit
    next_action = find_next_action(assessment, counts.invited, today, can_change=can_change, unmailed=unmailed)
    return AssessmentListEntry(assessment, counts, next_action, today, unmailed)
