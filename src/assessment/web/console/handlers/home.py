"""Home page with all assessments, and benchmarks page with the rank of each organisation."""

from datetime import datetime
from math import ceil
from urllib.parse import urlencode

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT, PUBLIC
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.i18n.collation import collation_key
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import Consultant
from assessment.services.people.progress import refresh_counts
from assessment.services.results import benchmark_ranks
from assessment.storage import closing_notices
from assessment.storage.assessments import ARCHIVED, AssessmentFilter
from assessment.web.console.authentication import PAGE_OPTION
from assessment.web.console.views.assessment_list import build_entries, group_by_client
from assessment.web.console.views.assessment_order import list_urgent_ids, order_by_age, order_by_urgency
from assessment.web.http.page_responses import redirect_to, render_page

MAX_SEARCH_LENGTH = 100
PAGE_SIZE = 50
MAX_PAGE_DIGITS = 6
NEWEST = "newest"
LIST_FILTERS = {*AssessmentState, ARCHIVED}


class HomeQuery(Struct, frozen=True):
    """Search, filter, order and page of the list, as in the address; unknown values show all, the most urgent first."""

    search: str = ""
    status: str = ""
    sort: str = ""
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        return bool(self.search or self.status)

    @property
    def assessment_filter(self) -> AssessmentFilter:
        is_archived = self.status == ARCHIVED
        return AssessmentFilter(state="" if is_archived else self.status, search=self.search, archived=is_archived)

    def build_path(self, **changes: str | int) -> str:
        """Return the path of the list with other values, on its first page unless named; empty ones are left out."""
        fields = {"q": self.search, "status": self.status, "sort": self.sort} | changes
        query = urlencode({name: value for name, value in fields.items() if value and value != 1})
        return f"/console?{query}" if query else "/console"


@get("/", name="root", policy=PUBLIC, sync_to_thread=False)
def redirect_root() -> Redirect:
    """Lead from the server's address alone to the console; registered outside of the console's router."""
    return redirect_to("/console")


@get("/", name="console:home", policy=CONSULTANT, sync_to_thread=True)
def show_home(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
    q: FromQuery[str] = "",
    status: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    page: FromQuery[str] = "1",
) -> Template:
    """Show the assessments by client, what needs the consultant first, and a page of them at a time."""
    query = HomeQuery(
        q.strip()[:MAX_SEARCH_LENGTH].replace("\0", ""),
        status if status in LIST_FILTERS else "",
        sort if sort == NEWEST else "",
        int(page) if page.isdecimal() and len(page) <= MAX_PAGE_DIGITS and int(page) else 1,
    )
    ranked = order_by_urgency(engine, read_session, consultant, query.assessment_filter, now)
    is_whole = query == HomeQuery()
    urgent_ids = list_urgent_ids(ranked) if is_whole else []
    query = replace(query, page=min(query.page, max(1, ceil(len(ranked) / PAGE_SIZE))))
    first = (query.page - 1) * PAGE_SIZE
    shown_ids = [entry.row.id for entry in (order_by_age(ranked) if query.sort else ranked)[first : first + PAGE_SIZE]]
    listed_ids = list(dict.fromkeys(urgent_ids + shown_ids))
    state_counts = assessment_setup.count_states(read_session, consultant.workspace_id, query.search)
    read_session.close()  # `refresh_counts` takes its own connection; two per thread could deadlock the pool
    refresh_counts(engine, consultant.workspace_id, listed_ids, now)
    listed = assessment_setup.load_assessments(read_session, consultant.workspace_id, listed_ids)
    entries = {entry.assessment.id: entry for entry in build_entries(read_session, consultant, listed, now)}
    notices = closing_notices.list_notices(read_session, consultant.workspace_id, consultant.user_id)
    return render_page(
        "console/home.html",
        consultant=consultant,
        groups=group_by_client(entries[id_] for id_ in shown_ids if id_ in entries),
        urgent=[entries[id_] for id_ in urgent_ids if id_ in entries],
        urgent_number=sum(entry.is_urgent for entry in ranked) if is_whole else 0,
        query=query,
        state_counts=state_counts,
        notices=notices,
        has_more=len(ranked) > first + PAGE_SIZE,
    )


@post(
    "/notices/{assessment_id:str}/dismiss",
    name="console:dismiss-notice",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE_OPTION: "/console"},
)
def dismiss_notice(
    assessment_id: FromPath[str], write_session: NamedDependency[Session], consultant: NamedDependency[Consultant]
) -> Redirect:
    """Dismiss the notice that an assessment closed by itself, for this consultant."""
    assessment_setup.get_assessment(write_session, AssessmentKey(consultant.workspace_id, assessment_id))
    closing_notices.delete_notice(write_session, consultant.workspace_id, consultant.user_id, assessment_id)
    return redirect_to("/console")


@get("/benchmarks", name="console:benchmarks", policy=CONSULTANT, sync_to_thread=True)
def show_benchmarks(
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Template:
    """Show the ranks of the whole and of each function, sorted by organisation."""
    ranks = sorted(
        benchmark_ranks.rank_organisations(read_session, consultant.workspace_id),
        key=lambda rank: (
            collation_key(rank.name, consultant.language),
            rank.organisation,
            rank.questionnaire,
            rank.major_version,
        ),
    )
    texts = {questionnaire.id: questionnaire.text(consultant.language) for questionnaire in catalogue.list()}
    return render_page("console/benchmarks.html", consultant=consultant, ranks=ranks, texts=texts)
