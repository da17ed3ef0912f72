"""Which network address asks, behind as many proxies as the operator says there are."""

from typing import Any

from litestar import Request

from assessment.settings import Settings

LONGEST = 64


def address(request: Request[Any, Any, Any], settings: Settings) -> str:
    """Return the address that our own outermost proxy saw; what stands before it anyone can write."""
    seen = [part.strip() for line in request.headers.getall("x-forwarded-for", []) for part in line.split(",")]
    if settings.proxies and len(seen) >= settings.proxies:
        return seen[-settings.proxies][:LONGEST]
    return request.client.host if request.client else ""
