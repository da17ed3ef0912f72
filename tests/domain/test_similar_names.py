"""Names that probably mean the same organisation are noticed; names of two organisations are not."""

import pytest

from assessment.domain.similar_names import find_similar_name


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Harbour & Reed", "Harbour and Reed GmbH"),
        ("Harbour & Reed", "Harbour, Reed"),
        ("Northwind", "Northwind Ltd."),
        ("Northwind", "NORTHWIND GmbH & Co. KG"),
        ("Northwind", "Nortwind"),
        ("Compagnie du Nord S.A.", "Compagnie du Nord SA"),
        ("Müller Logistik AG", "Mueller Logistik"),
    ],
)
def test_name_of_the_same_organisation_is_similar(name: str, other: str):
    assert find_similar_name(name, ["Contoso", other]) == other
    assert find_similar_name(other, ["Contoso", name]) == name


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Northwind", "Southwind"),
        ("Plant 11 Bremen", "Plant 12 Bremen"),
        ("ABC", "ABD"),
        ("Group", "Company"),
        ("…", "!"),
        ("Northwind", "Northwind Traders"),
    ],
)
def test_name_of_another_organisation_is_not_similar(name: str, other: str):
    assert find_similar_name(name, [other]) is None
