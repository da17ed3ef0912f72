"""Benchmarks page: rank of each organisation among those that share their scores."""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.policies import CONSULTANT
from assessment.services import benchmarking
from assessment.services.principals import Consultant
from assessment.web.pages import page


@get("/benchmarks", name="console:benchmarks", policy=CONSULTANT, sync_to_thread=True)
def show(reading: NamedDependency[Session], consultant: NamedDependency[Consultant]) -> Template:
    """Show the ranks, sorted by organisation."""
    found = sorted(
        benchmarking.ranks(reading, consultant.workspace_id),
        key=lambda one: (one.name.casefold(), one.organisation, one.questionnaire, one.major_version),
    )
    return page("console/benchmarks.html", consultant=consultant, ranks=found)
