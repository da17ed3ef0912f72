"""Parsing of forms: the same fields as the framework's parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar._parsers import parse_url_encoded_form_data

from assessment.web.http.form_request import parse_form

SIGNS = st.sampled_from(
    [b"&", b"=", b"+", b"%", b"%2", b"%20", b"%C3%A9", b"%FF", b"%3a", b"a", b"b", b"\xc3", b"\xa9", b";"]
)


@given(st.lists(SIGNS, max_size=12).map(b"".join))
def test_form_is_parsed_as_by_the_framework(body: bytes):
    assert parse_form(body) == parse_url_encoded_form_data.__wrapped__(body)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", {}),
        (b"CS-P1%3Areason=a+b%2Bc&x", {"CS-P1:reason": "a b+c", "x": ""}),
        (b"a=1&a=2&b=3&a=", {"a": ["1", "2", ""], "b": "3"}),
        (b"a=b=c&&=d", {"a": "b=c", "": "d"}),
    ],
)
def test_repeated_and_empty_fields_are_kept(body: bytes, fields: dict[str, object]):
    assert parse_form(body) == fields
