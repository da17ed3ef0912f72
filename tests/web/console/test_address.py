"""Which address is counted behind proxies."""

import pytest
from litestar.testing import RequestFactory
from msgspec.structs import replace

from assessment.web.console.address import address
from tests.web import people


def asked(tmp_path, header, proxies):
    request = RequestFactory().post("/console/sign-in", headers={"x-forwarded-for": header} if header else {})
    return address(request, replace(people.settings("sqlite://", tmp_path), proxies=proxies))


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
def test_only_our_own_proxies_are_believed(tmp_path, header, proxies, expected):
    assert asked(tmp_path, header, proxies) == expected
