"""The list of assessments on the home page: grouped by client, with what to do next."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.services.auth.principals import Consultant
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.people import people_summary
from assessment.services.people.people_summary import PeopleSummary
from assessment.services.people.progress import Counts, compute_sent_percent, load_totals
from assessment.storage.assessments import Assessment
from assessment.web.console.setup_tasks import NextAction, WaitingPeople, find_next_action

SOON_DAYS = 7  # a closing date as near as this is marked


class AssessmentListEntry(Struct, frozen=True):
    """Assessment with its counts, what to do next, and the day in its workspace."""

    assessment: Assessment
    counts: Counts
    next_action: NextAction
    today: date
    waiting: WaitingPeople = WaitingPeople(0)

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
        return compute_sent_percent(self.counts.sent, self.counts.invited)


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
    has_mail = find_mail(session) is not None
    summaries = people_summary.load_summaries(session, consultant.workspace_id, open_ids) if has_mail else {}
    return tuple(
        _build_entry(
            consultant,
            assessment,
            totals[assessment.id],
            get_workspace_day(now, assessment.time_zone),
            summaries.get(assessment.id),
        )
        for assessment in listed
    )


def _build_entry(
    consultant: Consultant, assessment: Assessment, counts: Counts, today: date, summary: PeopleSummary | None
) -> AssessmentListEntry:
    waiting = count_waiting(counts, summary)
    next_action = find_next_action(assessment, waiting, today, can_change=consultant.can_edit)
    return AssessmentListEntry(assessment, counts, next_action, today, waiting)


def count_waiting(counts: Counts, summary: PeopleSummary | None) -> WaitingPeople:
    """Count those whom an assessment waits for; `summary` is None where the server can't send mail."""
    if summary is None:
        return WaitingPeople(counts.invited, counts.sent)
    totals = summary.totals
    return WaitingPeople(counts.invited, counts.sent, summary.to_mail, totals.refused, totals.failed)


def group_by_client(entries: Iterable[AssessmentListEntry]) -> tuple[ClientGroup, ...]:
    """Group assessments by client, in the order in which the clients first appear."""
    groups: dict[str, list[AssessmentListEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.assessment.organisation_id, []).append(entry)
    return tuple(ClientGroup(id_, group[0].assessment.organisation, tuple(group)) for id_, group in groups.items())
