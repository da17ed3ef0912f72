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

from assessment.api.http.request_bodies import format_pointer, require_content_type, validate_data
from assessment.api.http.strict_json import parse_json
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


def list_faults(data: object, kind: Any = Order) -> dict[str, str]:
    with pytest.raises(InvalidError) as caught:
        validate_data(kind, data)
    return {problem.pointer: str(problem) for problem in caught.value.problems}


def test_valid_data_is_converted():
    order = validate_data(Order, {"name": "tea", "count": 2, "what": {"id": "x"}, "shares": {"a": {"b": 0.5}}})

    assert order == Order("tea", 2, Choice("x"), {"a": {"b": 0.5}})


def test_several_invalid_fields_are_all_named():
    data = {"name": "", "count": 0, "what": {"version": 1}, "rows": [{"id": "a"}, {"id": 3, "extra": 1}], "more": 1}

    assert set(list_faults(data)) == {
        "/name",
        "/count",
        "/what/id",
        "/what/version",
        "/rows/1/id",
        "/rows/1/extra",
        "/more",
    }


def test_missing_field_is_named_by_its_pointer():
    assert list_faults({"name": "tea"}) == {"/count": "This field is missing."}


def test_nested_invalid_number_is_named_by_its_pointer():
    assert set(list_faults({"name": "tea", "count": 1, "shares": {"a": {"b/c": "x", "d": 1}}})) == {"/shares/a/b~1c"}


def test_body_of_another_type_is_named_at_the_root():
    assert set(list_faults([1, 2])) == {""}
    assert set(list_faults({"name": "x"}, tuple[Choice, ...])) == {""}


def test_messages_contain_no_python_types():
    assert list_faults({"name": "tea", "count": "1"})["/count"] == "Expected a whole number, got text."


def test_unknown_choice_names_the_known_ones():
    assert list_faults("tea", Literal["milk", "sugar"])[""] == "'tea' is not offered. Known are milk, sugar."


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (2, Annotated[int, Meta(ge=3)], "Expected a whole number of at least 3."),
        (101, Annotated[float, Meta(le=100.0)], "Expected a number of at most 100."),
        ("", Annotated[str, Meta(min_length=1)], "This can't be empty."),
        ("x", int | None, "Expected a whole number or null, got text."),
        ("18.12.2026", date, "This is not a valid date. Write it like 2026-12-18."),
    ],
)
def test_bounds_and_types_are_explained_in_words(given, kind, said):
    assert list_faults(given, kind)[""] == said


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_unstorable_text_is_refused(text):
    assert "/name" in list_faults({"name": text, "count": 1})
    assert any(place.startswith("/shares/") for place in list_faults({"name": "a", "count": 1, "shares": {text: {}}}))


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
def test_ambiguous_json_is_refused(body, said):
    with pytest.raises(UnreadableError, match=said):
        parse_json(body)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "application/json; charset=latin-1"])
def test_other_content_type_is_refused(kind):
    with pytest.raises(MediaTypeError):
        require_content_type(kind, ("application/json",))


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON ; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_in_utf_8_is_accepted(kind):
    require_content_type(kind, ("application/json",))


def test_integral_float_is_accepted_as_integer():
    assert validate_data(Order, parse_json(b'{"name": "tea", "count": 4.0}')).count == 4


def test_pointer_special_characters_are_escaped():
    assert format_pointer("a/b", "c~d", 0) == "/a~1b/c~0d/0"


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_like)
def test_any_json_is_accepted_or_refused_with_pointers(data):
    with contextlib.suppress(InvalidError, UnreadableError):
        assert isinstance(validate_data(Order, parse_json(msgspec.json.encode(data))), Order)


@given(st.binary())
def test_any_bytes_are_json_or_unreadable(body):
    with contextlib.suppress(UnreadableError):
        assert json.dumps(parse_json(body))
