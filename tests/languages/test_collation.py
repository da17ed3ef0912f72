"""Names are sorted as the reader's language sorts them."""

import unicodedata

import pytest

from assessment.i18n.collation import collation_key

CLIENTS = ["apfel", "Apfel", "Ärzte", "Éclair", "İstanbul", "Øresund", "Zebra"]


def sort_names(names, language):
    return sorted(names, key=lambda name: collation_key(name, language))


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_sort_by_letters_then_accents_then_case(language, form):
    shuffled = CLIENTS[3:] + CLIENTS[2::-1]

    found = sort_names([unicodedata.normalize(form, name) for name in shuffled], language)

    assert [unicodedata.normalize("NFC", name) for name in found] == CLIENTS


def test_accents_decide_only_between_equal_letters():
    assert sort_names(["résumés", "resume", "résumé", "resumes"], "fr") == ["resume", "résumé", "resumes", "résumés"]


@pytest.mark.parametrize(
    ("language", "expected"), [("es", ["Nube", "Nuzo", "Ñandú", "Oca"]), ("en", ["Ñandú", "Nube", "Nuzo", "Oca"])]
)
def test_spanish_sorts_n_with_tilde_after_n(language, expected):
    assert sort_names(["Oca", "Ñandú", "Nuzo", "Nube"], language) == expected


def test_letters_without_decomposition_sort_as_plain_ones():
    assert sort_names(["Maß", "Mast", "Masse", "Æon", "Ada", "Łódź", "Lodi"], "de") == [
        "Ada", "Æon", "Lodi", "Łódź", "Maß", "Masse", "Mast",
    ]  # fmt: skip
