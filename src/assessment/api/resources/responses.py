"""Responses: import from CSV, and export where they are attributable."""

from datetime import datetime
from typing import Annotated, Any, cast

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.idempotency import IdempotentRequest, Representation, build_response
from assessment.api.http.pending_faults import raise_pending_faults
from assessment.api.http.request_bodies import CSV_MEDIA_TYPE, MAX_CSV_BYTES, CsvBody
from assessment.api.http.spooled_bodies import SpooledText
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources import bulk_jobs
from assessment.api.resources.assessments import load_matching_assessment
from assessment.api.resources.bulk_jobs import BulkJobOut, build_job_out
from assessment.api.resources.wire.assessments import build_assessment_out
from assessment.domain.assessment import AssessmentKey
from assessment.errors import (
    ClosedError,
    ImportInProgressError,
    MixedSourcesError,
    NotAttributableError,
    NotClosedError,
    NotOpenError,
)
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import KeyHolder
from assessment.services.bulk import bulk_requests
from assessment.services.people import response_import
from assessment.services.people.response_import import TakenIn
from assessment.services.results import answer_files
from assessment.settings import Settings
from assessment.storage import database

MAX_LINES_AT_ONCE = 5000
TAG = "Responses"
REQUEST_EXAMPLE = "respondent,role,functions,seconds,CC-1,CC-2\nr-1,colleague,care,312,3,dk\nr-2,manager,care,,2,4\n"


@post(
    "/assessments/{assessment:str}/responses",
    sync_to_thread=True,
    dto=CsvBody,
    request_max_body_size=MAX_CSV_BYTES,
    **build_route_options(
        "Import responses",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(ClosedError, NotOpenError, MixedSourcesError, ImportInProgressError),
            request_example=REQUEST_EXAMPLE,
            body_bounds={"minLength": 1},
            response_example={"responses": 2},
            job_example=bulk_jobs.QUEUED_EXAMPLE | {"kind": "responses", "total": None},
        ),
    ),
)
def take_in_responses(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: Annotated[str, BodyKwarg(media_type=CSV_MEDIA_TYPE)],
    idempotent: NamedDependency[IdempotentRequest],
    engine: NamedDependency[Engine],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[TakenIn]:
    """Import a CSV as a whole, or nothing of it: then `errors` names every line and column that is wrong.

    More than 5,000 lines, or any number with `Prefer: respond-async`, are taken in in the background: the answer is
    202, and its `Location` a job, whose `problem` names what is wrong.

    Only while the assessment is open, and only where nobody was invited or answers are attributable. `If-Match` is
    compared with the assessment.
    """
    key = AssessmentKey(caller.workspace_id, assessment)
    sent = cast("str | SpooledText", data)  # a large file is spooled
    line_count = sent.line_count if isinstance(sent, SpooledText) else sent.count("\n")
    if line_count > MAX_LINES_AT_ONCE or bulk_jobs.prefers_job(request):
        parts = sent if isinstance(sent, SpooledText) else bulk_requests.split_text(sent)

        def queue_request() -> BulkJobOut:
            load_matching_assessment(request, idempotent.session, caller, assessment)
            queued = bulk_requests.queue_responses(
                idempotent.session, key, parts, idempotent.now, secret=settings.secret
            )
            return build_job_out(queued, None)

        return idempotent.run_once(queue_request, 202, locate=bulk_jobs.locate_job)
    text = sent.read_text() if isinstance(sent, SpooledText) else sent
    with database.read_session(engine) as read_session:
        if (before := idempotent.get_stored_response(read_session)) is not None:
            return build_response(before, replayed=True)
        load_matching_assessment(request, read_session, caller, assessment)
        bulk_requests.refuse_running_import(read_session, key)
        read = response_import.prepare_import(read_session, key, text, idempotent.now)
    raise_pending_faults(request.scope["state"])  # before the answers are staged
    staging = response_import.stage_import(engine, read, idempotent.now)
    with staging as batch, idempotent.begin_transaction(engine) as storing:  # if its commit fails, no row stays

        def perform_request() -> TakenIn:
            load_matching_assessment(request, storing.session, caller, assessment)
            return response_import.finish_import(storing.session, batch, storing.now)

        def locate_assessment(_: TakenIn) -> Representation:
            current = assessment_setup.get_assessment(storing.session, key)
            return Representation(f"/assessments/{assessment}", etags.encode_json(build_assessment_out(current)))

        return storing.run_once(perform_request, locate=locate_assessment)


def _describe_answer_file(media_type: str, example: str | None = None) -> Operation:
    return Operation(
        scope="read:scores",
        media_type=media_type,
        has_etag=True,
        error_statuses=(404, 409),
        problems=(NotAttributableError, NotClosedError),
        response_example=example,
    )


@get(
    "/assessments/{assessment:str}/responses.csv",
    sync_to_thread=True,
    media_type="text/csv",
    **build_route_options("Export raw answers", TAG, _describe_answer_file("text/csv", REQUEST_EXAMPLE)),
)
def export_responses(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """Every response that counts, as CSV, once an attributable assessment is closed; careless ones are left out.

    Each export is recorded in the audit log. Otherwise 409: `#not-attributable` where answers are confidential or
    anonymous, `#not-closed` before the close.
    """
    return _respond_with_answers(request, write_session, caller, assessment, now, answer_files.CSV)


@get(
    "/assessments/{assessment:str}/responses.xlsx",
    sync_to_thread=True,
    media_type=answer_files.MEDIA_TYPES[answer_files.XLSX],
    **build_route_options(
        "Export raw answers as a workbook", TAG, _describe_answer_file(answer_files.MEDIA_TYPES[answer_files.XLSX])
    ),
)
def export_answer_workbook(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """The same as `responses.csv`, as XLSX, with a sheet of the questions and the words of each answer."""
    return _respond_with_answers(request, write_session, caller, assessment, now, answer_files.XLSX)


@get(
    "/assessments/{assessment:str}/responses.sav",
    sync_to_thread=True,
    media_type=answer_files.MEDIA_TYPES[answer_files.SAV],
    **build_route_options(
        "Export raw answers for SPSS", TAG, _describe_answer_file(answer_files.MEDIA_TYPES[answer_files.SAV])
    ),
)
def export_spss_file(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> Response[bytes]:
    """The same as `responses.csv`, as an SPSS system file: questions and answers are labels, `dk` and `na` missing."""
    return _respond_with_answers(request, write_session, caller, assessment, now, answer_files.SAV)


def _respond_with_answers(
    request: Request[Any, Any, Any],
    session: Session,
    caller: KeyHolder,
    assessment: str,
    now: datetime,
    kind: str,
) -> Response[bytes]:
    content = answer_files.export_answers(session, AssessmentKey(caller.workspace_id, assessment), now, kind)
    response = etags.respond_with_etag(request, content, answer_files.MEDIA_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="responses-{assessment}.{kind}"'
    return response
