"""Jobs: large requests that are carried out in the background, and the links they make."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import Representation
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.http.problems import ProblemDetails, build_problem_details
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.wire.invitations import InvitedOut, build_invited_out
from assessment.domain.closed_sets import BulkJobKind, BulkJobState
from assessment.errors import AppError
from assessment.services.auth.principals import KeyHolder
from assessment.services.bulk import bulk_requests
from assessment.services.bulk.bulk_requests import JobFailure
from assessment.services.people.people_invitations import LinkedInvitation
from assessment.settings import Settings
from assessment.storage.bulk_jobs import BulkJob
from assessment.storage.cursor_pagination import PageRequest, RowPage

TAG = "Jobs"
PREFERENCE = "respond-async"  # RFC 7240
JOB_EXAMPLE = {
    "id": "mz2hi4dthixs6ztnbxw2ylom",
    "assessment": "mf4gk3tbnjzxsyls",
    "kind": "invitations",
    "state": "running",
    "total": 100000,
    "done": 41200,
    "created_at": "2026-11-02T09:30:00Z",
    "finished_at": None,
    "problem": None,
}
QUEUED_EXAMPLE = JOB_EXAMPLE | {"state": "queued", "done": 0}


class BulkJobOut(Struct, frozen=True):
    """A large request. `problem` is what the same request would have been answered with if it were small."""

    id: str
    assessment: str
    kind: BulkJobKind
    state: BulkJobState
    total: int | None
    done: int
    created_at: datetime
    finished_at: datetime | None
    problem: ProblemDetails | None


def prefers_job(request: Request[Any, Any, Any]) -> bool:
    """Return whether `Prefer` asks for a job whatever the size of the request."""
    return PREFERENCE in (part.strip().lower() for part in request.headers.get("prefer", "").split(","))


def build_job_out(job: BulkJob, failure: JobFailure | None) -> BulkJobOut:
    return BulkJobOut(
        id=job.id,
        assessment=job.assessment_id,
        kind=job.kind,
        state=job.state,
        total=job.total,
        done=job.done,
        created_at=job.created_at,
        finished_at=job.finished_at,
        problem=None if failure is None else _build_problem(failure, job.id),
    )


def locate_job(job: BulkJobOut) -> Representation:
    return Representation(f"/jobs/{job.id}")


@get(
    "/jobs/{job:str}",
    sync_to_thread=True,
    **build_route_options(
        "Read a job",
        TAG,
        Operation(scope="write:assessments", has_etag=True, error_statuses=(404,), response_example=JOB_EXAMPLE),
    ),
)
def read_job(
    request: Request[Any, Any, Any],
    job: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[BulkJobOut]:
    """How far a large request is. Jobs are deleted a week after their end, what they failed of after a day."""
    current = bulk_requests.get_job(read_session, caller.workspace_id, job)
    failure = bulk_requests.load_failure(read_session, current, secret=settings.secret)
    return etags.respond_with_etag(request, etags.encode_json(build_job_out(current, failure)))


@get(
    "/jobs/{job:str}/invitations",
    sync_to_thread=True,
    **build_route_options(
        "List the invitations of a job",
        TAG,
        Operation(
            scope="write:assessments",
            parameters=list_pagination.PAGE_PARAMETERS,
            has_etag=True,
            error_statuses=(404,),
            response_example={"data": [], "next_cursor": None},
        ),
    ),
)
def list_job_invitations(
    request: Request[Any, Any, Any],
    job: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
) -> Response[Page[InvitedOut]]:
    """The people invited, with their links, in the order of the request: from the end of the job on, for a day."""
    current = bulk_requests.get_job(read_session, caller.workspace_id, job)

    def find_page(page: PageRequest) -> RowPage[LinkedInvitation]:
        return bulk_requests.list_links(read_session, current, page, secret=settings.secret)

    page = list_pagination.load_page(
        find_page,
        lambda linked: build_invited_out(linked, settings.public_url),
        ListName(f"/jobs/{job}/invitations"),
        cursor,
        limit,
    )
    return etags.respond_with_etag(request, etags.encode_json(page))


def _build_problem(failure: JobFailure, job_id: str) -> ProblemDetails:
    error = AppError(failure.detail, failure.problems, failure.problem_count)
    error.slug, error.title, error.status = failure.slug, failure.title, failure.status
    return build_problem_details(error, job_id)
