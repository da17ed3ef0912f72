"""Home page with all assessments, and benchmarks page with the rank of each organisation."""

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
from assessment.services.results import benchmark_ranks
from assessment.storage.assessments import Assessment
from assessment.storage.cursor_pagination import PageRequest
from assessment.web.console.setup_tasks import NextAction, find_next_action
from assessment.web.http.page_responses import render_page


class AssessmentListEntry(Struct, frozen=True):
    assessment: Assessment
    counts: Counts
    next_action: NextAction
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
    page = assessment_setup.list_assessments(read_session, consultant.workspace_id, PageRequest(after or None))
    read_session.close()  # `refresh_counts` takes its own connection; two per thread could deadlock the pool
    refresh_counts(engine, consultant.workspace_id, [assessment.id for assessment in page.data], now)
    totals = load_totals(read_session, consultant.workspace_id, [assessment.id for assessment in page.data])
    open_ids = [assessment.id for assessment in page.data if assessment.state == "open"]
    unmailed = count_unmailed(read_session, consultant.workspace_id, open_ids)
    rows = tuple(
        _build_row(
            consultant,
            assessment,
            totals[assessment.id],
            get_workspace_day(now, assessment.time_zone),
            unmailed.get(assessment.id, 0),
        )
        for assessment in page.data
    )
    return render_page("console/home.html", consultant=consultant, rows=rows, next_cursor=page.next_cursor, after=after)


@get("/benchmarks", name="console:benchmarks", policy=CONSULTANT, sync_to_thread=True)
def show_benchmarks(read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]) -> Template:
    """Show the ranks, sorted by organisation."""
    ranks = sorted(
        benchmark_ranks.rank_organisations(read_session, consultant.workspace_id),
        key=lambda rank: (rank.name.casefold(), rank.organisation, rank.questionnaire, rank.major_version),
    )
    return render_page("console/benchmarks.html", consultant=consultant, ranks=ranks)


def _build_row(
    consultant: Consultant, assessment: Assessment, counts: Counts, today: date, unmailed: int
) -> AssessmentListEntry:
    can_change = consultant.can_edit
    next_action = find_next_action(assessment, counts.invited, today, can_change=can_change, unmailed=unmailed)
    is_overdue = assessment.state == "open" and assessment.closes_on is not None and assessment.closes_on < today
    return AssessmentListEntry(assessment, counts, next_action, is_overdue)
