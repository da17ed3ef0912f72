"""Which network address asks, behind as many proxies as the operator says there are."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from litestar import Request

from assessment.settings import Settings

LONGEST = 64
HOUSEHOLD = 64  # bits of an IPv6 address: what one line is given, and can choose from at will
# What proxies write: an address, in brackets or not, in quotes or not, with a port or without one.
WITH_PORT = re.compile(r'"?(?:\[(?P<six>[^\]]*)\]|(?P<four>[\d.]+))(?::\w+)?"?')


def address(request: Request[Any, Any, Any], settings: Settings) -> str:
    """Return the address that our own outermost proxy saw; what stands before it anyone can write."""
    seen = [part.strip() for line in request.headers.getall("x-forwarded-for", []) for part in line.split(",")]
    peer = request.client.host if request.client else ""
    if settings.proxies and len(seen) >= settings.proxies:
        written = seen[-settings.proxies]
        # A text that is no address may differ with every request, and would then never reach a limit.
        return counted(written if parse_address(written) else peer)
    return counted(peer)


def parse_address(written: str) -> IPv4Address | IPv6Address | None:
    """Parse an address as proxies write it, without its port; None where it is no address."""
    match = WITH_PORT.fullmatch(written)
    try:
        return ip_address((match["six"] or match["four"] or "") if match else written)
    except ValueError:
        return None


def counted(written: str) -> str:
    """Return what an address is counted as; what is none stays as it is."""
    found = parse_address(written)
    if found is None:
        return written[:LONGEST]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found.packed, HOUSEHOLD), strict=False))
