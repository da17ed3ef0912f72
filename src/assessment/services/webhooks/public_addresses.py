"""Connections to public addresses only, checked at connect time.

A name is resolved once, all its addresses are checked, and the connection goes to one of those that were checked:
a second look-up could return another address (DNS rebinding). TLS still verifies the name.
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, TypeAlias

import httpcore

IpAddress: TypeAlias = IPv4Address | IPv6Address
IpNetwork: TypeAlias = IPv4Network | IPv6Network
Resolve: TypeAlias = Callable[[str, int], Coroutine[Any, Any, list[str]]]

GLOBAL_UNICAST = IPv6Network("2000::/3")  # everything else is reserved or local
SIX_TO_FOUR = IPv6Network("2002::/16")  # contains an IPv4 address, which may be internal; deprecated
TEREDO = IPv6Network("2001::/32")
NAT64 = IPv6Network("64:ff9b::/96")
# `is_global` admits these relays and multicast groups, and the test networks of older Python versions.
SPECIAL_NETWORKS = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
IPV4_BITS = 0xFFFF_FFFF


class AddressRefusedError(httpcore.ConnectError):
    """The host has an address that webhooks may not reach."""


def parse_networks(texts: Iterable[str]) -> tuple[IpNetwork, ...]:
    """Parse networks in CIDR notation, as in the settings."""
    return tuple(ip_network(text) for text in texts)


def is_public_address(address: IpAddress) -> bool:
    """Return whether an address is on the public internet; unwraps IPv4 addresses inside IPv6 ones."""
    address = unwrap_address(address)
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in SPECIAL_NETWORKS)
    return (
        address in GLOBAL_UNICAST
        and address.is_global
        and not address.is_multicast
        and address not in SIX_TO_FOUR
        and address not in TEREDO
    )


def unwrap_address(address: IpAddress) -> IpAddress:
    """Return the IPv4 address in a mapped or NAT64 address; any other address as it is."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & IPV4_BITS) if address in NAT64 else address


def is_in_networks(address: IpAddress, networks: Iterable[IpNetwork]) -> bool:
    unwrapped = unwrap_address(address)
    return any(unwrapped.version == network.version and unwrapped in network for network in networks)


async def resolve_host(host: str, port: int) -> list[str]:
    """Return all addresses of a host, without zone ids, in the order of the resolver."""
    try:
        entries = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} has no address") from error
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in entries))


class PublicBackend(httpcore.AsyncNetworkBackend):
    """Network backend that refuses a host unless all its addresses are public or in an allowed network.

    With `only_allowed`, public addresses are refused too: for plain HTTP, which only allowed networks may use.
    """

    def __init__(
        self, allowed: Sequence[IpNetwork] = (), *, only_allowed: bool = False, resolve: Resolve = resolve_host
    ) -> None:
        self._allowed, self._only_allowed, self._resolve = allowed, only_allowed, resolve
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address; raises AddressRefusedError before any connection if one is not allowed."""
        addresses = [ip_address(text) for text in await self._resolve(host, port)]
        if not addresses or not all(self._is_allowed(address) for address in addresses):
            raise AddressRefusedError("an address that is not public")
        return await self._backend.connect_tcp(
            str(addresses[0]), port, timeout=timeout, local_address=local_address, socket_options=socket_options
        )

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002  # httpcore's interface
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefusedError("a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)

    def _is_allowed(self, address: IpAddress) -> bool:
        return is_in_networks(address, self._allowed) or (not self._only_allowed and is_public_address(address))
