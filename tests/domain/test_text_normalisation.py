"""Spellings that look the same compare equal; letters that differ do not."""

from pathlib import Path

import pytest

from assessment.domain.text_normalisation import (
    fold_name,
    is_address,
    normalize_address,
    normalize_password,
    normalize_text,
)
from assessment.services.auth import passwords

INPUTS = Path(__file__).parents[1] / "inputs"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jos\u00e9", "Jose\u0301"),
        ("p-1", "p-1\u200b"),
        ("p-1", "\ufeffp-1"),
        ("Jose\u0301", "Jose\u200b\u0301"),
        ("A  B", "A\u00a0B"),
        ("Ab", "A\u00adb"),
    ],
)
def test_names_that_look_the_same_compare_equal(one, other):
    assert normalize_text(one) == normalize_text(other)


@pytest.mark.parametrize(("one", "other"), [("Anna", "anna"), ("a", "\u0430"), ("ss", "ß")])
def test_different_names_stay_different(one, other):
    assert normalize_text(one) != normalize_text(other)


def test_client_names_ignore_case():
    assert fold_name("Straße") == fold_name("STRASSE")


def test_password_matches_in_either_unicode_form():
    nfc, nfd = ((INPUTS / f"03-password-{form}.txt").read_text("utf-8").strip() for form in ("nfc", "nfd"))

    stored = passwords.hash_password(nfc), passwords.hash_password(nfd)

    assert nfc != nfd
    assert all(passwords.verify_password(kept, typed) for kept in stored for typed in (nfc, nfd, f"{nfc}\u200b"))
    assert not any(passwords.verify_password(kept, nfc.upper()) for kept in stored)


def test_password_keeps_spaces():
    assert normalize_password(" a  b ") == " a  b "


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("mailto:ben@x.example", "ben@x.example"),
        ("cleo@x.example;", "cleo@x.example"),
        ("eva@x.example.", "eva@x.example"),
        ("<Eva@X.example>", "eva@x.example"),
        ("fay@m\u00fcller.example", "fay@xn--mller-kva.example"),
        ("fay@mu\u0308ller.example", "fay@xn--mller-kva.example"),
        ("fay@XN--MLLER-KVA.example", "fay@xn--mller-kva.example"),
        ("anna@x.example\u200b", "anna@x.example"),
    ],
)
def test_address_is_normalised_to_one_form(written, expected):
    assert normalize_address(written) == expected
    assert is_address(expected)


@pytest.mark.parametrize(
    "written",
    ["dan..b@x.example", ".dan@x.example", "dan@x", "dan@x..example", "dan@-x.example", "a b@x.example", "@x.y", "dan"],
)
def test_invalid_address_is_rejected(written):
    assert not is_address(normalize_address(written))


def test_reported_addresses_are_normalised_or_rejected():
    lines = (INPUTS / "07-bad-emails.tsv").read_text("utf-8").splitlines()

    cleaned = [normalize_address(line.split("\t")[1]) for line in lines]

    assert [each for each in cleaned if not is_address(each)] == ["dan..b@x.example"]
    assert cleaned[-1] == cleaned[-2]
