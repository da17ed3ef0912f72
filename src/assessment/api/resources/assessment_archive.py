"""Archive and restore closed assessments; delete drafts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from litestar import Request, Response, delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from assessment.api.http.idempotency import IdempotentRequest
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.assessments import TAG, load_matching_assessment
from assessment.api.resources.wire.assessments import RESPONSE_EXAMPLE, AssessmentOut, build_assessment_out
from assessment.domain.assessment import AssessmentKey
from assessment.errors import LaterWaveError, NotClosedError, NotDraftError
from assessment.services.assessments import assessment_archive
from assessment.services.auth.principals import KeyHolder
from assessment.storage.assessments import Assessment

CLOSED_EXAMPLE = RESPONSE_EXAMPLE | {
    "state": "closed",
    "opened_on": "2026-11-02",
    "closed_on": "2026-12-18",
    "release": 1,
}


@delete(
    "/assessments/{assessment:str}",
    sync_to_thread=True,
    **build_route_options(
        "Delete a draft",
        TAG,
        Operation(
            scope="write:assessments",
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(NotDraftError, LaterWaveError),
        ),
    ),
)
def delete_draft(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> None:
    """Delete a draft with the people invited to it. This can't be undone.

    An assessment that was opened is refused (409): archive it once it is closed.
    """
    current = load_matching_assessment(request, write_session, caller, assessment)
    assessment_archive.delete_draft(write_session, current.key, now, current.revision)


@post(
    "/assessments/{assessment:str}/archive",
    status_code=200,
    sync_to_thread=True,
    **build_route_options(
        "Archive an assessment",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(NotClosedError,),
            response_example=CLOSED_EXAMPLE | {"archived_on": "2026-12-20"},
        ),
    ),
)
def archive_assessment(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[AssessmentOut]:
    """Put a closed assessment away. Its results stay readable, and count as before."""
    return _run_change(request, assessment, idempotent, caller, assessment_archive.archive_assessment)


@post(
    "/assessments/{assessment:str}/restore",
    status_code=200,
    sync_to_thread=True,
    **build_route_options(
        "Restore an assessment",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            response_example=CLOSED_EXAMPLE,
        ),
    ),
)
def restore_assessment(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[AssessmentOut]:
    """Bring an archived assessment back."""
    return _run_change(request, assessment, idempotent, caller, assessment_archive.restore_assessment)


def _run_change(
    request: Request[Any, Any, Any],
    assessment: str,
    idempotent: IdempotentRequest,
    caller: KeyHolder,
    change: Callable[[Session, AssessmentKey, datetime, int | None], Assessment],
) -> Response[AssessmentOut]:
    def perform_request() -> AssessmentOut:
        current = load_matching_assessment(request, idempotent.session, caller, assessment)
        return build_assessment_out(change(idempotent.session, current.key, idempotent.now, current.revision))

    return idempotent.run_once(perform_request, status=200)
