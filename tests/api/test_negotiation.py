"""`Accept` is honoured: the most specific range decides, and nothing said means anything."""

import pytest

from assessment.api.negotiation import acceptable


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "application/json", "application/*;q=0.1", "text/html, */*;q=0.8", "APPLICATION/JSON; charset=utf-8"],
)
def test_json_is_given_to_who_takes_it(accept):
    assert acceptable(accept, "application/json")


@pytest.mark.parametrize(
    "accept",
    ["text/html", "application/xml", "application/json;q=0, */*", "*/*;q=0", "text/*", "application/json;q=much"],
)
def test_json_is_not_given_to_who_refuses_it(accept):
    assert not acceptable(accept, "application/json")
