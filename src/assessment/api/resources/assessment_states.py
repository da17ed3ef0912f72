"""Open and close assessments; reopen closed ones."""

from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy import Engine

from assessment.api.http.idempotency import IdempotentRequest, build_response
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.assessments import TAG, load_matching_assessment
from assessment.api.resources.wire.assessments import (
    RESPONSE_EXAMPLE,
    AssessmentOut,
    build_assessment_out,
)
from assessment.domain.closed_sets import AssessmentState
from assessment.errors import (
    AlreadyOpenError,
    ClientArchivedError,
    ClosedError,
    ConcurrentChangeError,
    ImportInProgressError,
    MailNotAvailableError,
    NobodyCountsError,
    NothingToShowError,
    NotOpenError,
    NotReopenableError,
    QuestionnaireChangedError,
)
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup, reopening
from assessment.services.assessments.staged_close import finish_close, stage_close
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports.render_pool import RenderPool
from assessment.storage import database


@post(
    "/assessments/{assessment:str}/open",
    status_code=200,
    sync_to_thread=True,
    **build_route_options(
        "Open an assessment",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(
                AlreadyOpenError,
                ClientArchivedError,
                ImportInProgressError,
                NotReopenableError,
                MailNotAvailableError,
                NobodyCountsError,
                QuestionnaireChangedError,
            ),
            response_example=RESPONSE_EXAMPLE | {"state": "open", "opened_on": "2026-11-02"},
        ),
    ),
)
def open_assessment(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Response[AssessmentOut]:
    """Open it for answers. The error names everything that is still missing.

    A closed assessment is reopened, unless it is anonymous: its published result stays current until a later close
    publishes a new one.
    """

    def perform_request() -> AssessmentOut:
        current = load_matching_assessment(request, idempotent.session, caller, assessment)
        if current.state == AssessmentState.CLOSED:
            return build_assessment_out(
                reopening.reopen_assessment(idempotent.session, current.key, idempotent.now, current.revision)
            )
        opened = assessment_setup.open_assessment(
            idempotent.session, current.key, catalogue, idempotent.now, current.revision
        )
        return build_assessment_out(opened)

    return idempotent.run_once(perform_request, status=200)


@post(
    "/assessments/{assessment:str}/close",
    status_code=200,
    sync_to_thread=True,
    **build_route_options(
        "Close an assessment",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(ClosedError, NotOpenError, ConcurrentChangeError, NothingToShowError),
            parameters=("without_results",),
            response_example=RESPONSE_EXAMPLE
            | {"state": "closed", "opened_on": "2026-11-02", "closed_on": "2026-12-18", "release": 1},
        ),
    ),
)
def close_assessment(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    engine: NamedDependency[Engine],
    without_results: Annotated[  # noqa: FBT002  # a query parameter, always named
        bool, QueryParameter(description="Close also where no figure would be shown: then there are no results.")
    ] = False,
) -> Response[AssessmentOut]:
    """End answering and publish the result, which never changes.

    Where, by the last hourly count, too few people have sent answers for any figure, this is refused (409,
    `#nothing-to-show`) unless `without_results` is true. Where too few answers count, the assessment ends without a
    release. At `closes_at` the server closes by itself, either way.

    Closing a reopened assessment publishes a further result under the next number, which is returned from then on,
    unless it would reveal what few people answered: then the earlier one stays current, and `held_back` names the
    figures.
    """
    with database.read_session(engine) as read_session:
        if (before := idempotent.get_stored_response(read_session)) is not None:
            return build_response(before, replayed=True)
        current = load_matching_assessment(request, read_session, caller, assessment)
    closing = stage_close(engine, current.key, idempotent.now, current.revision, without_results=without_results)
    with closing as staged, idempotent.begin_transaction(engine) as storing:  # if its commit fails, answers go on

        def perform_request() -> AssessmentOut:
            finish_close(storing.session, staged, storing.now)
            database.run_after_commit(storing.session, lambda _: render_pool.evict_reports(assessment))
            return build_assessment_out(assessment_setup.get_assessment(storing.session, staged.key))

        return storing.run_once(perform_request, status=200)
