"""Descent along types: what both checkers of untrusted documents rely on."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.domain.type_members import TypedMember, iterate_members, resolve_type


class Leaf(Struct, rename={"size": "breadth"}):
    size: int
    hint: str = ""


def test_struct_yields_unknown_given_and_missing_fields():
    assert list(iterate_members(Leaf, {"colour": "red", "hint": 3})) == [
        TypedMember("colour", None, "red"),
        TypedMember("breadth", int, UNSET),
        TypedMember("hint", str, 3),
    ]


def test_dict_yields_each_key_before_its_value():
    assert list(iterate_members(dict[str, int], {"a": "x"})) == [TypedMember("a", str, "a"), TypedMember("a", int, "x")]


def test_tuple_type_yields_the_elements_of_a_list():
    assert list(iterate_members(tuple[int, ...], [1, "x"])) == [TypedMember(0, int, 1), TypedMember(1, int, "x")]


def test_value_of_another_shape_has_no_members():
    assert list(iterate_members(Leaf, [1])) == list(iterate_members(list[int], {"a": 1})) == []


def test_optional_annotated_type_is_unwrapped():
    assert resolve_type(Annotated[int, Meta(ge=0)] | UnsetType | None, None) is int


def test_object_is_meant_for_the_struct_of_a_union():
    assert resolve_type(str | Leaf, {}) is Leaf
    assert resolve_type(str | Leaf, "x") == str | Leaf
