"""Released headline figures of all closed assessments."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.problems import InvalidParametersError, ParameterProblem
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.errors import InvalidError
from assessment.services.auth.principals import KeyHolder
from assessment.services.results import portfolio_export
from assessment.services.results.figure_export import CSV, MEDIA_TYPES
from assessment.services.results.portfolio_export import PORTFOLIO_KINDS

EXAMPLE = (
    "organisation,assessment,title,closed on,questionnaire,version,release,figure,value,hidden because\r\n"
    "Northwind Retail,onswy3tfobsw64dm,Customer care 2026,2026-12-18,customer-care,1.0.0,1,overall.score,55.1,\r\n"
)


@get(
    "/figures",
    sync_to_thread=True,
    media_type="text/csv",
    **build_route_options(
        "Export the figures of all assessments",
        "Results",
        Operation(
            scope="read:scores",
            parameters=("format", "organisation"),
            media_type="text/csv",
            formats={kind: MEDIA_TYPES[kind].partition(";")[0] for kind in PORTFOLIO_KINDS},
            response_example=EXAMPLE,
            has_etag=True,
        ),
    ),
)
def export_portfolio(
    request: Request[Any, Any, Any],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    kind: Annotated[
        str, QueryParameter(name="format", max_length=8, description="`csv` (also the default) or `xlsx`.")
    ] = CSV,
    organisation: Annotated[
        str, QueryParameter(max_length=100, description="Only assessments of this organisation.")
    ] = "",
) -> Response[bytes]:
    """The newest released headline figures of every closed assessment, one a row. No cell is a formula."""
    try:
        content = portfolio_export.export_portfolio(read_session, caller.workspace_id, kind, organisation or None)
    except InvalidError as error:
        problems = (
            ParameterProblem("parameter", problem.column, f"{problem.message} {problem.remedy}", problem.code)
            for problem in error.problems
        )
        raise InvalidParametersError(*problems) from error
    response = etags.respond_with_etag(request, content, portfolio_export.get_media_type(kind))
    response.headers["Content-Disposition"] = f'attachment; filename="figures.{kind}"'
    return response
