"""Benchmarks: rank the organisations of a workspace that share their scores."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from assessment.api import lists, tags
from assessment.api.lists import Cursor, Limit, Page
from assessment.api.operations import Operation, operation
from assessment.services import benchmarking
from assessment.services.benchmarking import Benchmarked
from assessment.services.principals import KeyHolder


@get(
    "/benchmarks",
    sync_to_thread=True,
    **operation(
        "Rank organisations",
        "Results",
        Operation(scope="read:scores", parameters=lists.PARAMETERS, tagged=True),
    ),
)
def list_benchmarks(
    request: Request[Any, Any, Any],
    reading: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = lists.LIMIT_DEFAULT,
) -> Response[Page[Benchmarked]]:
    """Every organisation of your workspace that has results, ranked among the others that share theirs.

    Its newest results, for each questionnaire and major version. An assessment shares its scores with `in_benchmarks`.
    Up to nine others give no rank (`reason`), up to 29 a quarter (4 is the highest), up to 99 the nearest five, more a
    percentile.
    """
    found = benchmarking.ranks(reading, caller.workspace_id)
    return tags.tagged(request, tags.encoded(lists.paged(found, _key, cursor, limit)))


def _key(one: Benchmarked) -> lists.Key:
    return one.organisation, one.questionnaire, f"{one.major_version:06}"
