"""Results: progress of an open assessment, scores and report of a closed one."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from anyio import to_thread
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.api.http import etags, negotiation
from assessment.api.http.direct_reads import DIRECT_READ, JSON_HEADER, RELEASE_DIGEST_KEY, DirectRead
from assessment.api.http.pending_faults import raise_pending_faults
from assessment.api.http.problems import InvalidParametersError, ParameterProblem
from assessment.api.http.transport import STORED_BODY_KEY
from assessment.api.openapi.operations import Operation, build_route_options, load_example
from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.result import Result
from assessment.errors import InvalidError, NoResultsError, NotClosedError
from assessment.services.auth.principals import KeyHolder
from assessment.services.people import progress
from assessment.services.people.progress import Progress
from assessment.services.reports import report_requests
from assessment.services.reports.render_pool import RenderPool
from assessment.services.reports.report_requests import ReportRequest
from assessment.services.results import figure_export
from assessment.services.results.release_reader import ReleaseReader

TAG = "Results"
COUNTS_EXAMPLE = {"invited": 60, "started": 48, "sent": 41}

AudienceParameter = Annotated[
    str | None,
    QueryParameter(
        max_length=80,
        description="`full` (also the default), `board`, `respondents`, or `function:` and a function's id.",
    ),
]
LanguageParameter = Annotated[
    str | None, QueryParameter(max_length=35, description="The assessment's own where absent.")
]


class FigureFormat(StrEnum):
    """Format of a file of figures."""

    CSV = figure_export.CSV
    XLSX = figure_export.XLSX
    JSON = figure_export.JSON

    @property
    def media_type(self) -> str:
        """Media type of the file."""
        return figure_export.MEDIA_TYPES[self.value]

    @property
    def plain_media_type(self) -> str:
        """Media type without parameters."""
        return self.media_type.partition(";")[0]


class ReportFile(Struct, frozen=True):
    """A file of the report: its format, whom it is for, its language."""

    file_format: FileFormat
    audience: str | None
    language: str | None


@get(
    "/assessments/{assessment:str}/progress",
    sync_to_thread=True,
    **build_route_options(
        "Read the progress",
        TAG,
        Operation(
            scope="read:assessments",
            has_etag=True,
            error_statuses=(404,),
            response_example={
                "counted_at": "2026-11-02T09:30:00Z",
                "total": COUNTS_EXAMPLE,
                "by_role": {"colleague": COUNTS_EXAMPLE},
                "by_function": {"care": COUNTS_EXAMPLE},
            },
        ),
    ),
)
def read_progress(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    engine: NamedDependency[Engine],
    now: NamedDependency[datetime],
) -> Response[Progress]:
    """How many were invited, have begun and have sent: by role and by function, never by role within a function.

    Counted once an hour, at `counted_at`. `invited` includes revoked invitations. `started` counts browsers, so someone
    who starts again in a second one counts twice.
    """
    progress.refresh_counts(engine, caller.workspace_id, [assessment], now)
    counts = progress.load_progress(read_session, AssessmentKey(caller.workspace_id, assessment))
    return etags.respond_with_etag(request, etags.encode_json(counts))


async def read_scores_directly(request: Request[Any, Any, Any]) -> DirectRead | None:
    """Answer as `read_scores`, with the digest that was read with the key; None if there is no release."""
    digest: str | None = request.scope["state"].get(RELEASE_DIGEST_KEY)
    if digest is None:
        return None
    sent = etags.find_sent_tag(request, digest)
    if sent is not None:
        return DirectRead(304, etags.make_raw_headers(sent))
    release_reader: ReleaseReader = request.app.state.release_reader
    body = await release_reader.load_body(
        AssessmentKey(request.auth.workspace_id, request.path_params["assessment"]), digest
    )
    request.scope["state"][STORED_BODY_KEY] = body
    headers = etags.make_raw_headers(f'"{body.digest[: etags.TAG_LENGTH]}"')
    return DirectRead(200, (*headers, JSON_HEADER), body.content)


@get(
    "/assessments/{assessment:str}/scores",
    opt={DIRECT_READ: read_scores_directly},
    **build_route_options(
        "Read the scores",
        TAG,
        Operation(
            scope="read:scores",
            has_etag=True,
            error_statuses=(404, 409),
            problems=(NotClosedError, NoResultsError),
            response_example=load_example("scores"),
        ),
    ),
)
async def read_scores(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    caller: NamedDependency[KeyHolder],
) -> Response[Result]:
    """The published result, once the assessment is closed: the same bytes for every reader, for good.

    `null` means the figure is not valid, or is hidden; `suppressed` gives the reason, path by path. Every `score` runs
    from 0 to 100, so does its `interval` (95 %), and gaps and spreads are points of it; `maturity` runs from 1 to 5;
    `coverage` and `share_high` from 0 to 1; `agreement` is 1 where all answer alike. `n` counts the answers behind a
    figure, `dk` those who don't know. `questionnaire`, `engine` and `computed_at` say what it was computed with, and
    when.
    """
    # Not a dependency: Litestar starts a task for each of several, which takes longer than the select.
    release_reader: ReleaseReader = request.app.state.release_reader
    key = AssessmentKey(caller.workspace_id, assessment)
    if "if-none-match" in request.headers:  # most readers have the content: don't load it to compare it
        digest = await release_reader.load_digest(key)
        if unchanged := etags.respond_unchanged(request, digest):
            return unchanged
    release = await release_reader.load_release(key)
    return etags.respond_to_digest(release.digest, release.content)


def _describe_report_file(file_format: FileFormat) -> Operation:
    return Operation(
        scope="read:reports",
        parameters=("audience", "language"),
        media_type=file_format.media_type,
        has_etag=True,
        error_statuses=(404, 409, 503),
        problems=(NotClosedError, NoResultsError),
    )


@get(
    "/assessments/{assessment:str}/report.pdf",
    media_type=FileFormat.PDF.media_type,
    **build_route_options("Download the report", TAG, _describe_report_file(FileFormat.PDF)),
)
async def read_report(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    audience: AudienceParameter = None,
    language: LanguageParameter = None,
) -> Response[bytes]:
    """The report as PDF, once the assessment is closed. The same figures as the scores, to the digit."""
    wanted = ReportFile(FileFormat.PDF, audience, language)
    return await _respond_with_file(request, assessment, wanted, caller, read_session, render_pool)


@get(
    "/assessments/{assessment:str}/report.pptx",
    media_type=FileFormat.DECK.media_type,
    **build_route_options("Download the slides", TAG, _describe_report_file(FileFormat.DECK)),
)
async def read_deck(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    audience: AudienceParameter = None,
    language: LanguageParameter = None,
) -> Response[bytes]:
    """The report as slides: sentences as titles, charts to edit with their data, tables, speaker notes.

    Editions: `full`, `board`, and `function:` with a function's id.
    """
    wanted = ReportFile(FileFormat.DECK, audience, language)
    return await _respond_with_file(request, assessment, wanted, caller, read_session, render_pool)


@get(
    "/assessments/{assessment:str}/report.docx",
    media_type=FileFormat.DOCUMENT.media_type,
    **build_route_options("Download the document", TAG, _describe_report_file(FileFormat.DOCUMENT)),
)
async def read_document(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    audience: AudienceParameter = None,
    language: LanguageParameter = None,
) -> Response[bytes]:
    """The report as a document to edit, with styles, headings and captions. The same editions as the PDF."""
    wanted = ReportFile(FileFormat.DOCUMENT, audience, language)
    return await _respond_with_file(request, assessment, wanted, caller, read_session, render_pool)


@get(
    "/assessments/{assessment:str}/report.xlsx",
    media_type=FileFormat.WORKBOOK.media_type,
    **build_route_options("Download the workbook", TAG, _describe_report_file(FileFormat.WORKBOOK)),
)
async def read_workbook(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    audience: AudienceParameter = None,
    language: LanguageParameter = None,
) -> Response[bytes]:
    """The report as workbook: a sheet for each kind of content, with filters and charts. No cell is a formula.

    Editions: `full`, and `function:` with a function's id.
    """
    wanted = ReportFile(FileFormat.WORKBOOK, audience, language)
    return await _respond_with_file(request, assessment, wanted, caller, read_session, render_pool)


async def _respond_with_file(
    request: Request[Any, Any, Any],
    assessment: str,
    wanted: ReportFile,
    caller: KeyHolder,
    read_session: Session,
    render_pool: RenderPool,
) -> Response[bytes]:
    """Respond with one file of the report; an unknown audience or language is a problem of its parameter."""
    try:
        asked = await to_thread.run_sync(
            _request_file, read_session, AssessmentKey(caller.workspace_id, assessment), wanted
        )
    except InvalidError as error:
        problems = (
            ParameterProblem("parameter", problem.column, f"{problem.message} {problem.remedy}", problem.code)
            for problem in error.problems
        )
        raise InvalidParametersError(*problems) from error
    raise_pending_faults(request.scope["state"])  # before the report is rendered
    content = await render_pool.render_async(asked.questionnaire, asked.job, assessment)
    response = etags.respond_with_etag(request, content, wanted.file_format.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{asked.filename(assessment)}"'
    return response


def _request_file(session: Session, key: AssessmentKey, wanted: ReportFile) -> ReportRequest:
    requested = report_requests.request_report(
        session, key, wanted.audience, wanted.language, file_format=wanted.file_format
    )
    session.close()  # rendering takes seconds: return the connection to the pool first
    return requested


@get(
    "/assessments/{assessment:str}/export",
    sync_to_thread=True,
    media_type="text/csv",
    **build_route_options(
        "Export the figures",
        TAG,
        Operation(
            scope="read:scores",
            parameters=("format",),
            media_type="text/csv",
            response_example="figure,value,hidden because\r\noverall.score,55.1,\r\n",
            formats={kind.value: kind.plain_media_type for kind in FigureFormat},
            has_etag=True,
            error_statuses=(404, 409),
            problems=(NotClosedError, NoResultsError),
        ),
    ),
)
def read_export(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    wanted: Annotated[
        FigureFormat | None,
        QueryParameter(name="format", description="Of the file; where absent, what `Accept` prefers, otherwise CSV."),
    ] = None,
) -> Response[bytes]:
    """Every released figure in a row of its own, with the reason where it is hidden. No cell is a formula."""
    if wanted is None:
        media_types = {kind.plain_media_type: kind for kind in FigureFormat}
        accepted = negotiation.choose_media_type(request.headers.get("accept", ""), tuple(media_types))
        wanted = media_types[accepted] if accepted else FigureFormat.CSV
    key = AssessmentKey(caller.workspace_id, assessment)
    content = figure_export.export_figures(read_session, key, wanted.value)
    response = etags.respond_with_etag(request, content, wanted.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="figures-{assessment}.{wanted.value}"'
    response.headers["Vary"] = "Authorization, Accept, Accept-Encoding"
    return response
