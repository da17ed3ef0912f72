"""Which network address asks, behind as many proxies as the operator says there are."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from litestar import Request

from assessment.settings import Settings

LONGEST = 64
HOUSEHOLD = 64  # bits of an IPv6 address: what one line is given, and can choose from at will


def address(request: Request[Any, Any, Any], settings: Settings) -> str:
    """Return the address that our own outermost proxy saw; what stands before it anyone can write."""
    seen = [part.strip() for line in request.headers.getall("x-forwarded-for", []) for part in line.split(",")]
    if settings.proxies and len(seen) >= settings.proxies:
        return counted(seen[-settings.proxies])
    return counted(request.client.host) if request.client else ""


def counted(written: str) -> str:
    """Return what an address is counted as; what is none stays as it is."""
    try:
        found = ip_address(written.strip("[]"))
    except ValueError:
        return written[:LONGEST]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found.packed, HOUSEHOLD), strict=False))
