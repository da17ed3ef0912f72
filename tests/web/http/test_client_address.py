"""Which address is counted behind proxies."""

import pytest
from litestar.testing import RequestFactory
from msgspec.structs import replace

from assessment.web.http.client_address import get_client_address, normalise_address
from tests.web import people


def get_address(tmp_path, header, proxies):
    request = RequestFactory().post("/console/sign-in", headers={"x-forwarded-for": header} if header else {})
    return get_client_address(request, replace(people.make_settings("sqlite://", tmp_path), proxies=proxies))


@pytest.mark.parametrize(
    ("header", "proxies", "expected"),
    [
        ("", 0, "test.org"),
        ("6.6.6.6", 0, "test.org"),
        ("6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.1", 2, "1.2.3.4"),
        ("1.2.3.4", 2, "test.org"),
    ],
)
def test_forwarded_address_is_used_only_from_own_proxies(tmp_path, header, proxies, expected):
    assert get_address(tmp_path, header, proxies) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("[2001:db8:1:3::1]", "2001:db8:1:3::/64"),
        ("2001:db8:1:2::1%eth0", "2001:db8:1:2::/64"),
        ("unknown" * 20, ("unknown" * 20)[:64]),
    ],
)
def test_addresses_of_one_ipv6_network_are_counted_together(written, expected):
    assert normalise_address(written) == expected
