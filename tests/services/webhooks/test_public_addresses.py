"""Sixty targets that are not on the public internet: nothing connects to any of them (trust, promise 11)."""

import asyncio
from ipaddress import ip_address, ip_network

import httpcore
import pytest

from assessment.services.webhooks import public_backend
from assessment.services.webhooks.delivery_result import WebhookRequest
from assessment.services.webhooks.http_delivery import WebhookSender
from assessment.services.webhooks.public_addresses import is_public_address
from assessment.services.webhooks.public_backend import AddressRefusedError, PublicBackend
from tests.services.conftest import NOW
from tests.services.webhooks.receiver import respond, run_receiver

# Hosts as someone may write them; the resolver of the system reads them.
LITERALS = (
    "0.0.0.0",  # noqa: S104  # nothing is bound
    "127.0.0.1", "127.1", "127.255.255.254", "0", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1",
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "169.254.169.254",
    "2852039166", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "localhost", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "2002:c0a8:1::1", "2001::1", "2001:db8::1", "100::1", "fc00::1", "fd12:3456::1", "fe80::1",
    "fe80::1%lo", "fec0::1", "ff02::1", "ff0e::1", "4000::1",
)  # fmt: skip
# Names, and what they resolve to: one bad address among good ones is enough.
NAMES = {
    "internal.example.org": ["10.1.2.3"],
    "mixed.example.org": ["93.184.215.14", "127.0.0.1"],
    "mixed6.example.org": ["2606:2800:21f:cb07::1", "::1"],
    "mapped.example.org": ["::ffff:192.168.1.1"],
    "metadata.example.org": ["169.254.169.254"],
    "nothing.example.org": [],
}
PUBLIC = ("93.184.215.14", "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8")


class CountingBackend(httpcore.AsyncNetworkBackend):
    """Stands for the network: counts connections and makes none."""

    def __init__(self):
        self.hosts = []

    async def connect_tcp(self, host, *_, **__):
        self.hosts.append(host)
        return httpcore.AsyncMockStream([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])


@pytest.fixture
def network(monkeypatch):
    network = CountingBackend()
    monkeypatch.setattr(httpcore, "AnyIOBackend", lambda: network)
    return network


def make_resolver(*replies):
    """A resolver whose reply may differ from call to call."""
    rest = list(replies)

    async def resolve(_host, _port):
        return rest.pop(0) if len(rest) > 1 else rest[0]

    return resolve


def test_there_are_sixty_targets():
    assert len(LITERALS) + len(NAMES) >= 60


@pytest.mark.parametrize("host", LITERALS)
async def test_connection_to_target_is_refused(network, host):
    with pytest.raises(httpcore.ConnectError):  # refused, or not an address at all
        await PublicBackend().connect_tcp(host, 443)

    assert network.hosts == []


@pytest.mark.parametrize("name", NAMES)
async def test_connection_to_name_with_internal_address_is_refused(network, name):
    backend = PublicBackend(resolve=make_resolver(NAMES[name]))

    with pytest.raises(AddressRefusedError):
        await backend.connect_tcp(name, 443)

    assert network.hosts == []


async def test_connection_goes_to_the_address_that_was_checked(network):
    rebinding = make_resolver(["93.184.215.14"], ["127.0.0.1"])

    await PublicBackend(resolve=rebinding).connect_tcp("rebinding.example.org", 443)

    assert network.hosts == ["93.184.215.14"]


@pytest.mark.parametrize("text", PUBLIC)
def test_public_address_is_admitted(text):
    assert is_public_address(ip_address(text))


async def test_allowed_network_admits_only_its_addresses(network):
    backend = PublicBackend((ip_network("127.0.0.0/8"),))

    await backend.connect_tcp("127.0.0.1", 80)
    with pytest.raises(AddressRefusedError):
        await backend.connect_tcp("10.0.0.1", 80)

    assert network.hosts == ["127.0.0.1"]


async def test_plain_http_reaches_only_allowed_networks(network):
    backend = PublicBackend((ip_network("10.0.0.0/8"),), only_allowed=True)

    with pytest.raises(AddressRefusedError):
        await backend.connect_tcp("93.184.215.14", 80)

    assert network.hosts == []


async def test_sockets_of_this_machine_are_refused(tmp_path):
    with pytest.raises(AddressRefusedError):
        await PublicBackend().connect_unix_socket(str(tmp_path / "socket"))


async def test_redirect_to_internal_address_is_not_followed():
    async with run_receiver() as inner, run_receiver(respond(302, f"Location: {inner.url}")) as outer:
        sender = WebhookSender((ip_network("127.0.0.0/8"),))

        result = await sender.send_request(WebhookRequest(outer.url, {}, b"{}"), NOW)

    assert (result.status, result.problem) == (302, "redirect")
    assert inner.connections == 0


async def test_loopback_is_refused_by_default():
    async with run_receiver() as receiver:
        result = await WebhookSender().send_request(WebhookRequest(receiver.url, {}, b"{}"), NOW)

    assert (result.problem, receiver.connections) == ("address", 0)


async def test_targets_detect_a_removed_check(monkeypatch, network):
    monkeypatch.setattr(public_backend, "is_public_address", lambda _: True)

    await PublicBackend().connect_tcp("127.0.0.1", 443)

    assert network.hosts == ["127.0.0.1"]


async def test_slow_resolver_is_cut_off(monkeypatch):
    async def resolve_never(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(
        public_backend.PublicBackend.__init__, "__kwdefaults__", {"only_allowed": False, "resolve": resolve_never}
    )

    result = await WebhookSender(request_seconds=0.05).send_request(
        WebhookRequest("https://slow.example.org/", {}, b"{}"), NOW
    )

    assert result.problem == "timeout"
