"""Liveness and readiness probes."""

from datetime import datetime

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from sqlalchemy import Engine

from assessment.access_policies import PUBLIC
from assessment.services.operations import readiness
from assessment.settings import Settings


@get("/livez", media_type=MediaType.TEXT, policy=PUBLIC, sync_to_thread=False)
def check_liveness() -> str:
    return "ok\n"


@get("/readyz", policy=PUBLIC, sync_to_thread=True)
def check_readiness(
    engine: NamedDependency[Engine], settings: NamedDependency[Settings], now: NamedDependency[datetime]
) -> Response[readiness.Readiness]:
    """Return 200 if the server can handle requests, otherwise 503 with what is missing."""
    result = readiness.check_readiness(engine, settings.data, now)
    return Response(result, status_code=HTTP_200_OK if result.ready else HTTP_503_SERVICE_UNAVAILABLE)
