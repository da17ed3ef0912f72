"""`Accept` is honoured: the most specific range decides, and nothing said means anything."""

import pytest

from assessment.api.http.negotiation import is_acceptable


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "application/json", "application/*;q=0.1", "text/html, */*;q=0.8", "APPLICATION/JSON; charset=utf-8"],
)
def test_accept_header_admits_json(accept):
    assert is_acceptable(accept, "application/json")


@pytest.mark.parametrize(
    "accept",
    ["text/html", "application/xml", "application/json;q=0, */*", "*/*;q=0", "text/*", "application/json;q=much"],
)
def test_accept_header_excludes_json(accept):
    assert not is_acceptable(accept, "application/json")
