"""Benchmarks page: rank of each organisation among those that share their scores."""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.services.auth.principals import Consultant
from assessment.services.results import benchmark_ranks
from assessment.web.http.page_responses import render_page


@get("/benchmarks", name="console:benchmarks", policy=CONSULTANT, sync_to_thread=True)
def show_benchmarks(read_session: NamedDependency[Session], consultant: NamedDependency[Consultant]) -> Template:
    """Show the ranks, sorted by organisation."""
    ranks = sorted(
        benchmark_ranks.rank_organisations(read_session, consultant.workspace_id),
        key=lambda rank: (rank.name.casefold(), rank.organisation, rank.questionnaire, rank.major_version),
    )
    return render_page("console/benchmarks.html", consultant=consultant, ranks=ranks)
