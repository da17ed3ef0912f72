"""Order of the assessments on the home page: what needs the consultant first, over all of a workspace."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.services.auth.principals import Consultant
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.people.people_summary import decode_current, refresh_summaries
from assessment.services.people.progress import compute_total
from assessment.storage import assessment_ranking
from assessment.storage.assessment_ranking import RankingRow
from assessment.storage.assessments import AssessmentFilter
from assessment.web.console.setup_tasks import NextAction, WaitingPeople, find_next_action
from assessment.web.console.views.assessment_list import SOON_DAYS, count_waiting

NEW_DAYS = 7  # results are new for as long
ZONE_DAYS = 1  # the day of a workspace may be one behind the server's
MAX_TASKS = 3
MAX_REFRESHED = 50  # a page counts the people of so many assessments whose counts are outdated; others wait
TASK_ORDER = ("close", "finish", "correct", "send", "watch", "results", "open", "invite", "look")
STATE_ORDER = (AssessmentState.OPEN, AssessmentState.DRAFT, AssessmentState.CLOSED)


class RankedAssessment(Struct, frozen=True):
    """An assessment with its place in the list."""

    row: RankingRow
    next_action: NextAction
    waiting: WaitingPeople
    today: date

    @property
    def is_urgent(self) -> bool:
        """Return whether the consultant should look at it now; a draft always waits for them."""
        match self.next_action.name:
            case "watch":
                days_left = self.days_left
                return days_left is not None and days_left <= SOON_DAYS
            case "results" | "look":
                closed_on = self.row.closed_on
                return closed_on is not None and self.today - closed_on <= timedelta(days=NEW_DAYS)
            case _:
                return True

    @property
    def days_left(self) -> int | None:
        """Days until the closing date of an open assessment, negative after it."""
        closes_on = self.row.closes_on
        return (closes_on - self.today).days if self.row.state == AssessmentState.OPEN and closes_on else None


def order_by_urgency(
    engine: Engine, session: Session, consultant: Consultant, filters: AssessmentFilter, now: datetime
) -> Sequence[RankedAssessment]:
    """Order all assessments that match: what needs the consultant, then what is open, then what closed last.

    Outdated counts of people are stored again before, in transactions of their own; the session is closed meanwhile.
    """
    since = now.date() - timedelta(days=NEW_DAYS + ZONE_DAYS)
    rows = assessment_ranking.list_ranking_rows(session, consultant.workspace_id, filters, since)
    outdated = [row.id for row in rows if row.state != AssessmentState.CLOSED and row.people is None]
    if outdated:
        session.close()  # as for `refresh_counts`: two connections per thread could deadlock the pool
        refresh_summaries(engine, consultant.workspace_id, outdated[:MAX_REFRESHED])
        rows = assessment_ranking.list_ranking_rows(session, consultant.workspace_id, filters, since)
    has_mail = find_mail(session) is not None
    return rank_assessments(rows, now, can_change=consultant.can_edit, has_mail=has_mail)


def rank_assessments(
    rows: Iterable[RankingRow], now: datetime, *, can_change: bool, has_mail: bool
) -> Sequence[RankedAssessment]:
    """Rank assessments by what their people and dates ask for; `has_mail`: the server can send mail."""
    ranked = [_rank_assessment(row, now, can_change=can_change, has_mail=has_mail) for row in rows]
    return sorted(ranked, key=_get_rank)


def order_by_age(ranked: Iterable[RankedAssessment]) -> Sequence[RankedAssessment]:
    """Order them by their creation, the newest first."""
    return sorted(ranked, key=lambda entry: (entry.row.created_at, entry.row.id), reverse=True)


def list_urgent_ids(ranked: Iterable[RankedAssessment]) -> list[str]:
    """Return the ids of the first few of the ordered assessments that need the consultant now."""
    return [entry.row.id for entry in ranked if entry.is_urgent][:MAX_TASKS]


def _rank_assessment(row: RankingRow, now: datetime, *, can_change: bool, has_mail: bool) -> RankedAssessment:
    summary = decode_current(row.people)
    today = get_workspace_day(now, row.time_zone)
    counts = compute_total(summary.invited if summary else (), row.responses)
    waiting = count_waiting(counts, summary if has_mail else None)
    return RankedAssessment(row, find_next_action(row, waiting, today, can_change=can_change), waiting, today)


def _get_rank(entry: RankedAssessment) -> tuple[bool, int, int, int, float]:
    """Return a sort key; of those that are equally urgent, the nearest date comes first, then the newest."""
    row = entry.row
    action = TASK_ORDER.index(entry.next_action.name) if entry.is_urgent else STATE_ORDER.index(row.state)
    days_left = SOON_DAYS if entry.days_left is None else entry.days_left
    newest = row.closed_on or row.created_at.date()
    return not entry.is_urgent, action, days_left, -newest.toordinal(), -row.created_at.timestamp()
