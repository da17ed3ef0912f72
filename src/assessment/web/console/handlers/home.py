"""Home page: all assessments with their progress and next action."""

from datetime import date, datetime

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.delivery.delivery_totals import count_unmailed
from assessment.services.people.progress import Counts, load_totals, refresh_counts
from assessment.storage.assessments import Assessment
from assessment.storage.cursor_pagination import PageRequest
from assessment.web.console.authentication import OWNER
from assessment.web.console.setup_tasks import NextAction, find_next_action
from assessment.web.http.page_responses import render_page


class AssessmentListEntry(Struct, frozen=True):
    assessment: Assessment
    counts: Counts
    next: NextAction
    is_overdue: bool


@get("/", name="console:home", policy=CONSULTANT, sync_to_thread=True)
def show_home(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
    after: FromQuery[str] = "",
) -> Template:
    """Show the assessments, newest first."""
    found = assessment_setup.list_assessments(read_session, consultant.workspace_id, PageRequest(after or None))
    read_session.close()  # `refresh` takes a connection of its own; holding two per thread could deadlock the pool
    refresh_counts(engine, consultant.workspace_id, [assessment.id for assessment in found.data], now)
    counted = load_totals(read_session, consultant.workspace_id, [assessment.id for assessment in found.data])
    unmailed = count_unmailed(
        read_session,
        consultant.workspace_id,
        [assessment.id for assessment in found.data if assessment.state == "open"],
    )
    rows = tuple(
        _build_row(
            consultant,
            assessment,
            counted[assessment.id],
            get_workspace_day(now, assessment.time_zone),
            unmailed.get(assessment.id, 0),
        )
        for assessment in found.data
    )
    return render_page("console/home.html", consultant=consultant, rows=rows, following=found.next_cursor, after=after)


def _build_row(
    consultant: Consultant, assessment: Assessment, counts: Counts, today: date, unmailed: int
) -> AssessmentListEntry:
    coming = find_next_action(assessment, counts.invited, today, can_change=consultant.role == OWNER, unmailed=unmailed)
    is_overdue = assessment.state == "open" and assessment.closes_on is not None and assessment.closes_on < today
    return AssessmentListEntry(assessment, counts, coming, is_overdue)
