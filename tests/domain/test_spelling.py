"""Spellings that look the same compare equal; letters that differ do not."""

from pathlib import Path

import pytest

from assessment.domain.spelling import clean_address, fold_name, is_address, normalize_password, normalize_text
from assessment.services import passwords

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
def test_names_that_differ_stay_different(one, other):
    assert normalize_text(one) != normalize_text(other)


def test_client_names_ignore_case():
    assert fold_name("Straße") == fold_name("STRASSE")


def test_password_signs_in_in_either_spelling_whichever_was_stored():
    nfc, nfd = ((INPUTS / f"03-password-{form}.txt").read_text("utf-8").strip() for form in ("nfc", "nfd"))

    stored = passwords.hashed(nfc), passwords.hashed(nfd)

    assert nfc != nfd
    assert all(passwords.matches(kept, typed) for kept in stored for typed in (nfc, nfd, f"{nfc}\u200b"))
    assert not any(passwords.matches(kept, nfc.upper()) for kept in stored)


def test_password_keeps_its_spaces():
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
def test_address_is_cleaned_to_one_spelling(written, expected):
    assert clean_address(written) == expected
    assert is_address(expected)


@pytest.mark.parametrize(
    "written",
    ["dan..b@x.example", ".dan@x.example", "dan@x", "dan@x..example", "dan@-x.example", "a b@x.example", "@x.y", "dan"],
)
def test_address_that_can_not_be_one_is_refused(written):
    assert not is_address(clean_address(written))


def test_reported_addresses_are_cleaned_or_refused():
    lines = (INPUTS / "07-bad-emails.tsv").read_text("utf-8").splitlines()

    cleaned = [clean_address(line.split("\t")[1]) for line in lines]

    assert [each for each in cleaned if not is_address(each)] == ["dan..b@x.example"]
    assert cleaned[-1] == cleaned[-2]
