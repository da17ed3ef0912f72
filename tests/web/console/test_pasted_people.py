"""People pasted from spreadsheets: line breaks in cells, several functions, addresses that are spelled in many ways."""

import html
from pathlib import Path

import pytest

INPUTS = Path(__file__).parents[2] / "inputs"


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def people_path(world):
    return f"/console/assessments/{world.open}/people"


async def paste(world, running, text, sure="yes"):
    async with running() as come:
        return await come("alice").post(f"{people_path(world)}/lines", {"lines": text, "sure": sure})


def added(world):
    return [(each.name, each.email, each.role, each.functions) for each in world.invited(world.open)[3:]]


async def test_quoted_line_break_belongs_to_its_cell(world, running):
    response = await paste(world, running, (INPUTS / "12-alt-enter.tsv").read_text())

    assert response.status_code == 303
    assert added(world) == [
        ("Anna Berg", "anna@x.example", "staff", ("hr",)),
        ("Bob", "bob@x.example", "staff", ("hr",)),
    ]


async def test_line_numbers_after_a_quoted_line_break_are_those_of_the_text(world, running):
    text = (INPUTS / "12-alt-enter.tsv").read_text() + "Cleo\tcleo@x.example\tJester\tHR"

    response = await paste(world, running, text)

    assert "Line 4: Unknown role." in response.text


@pytest.mark.parametrize(
    "cell",
    ["HR, Marketing", "HR; Marketing", '"HR\nMarketing"', '"HR\r\nMarketing"', '"HR, Marketing"', "HR,Marketing,"],
)
async def test_several_functions_in_a_cell_are_read_apart(cell, world, running):
    response = await paste(world, running, f"Ann\tann@x.example\tStaff\t{cell}\nBen\tben@x.example\tStaff\tHR")

    assert response.status_code == 303
    assert [each[3] for each in added(world)] == [("hr", "marketing"), ("hr",)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '"Ann\tann@x.example\tStaff\tHR\nBen\tben@x.example\tStaff\tHR',
            "Line 1: A quote opens on this line and is never",
        ),
        (
            'Ann\tann@x.example\tStaff\tHR\n"Ben\tben@x.example\tStaff\tHR',
            "Line 2: A quote opens on this line and is never",
        ),
        (
            'Zoe\tzoe@x.example\tStaff\tHR\n"Ann\tann@x.example\tStaff\tHR\nBen"\tben@x.example\tStaff\tHR',
            "Line 2: A quote opens on this line and closes in another person",
        ),
        (
            '"Ann, ann@x.example, Staff, HR\nBen, ben@x.example, Staff, HR\nCleo", cleo@x.example, Staff, HR',
            "Line 1: A quote opens on this line and closes in another person",
        ),
    ],
)
async def test_quote_that_swallows_lines_is_refused_with_its_line(text, told, world, running):
    response = await paste(world, running, text)

    assert response.status_code == 422
    assert told in html.unescape(response.text)
    assert added(world) == []


async def test_quotes_inside_of_a_cell_are_text(world, running):
    text = 'Ann "Annie" Lee\tann@x.example\tStaff\tHR\n"Ben" Smith\tben@x.example\tStaff\tHR'

    await paste(world, running, text)

    assert [each[0] for each in added(world)] == ['Ann "Annie" Lee', '"Ben" Smith']


async def test_address_with_an_invisible_character_is_the_same_address(world, running):
    response = await paste(world, running, (INPUTS / "07-zwsp-email.tsv").read_text())

    assert response.status_code == 422
    assert "Line 2: This address is already invited." in response.text
    assert "Line 1" not in response.text


async def test_addresses_spelled_badly_are_cleaned_or_refused_by_line(world, running):
    response = await paste(world, running, (INPUTS / "07-bad-emails.tsv").read_text())

    assert response.status_code == 422
    assert "Line 3: This is not an email address." in response.text
    assert "Line 6: This address is already invited." in response.text
    assert response.text.count("This is not an email address.") == 1


async def test_addresses_that_can_be_cleaned_are_stored_clean(world, running):
    lines = (INPUTS / "07-bad-emails.tsv").read_text().splitlines()

    await paste(world, running, "\n".join([*lines[:2], *lines[3:5]]))

    assert [each[1] for each in added(world)] == [
        "ben@x.example",
        "cleo@x.example",
        "eva@x.example",
        "fay@xn--mller-kva.example",
    ]


async def test_megabyte_of_quotes_is_refused_at_once(world, running):
    response = await paste(world, running, '"a"\n' * 60_000)

    assert response.status_code == 422
    assert "at most 2000 at once" in response.text
