"""Whether the process is up, and whether it can serve."""

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from sqlalchemy import Engine

from assessment.policies import PUBLIC
from assessment.services import readiness
from assessment.settings import Settings


@get("/livez", media_type=MediaType.TEXT, policy=PUBLIC, sync_to_thread=False)
def live() -> str:
    """Say that the process answers."""
    return "ok\n"


@get("/readyz", policy=PUBLIC, sync_to_thread=True)
def ready(engine: NamedDependency[Engine], settings: NamedDependency[Settings]) -> Response[readiness.Readiness]:
    """Say whether it can serve, and if not, what is missing."""
    found = readiness.check(engine, settings.data)
    return Response(found, status_code=HTTP_200_OK if found.ready else HTTP_503_SERVICE_UNAVAILABLE)
