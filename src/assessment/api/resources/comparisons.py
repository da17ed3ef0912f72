"""Comparison of waves: what changed since an earlier assessment of the same organisation, and why."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.problems import InvalidParametersError, ParameterProblem
from assessment.api.openapi.operations import Operation, build_route_options, load_example
from assessment.domain.assessment import AssessmentKey
from assessment.domain.comparison.wave_report import Waves
from assessment.errors import InvalidError, NoResultsError, NotClosedError
from assessment.services.auth.principals import KeyHolder
from assessment.services.results import wave_comparison

MAX_ID_LENGTH = 80


@get(
    "/assessments/{assessment:str}/comparison",
    sync_to_thread=True,
    **build_route_options(
        "Compare two waves",
        "Results",
        Operation(
            scope="read:scores",
            parameters=("with",),
            has_etag=True,
            error_statuses=(404, 409),
            problems=(NotClosedError, NoResultsError),
            response_example=load_example("comparison"),
        ),
    ),
)
def read_comparison(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    other: Annotated[
        str | None,
        QueryParameter(
            name="with",
            min_length=1,
            max_length=MAX_ID_LENGTH,
            description="The earlier assessment, of the same organisation. Where absent, the one this is a `wave_of`.",
        ),
    ] = None,
) -> Response[Waves]:
    """Changes since an earlier wave, once both are closed: on the items they share, with the newer weights.

    `changed` tells a change from chance; null with a `reason` where that can't be told. `attribution` splits the
    released change: what people answered, who answered, the instrument.
    """
    try:
        comparison = wave_comparison.compare_waves(read_session, AssessmentKey(caller.workspace_id, assessment), other)
    except InvalidError as error:
        problems = (
            ParameterProblem("parameter", problem.column, str(problem.message), problem.code)
            for problem in error.problems
        )
        raise InvalidParametersError(*problems) from error
    return etags.respond_with_etag(request, etags.encode_json(comparison))
