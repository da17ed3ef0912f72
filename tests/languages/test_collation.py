"""Names are sorted as the reader's language sorts them."""

import unicodedata

import pytest

from assessment.wording.collation import collation_key

CLIENTS = ["apfel", "Apfel", "Ärzte", "Éclair", "İstanbul", "Øresund", "Zebra"]


def sort(names, language):
    return sorted(names, key=lambda name: collation_key(name, language))


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_clients_are_sorted_by_letters_then_accents_then_case(language, form):
    shuffled = CLIENTS[3:] + CLIENTS[2::-1]

    found = sort([unicodedata.normalize(form, name) for name in shuffled], language)

    assert [unicodedata.normalize("NFC", name) for name in found] == CLIENTS


def test_accent_decides_only_between_the_same_letters():
    assert sort(["résumés", "resume", "résumé", "resumes"], "fr") == ["resume", "résumé", "resumes", "résumés"]


@pytest.mark.parametrize(
    ("language", "expected"), [("es", ["Nube", "Nuzo", "Ñandú", "Oca"]), ("en", ["Ñandú", "Nube", "Nuzo", "Oca"])]
)
def test_spanish_readers_find_n_with_tilde_after_n(language, expected):
    assert sort(["Oca", "Ñandú", "Nuzo", "Nube"], language) == expected


def test_letters_that_do_not_decompose_are_sorted_as_their_plain_ones():
    assert sort(["Maß", "Mast", "Masse", "Æon", "Ada", "Łódź", "Lodi"], "de") == [
        "Ada", "Æon", "Lodi", "Łódź", "Maß", "Masse", "Mast",
    ]  # fmt: skip
