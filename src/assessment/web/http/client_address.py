"""Network address of the client, behind the number of proxies that the operator has set."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from litestar.connection import ASGIConnection

from assessment.settings import Settings

MAX_ADDRESS_LENGTH = 64
IPV6_PREFIX_BITS = 64  # prefix length: one connection gets a whole /64 and can use any address of it
# Proxies write an address with or without brackets, quotes and port.
ADDRESS_PATTERN = re.compile(r'"?(?:\[(?P<six>[^\]]*)\]|(?P<four>[\d.]+))(?::\w+)?"?')


def get_client_address(request: ASGIConnection[Any, Any, Any, Any], settings: Settings) -> str:
    """Return the address that our outermost proxy saw: clients can forge the entries before it."""
    addresses = [part.strip() for line in request.headers.getall("x-forwarded-for", []) for part in line.split(",")]
    peer = request.client.host if request.client else ""
    if settings.proxies and len(addresses) >= settings.proxies:
        address = addresses[-settings.proxies]
        # Text that is not an address could differ in every request, and would then never reach a rate limit.
        return normalise_address(address if parse_address(address) else peer)
    return normalise_address(peer)


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an address as proxies write it, without its port; None if it is not an address."""
    match = ADDRESS_PATTERN.fullmatch(text)
    try:
        return ip_address((match["six"] or match["four"] or "") if match else text)
    except ValueError:
        return None


def normalise_address(text: str) -> str:
    """Return the key for rate limits: IPv4, or the /64 network of IPv6; other text truncated."""
    address = parse_address(text)
    if address is None:
        return text[:MAX_ADDRESS_LENGTH]
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address.packed, IPV6_PREFIX_BITS), strict=False))
