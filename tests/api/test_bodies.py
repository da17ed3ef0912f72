"""Bodies are read strictly, and every fault is told at once."""

import contextlib
import json
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.bodies import checked, pointer, read_json, require
from assessment.errors import InvalidError, MediaTypeError, UnreadableError


class Choice(Struct, forbid_unknown_fields=True):
    id: str
    version: str | None = None


class Order(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=5)]
    count: Annotated[int, Meta(ge=1)]
    what: str | Choice = "thing"
    shares: dict[str, dict[str, float]] | UnsetType = UNSET
    rows: tuple[Choice, ...] = ()


def faults(data: object, kind: Any = Order) -> dict[str, str]:
    with pytest.raises(InvalidError) as caught:
        checked(kind, data)
    return {problem.pointer: str(problem) for problem in caught.value.problems}


def test_what_is_right_comes_out_typed():
    order = checked(Order, {"name": "tea", "count": 2, "what": {"id": "x"}, "shares": {"a": {"b": 0.5}}})

    assert order == Order("tea", 2, Choice("x"), {"a": {"b": 0.5}})


def test_every_wrong_field_is_named_at_once():
    data = {"name": "", "count": 0, "what": {"version": 1}, "rows": [{"id": "a"}, {"id": 3, "extra": 1}], "more": 1}

    assert set(faults(data)) == {"/name", "/count", "/what/id", "/what/version", "/rows/1/id", "/rows/1/extra", "/more"}


def test_a_missing_field_is_named_where_it_belongs():
    assert faults({"name": "tea"}) == {"/count": "This field is missing."}


def test_a_wrong_number_deep_inside_is_named_by_its_path():
    assert set(faults({"name": "tea", "count": 1, "shares": {"a": {"b/c": "x", "d": 1}}})) == {"/shares/a/b~1c"}


def test_another_kind_of_body_is_named_at_the_root():
    assert set(faults([1, 2])) == {""}
    assert set(faults({"name": "x"}, tuple[Choice, ...])) == {""}


def test_messages_read_plainly():
    assert faults({"name": "tea", "count": "1"})["/count"] == "Expected a whole number, got text."


def test_what_is_not_offered_is_named_with_what_is():
    assert faults("tea", Literal["milk", "sugar"])[""] == "'tea' is not offered. Known are milk, sugar."


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (2, Annotated[int, Meta(ge=3)], "Expected a whole number of at least 3."),
        (101, Annotated[float, Meta(le=100.0)], "Expected a number of at most 100."),
        ("", Annotated[str, Meta(min_length=1)], "Expected text of length at least 1."),
        ("x", int | None, "Expected a whole number or null, got text."),
        ("18.12.2026", date, "This is no date. Write it like 2026-12-18."),
    ],
)
def test_bounds_and_types_are_named_in_words(given, kind, said):
    assert faults(given, kind)[""] == said


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_cannot_be_kept_is_refused(text):
    assert "/name" in faults({"name": text, "count": 1})
    assert any(place.startswith("/shares/") for place in faults({"name": "a", "count": 1, "shares": {text: {}}}))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a": 1} x', "not JSON"),
        (b"\xff", "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"b": {"a": 1, "\\u0061": 2}}', "twice"),
        (b"NaN", "NaN"),
        (b"[1e999]", "too large"),
        (b"1" * 5000, "not JSON"),
        (b"[" * 40 + b"]" * 40, "deep"),
        (b"[" * 400_000, "deep"),
        (b'{"a":' * 100_000, "deep"),
    ],
)
def test_what_is_not_plain_json_is_unreadable(body, said):
    with pytest.raises(UnreadableError, match=said):
        read_json(body)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "application/json; charset=latin-1"])
def test_another_content_type_is_refused(kind):
    with pytest.raises(MediaTypeError):
        require(kind, ("application/json",))


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON ; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_in_utf_8_is_taken(kind):
    require(kind, ("application/json",))


def test_a_whole_number_may_be_written_with_a_point():
    assert checked(Order, read_json(b'{"name": "tea", "count": 4.0}')).count == 4


def test_pointers_are_escaped():
    assert pointer("a/b", "c~d", 0) == "/a~1b/c~0d/0"


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_like)
def test_whatever_json_comes_is_taken_or_refused_by_name(data):
    with contextlib.suppress(InvalidError, UnreadableError):
        assert isinstance(checked(Order, read_json(msgspec.json.encode(data))), Order)


@given(st.binary())
def test_whatever_bytes_come_are_json_or_unreadable(body):
    with contextlib.suppress(UnreadableError):
        assert json.dumps(read_json(body))
