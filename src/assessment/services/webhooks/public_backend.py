"""Connections to public addresses only, checked at connect time.

A name is resolved once, all its addresses are checked, and the connection goes to one of those that were checked:
a second look-up could return another address (DNS rebinding). TLS still verifies the name.
"""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterable, Sequence
from ipaddress import ip_address
from typing import Any, TypeAlias

import httpcore

from assessment.services.webhooks.public_addresses import IpAddress, IpNetwork, is_in_networks, is_public_address

Resolve: TypeAlias = Callable[[str, int], Coroutine[Any, Any, list[str]]]


class AddressRefusedError(httpcore.ConnectError):
    """The host has an address that webhooks may not reach."""


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
