"""Addresses that webhooks may reach: public ones, and those in allowed networks."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

IpAddress: TypeAlias = IPv4Address | IPv6Address
IpNetwork: TypeAlias = IPv4Network | IPv6Network

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
