"""Single charts of a report, as SVG and PNG."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.pending_faults import raise_pending_faults
from assessment.api.http.problems import InvalidParametersError, ParameterProblem
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.report_files import LanguageParameter
from assessment.domain.assessment import AssessmentKey
from assessment.errors import InvalidError, NoResultsError, NotClosedError
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports import chart_pictures
from assessment.services.reports.chart_pictures import NamedChart
from assessment.services.reports.render_pool import RenderPool

TAG = "Results"
LIST_EXAMPLE = {
    "data": [{"name": "heatmap", "title": "Where it is weak", "description": "Reviews: Purpose 40.1, Skills 55.0"}]
}
PROBLEMS = (NotClosedError, NoResultsError)


class ChartsOut(Struct, frozen=True):
    """All charts that the report has figures for; `description` is the text alternative with every number."""

    data: tuple[NamedChart, ...]


@get(
    "/assessments/{assessment:str}/charts",
    sync_to_thread=True,
    **build_route_options(
        "List the charts",
        TAG,
        Operation(
            scope="read:reports",
            parameters=("language",),
            has_etag=True,
            error_statuses=(404, 409),
            problems=PROBLEMS,
            response_example=LIST_EXAMPLE,
        ),
    ),
)
def list_charts(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    language: LanguageParameter = None,
) -> Response[ChartsOut]:
    """The charts of the newest results with their text alternatives; fetch one as `…/charts/NAME/svg` or `/png`."""
    try:
        charts = chart_pictures.list_charts(read_session, AssessmentKey(caller.workspace_id, assessment), language)
    except InvalidError as error:
        raise _name_parameters(error) from error
    return etags.respond_with_etag(request, etags.encode_json(ChartsOut(charts)))


@get(
    "/assessments/{assessment:str}/charts/{name:str}/svg",
    media_type="image/svg+xml",
    **build_route_options(
        "Download a chart as SVG",
        TAG,
        Operation(
            scope="read:reports",
            parameters=("language",),
            media_type="image/svg+xml",
            has_etag=True,
            error_statuses=(404, 409, 503),
            problems=PROBLEMS,
        ),
    ),
)
async def read_chart_svg(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    name: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    language: LanguageParameter = None,
) -> Response[bytes]:
    """One chart of the newest results as vector graphic, with the released figures that it shows as text."""
    return await _respond_with_chart(
        request, AssessmentKey(caller.workspace_id, assessment), f"{name}.svg", language, read_session, render_pool
    )


@get(
    "/assessments/{assessment:str}/charts/{name:str}/png",
    media_type="image/png",
    **build_route_options(
        "Download a chart as PNG",
        TAG,
        Operation(
            scope="read:reports",
            parameters=("language",),
            media_type="image/png",
            has_etag=True,
            error_statuses=(404, 409, 503),
            problems=PROBLEMS,
        ),
    ),
)
async def read_chart_png(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    name: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    language: LanguageParameter = None,
) -> Response[bytes]:
    """One chart of the newest results as picture, 216 dots per inch, on white."""
    return await _respond_with_chart(
        request, AssessmentKey(caller.workspace_id, assessment), f"{name}.png", language, read_session, render_pool
    )


async def _respond_with_chart(  # the dependencies of the two routes
    request: Request[Any, Any, Any],
    key: AssessmentKey,
    file: str,
    language: str | None,
    read_session: Session,
    render_pool: RenderPool,
) -> Response[bytes]:
    name, _, ending = file.rpartition(".")
    try:
        requested = await to_thread.run_sync(chart_pictures.request_chart, read_session, key, name, ending, language)
    except InvalidError as error:
        raise _name_parameters(error) from error
    raise_pending_faults(request.scope["state"])  # before the chart is rendered
    content = await render_pool.render_async(requested.questionnaire, requested.job, key.assessment_id)
    response = etags.respond_with_etag(request, content, chart_pictures.MEDIA_TYPES[ending])
    filename = f"{name}-{key.assessment_id}-{requested.job.language}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _name_parameters(error: InvalidError) -> InvalidParametersError:
    return InvalidParametersError(
        *(
            ParameterProblem("parameter", problem.column, f"{problem.message} {problem.remedy}", problem.code)
            for problem in error.problems
        )
    )
