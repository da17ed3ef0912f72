"""Whether the process is up, and whether it can serve."""

from litestar import MediaType, get

from assessment.policies import PUBLIC


@get("/livez", media_type=MediaType.TEXT, policy=PUBLIC, sync_to_thread=False)
def live() -> str:
    """Say that the process answers."""
    return "ok\n"
