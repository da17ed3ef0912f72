"""Home page with all assessments, and benchmarks page with the rank of each organisation."""

from datetime import date, datetime
from urllib.parse import urlencode

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.delivery.delivery_totals import count_unmailed
from assessment.services.people.progress import Counts, load_totals, refresh_counts
from assessment.services.results import benchmark_ranks
from assessment.storage.assessments import Assessment
from assessment.storage.cursor_pagination import PageRequest
from assessment.web.console.assessment_list import AssessmentListEntry, group_by_client, list_urgent
from assessment.web.console.setup_tasks import find_next_action
from assessment.web.http.page_responses import render_page

MAX_SEARCH_LENGTH = 100


class HomeQuery(Struct, frozen=True):
    """Search and filter of the list, as in the address; unknown states show all."""

    search: str = ""
    status: str = ""

    def build_path(self, **changes: str) -> str:
        """Return the path of the list with other search, state or place; empty values are left out."""
        fields = {"q": self.search, "status": self.status} | changes
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"/console?{query}" if query else "/console"


@get("/", name="console:home", policy=CONSULTANT, sync_to_thread=True)
def show_home(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
    after: FromQuery[str] = "",
    q: FromQuery[str] = "",
    status: FromQuery[str] = "",
) -> Template:
    """Show the assessments by client, newest first, and what needs the consultant now."""
    query = HomeQuery(q.strip()[:MAX_SEARCH_LENGTH].replace("\0", ""), status if status in set(AssessmentState) else "")
    page = assessment_setup.list_assessments(
        read_session, consultant.workspace_id, PageRequest(after or None), state=query.status, search=query.search
    )
    state_counts = assessment_setup.count_states(read_session, consultant.workspace_id, query.search)
    read_session.close()  # `refresh_counts` takes its own connection; two per thread could deadlock the pool
    refresh_counts(engine, consultant.workspace_id, [assessment.id for assessment in page.data], now)
    totals = load_totals(read_session, consultant.workspace_id, [assessment.id for assessment in page.data])
    open_ids = [assessment.id for assessment in page.data if assessment.state == AssessmentState.OPEN]
    unmailed = count_unmailed(read_session, consultant.workspace_id, open_ids)
    entries = tuple(
        _build_entry(
            consultant,
            assessment,
            totals[assessment.id],
            get_workspace_day(now, assessment.time_zone),
            unmailed.get(assessment.id, 0),
        )
        for assessment in page.data
    )
    return render_page(
        "console/home.html",
        consultant=consultant,
        groups=group_by_client(entries),
        urgent=() if after or query != HomeQuery() else list_urgent(entries),
        query=query,
        state_counts=state_counts,
        next_cursor=page.next_cursor,
        after=after,
    )


@get("/benchmarks", name="console:benchmarks", policy=CONSULTANT, sync_to_thread=True)
def show_benchmarks(read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]) -> Template:
    """Show the ranks, sorted by organisation."""
    ranks = sorted(
        benchmark_ranks.rank_organisations(read_session, consultant.workspace_id),
        key=lambda rank: (rank.name.casefold(), rank.organisation, rank.questionnaire, rank.major_version),
    )
    return render_page("console/benchmarks.html", consultant=consultant, ranks=ranks)


def _build_entry(
    consultant: Consultant, assessment: Assessment, counts: Counts, today: date, unmailed: int
) -> AssessmentListEntry:
    can_change = consultant.can_edit
    next_action = find_next_action(assessment, counts.invited, today, can_change=can_change, unmailed=unmailed)
    return AssessmentListEntry(assessment, counts, next_action, today, unmailed)
