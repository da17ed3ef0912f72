"""Home page with all assessments, and benchmarks page with the rank of each organisation."""

from datetime import datetime
from urllib.parse import urlencode

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from msgspec import Struct
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
from assessment.storage.cursor_pagination import PageRequest
from assessment.web.console.authentication import PAGE_OPTION
from assessment.web.console.views.assessment_list import build_entries, group_by_client, list_urgent
from assessment.web.http.page_responses import redirect_to, render_page

MAX_SEARCH_LENGTH = 100
LIST_FILTERS = {*AssessmentState, ARCHIVED}


class HomeQuery(Struct, frozen=True):
    """Search and filter of the list, as in the address; unknown states show all."""

    search: str = ""
    status: str = ""

    def build_path(self, **changes: str) -> str:
        """Return the path of the list with other search, state or place; empty values are left out."""
        fields = {"q": self.search, "status": self.status} | changes
        query = urlencode({name: value for name, value in fields.items() if value})
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
    after: FromQuery[str] = "",
    q: FromQuery[str] = "",
    status: FromQuery[str] = "",
) -> Template:
    """Show the assessments by client, newest first, and what needs the consultant now."""
    query = HomeQuery(q.strip()[:MAX_SEARCH_LENGTH].replace("\0", ""), status if status in LIST_FILTERS else "")
    page = assessment_setup.list_assessments(
        read_session,
        consultant.workspace_id,
        PageRequest(after or None),
        AssessmentFilter(
            state="" if query.status == ARCHIVED else query.status,
            search=query.search,
            archived=query.status == ARCHIVED,
        ),
    )
    state_counts = assessment_setup.count_states(read_session, consultant.workspace_id, query.search)
    read_session.close()  # `refresh_counts` takes its own connection; two per thread could deadlock the pool
    refresh_counts(engine, consultant.workspace_id, [assessment.id for assessment in page.data], now)
    entries = build_entries(read_session, consultant, page.data, now)
    notices = closing_notices.list_notices(read_session, consultant.workspace_id, consultant.user_id)
    return render_page(
        "console/home.html",
        consultant=consultant,
        groups=group_by_client(entries),
        urgent=() if after or query != HomeQuery() else list_urgent(entries),
        query=query,
        state_counts=state_counts,
        notices=notices,
        next_cursor=page.next_cursor,
        after=after,
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
