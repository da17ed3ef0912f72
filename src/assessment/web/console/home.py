"""Home page: all assessments with their progress and next action."""

from datetime import date, datetime

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.closing_time import workspace_day
from assessment.policies import CONSULTANT
from assessment.services import assessing
from assessment.services.principals import Consultant
from assessment.services.progress import Counts, refresh, totals
from assessment.storage.assessments import Assessment
from assessment.storage.pages import Place
from assessment.web.console.identity import OWNER
from assessment.web.console.stages import Next, next_action
from assessment.web.pages import page


class Row(Struct, frozen=True):
    assessment: Assessment
    counts: Counts
    next: Next
    is_overdue: bool


@get("/", name="console:home", policy=CONSULTANT, sync_to_thread=True)
def home(
    reading: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
    engine: NamedDependency[Engine],
    after: FromQuery[str] = "",
) -> Template:
    """Show the assessments, newest first."""
    found = assessing.list_assessments(reading, consultant.workspace_id, Place(after or None))
    reading.close()  # `refresh` takes a connection of its own; holding two per thread could deadlock the pool
    refresh(engine, consultant.workspace_id, [assessment.id for assessment in found.data], now)
    counted = totals(reading, consultant.workspace_id, [assessment.id for assessment in found.data])
    rows = tuple(
        _row(consultant, assessment, counted[assessment.id], workspace_day(now, assessment.time_zone))
        for assessment in found.data
    )
    return page("console/home.html", consultant=consultant, rows=rows, following=found.next_cursor, after=after)


def _row(consultant: Consultant, assessment: Assessment, counts: Counts, today: date) -> Row:
    coming = next_action(assessment, counts.invited, today, can_change=consultant.role == OWNER)
    is_overdue = assessment.state == "open" and assessment.closes_on is not None and assessment.closes_on < today
    return Row(assessment, counts, coming, is_overdue)
