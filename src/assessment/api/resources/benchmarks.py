"""Benchmarks: rank the organisations of a workspace that share their scores."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.openapi.operations import Operation, build_route_options, load_example
from assessment.services.auth.principals import KeyHolder
from assessment.services.results import benchmark_ranks
from assessment.services.results.benchmark_ranks import Benchmarked


@get(
    "/benchmarks",
    sync_to_thread=True,
    **build_route_options(
        "Rank organisations",
        "Results",
        Operation(
            scope="read:scores",
            parameters=list_pagination.PAGE_PARAMETERS,
            has_etag=True,
            response_example=load_example("benchmarks"),
        ),
    ),
)
def list_benchmarks(
    request: Request[Any, Any, Any],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
) -> Response[Page[Benchmarked]]:
    """Every organisation of your workspace that has results, ranked among the others that share theirs.

    Its newest results, for each questionnaire and major version. An assessment shares its scores with `in_benchmarks`.
    Up to nine others give no rank (`reason`), up to 29 a quarter (4 is the highest), up to 99 the nearest five, more a
    percentile.
    """
    rows = benchmark_ranks.rank_organisations(read_session, caller.workspace_id)
    return etags.respond_with_etag(
        request,
        etags.encode_json(list_pagination.slice_page(rows, _make_sort_key, ListName("/benchmarks"), cursor, limit)),
    )


def _make_sort_key(row: Benchmarked) -> list_pagination.SortKey:
    return row.organisation, row.questionnaire, f"{row.major_version:06}"
