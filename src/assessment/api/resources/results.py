"""Results: progress of an open assessment, scores and report of a closed one."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.api.http import etags, negotiation
from assessment.api.http.direct_reads import DIRECT_READ, JSON_HEADER, RELEASE_DIGEST_KEY, DirectRead
from assessment.api.http.transport import STORED_BODY_KEY
from assessment.api.openapi.operations import Operation, build_route_options, load_example
from assessment.domain.assessment import AssessmentKey
from assessment.domain.result import Result
from assessment.errors import NoResultsError, NotClosedError
from assessment.services.auth.principals import KeyHolder
from assessment.services.people import progress
from assessment.services.people.progress import Progress
from assessment.services.results import figure_export
from assessment.services.results.release_reader import ReleaseReader

TAG = "Results"
COUNTS_EXAMPLE = {"invited": 60, "started": 48, "sent": 41}


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
