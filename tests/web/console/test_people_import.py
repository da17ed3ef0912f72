"""People pasted from spreadsheets: line breaks in cells, several functions, addresses that are spelled in many ways."""

import html
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assessment.web.console.handlers.people_pages import people_list

INPUTS = Path(__file__).parents[2] / "inputs"


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def build_people_path(world):
    return f"/console/assessments/{world.open}/people"


async def paste_lines(world, running, text, sure="yes"):
    async with running() as come:
        return await come("alice").post(f"{build_people_path(world)}/lines", {"lines": text, "sure": sure})


def list_people(world):
    return [(each.name, each.email, each.role, each.functions) for each in world.invited(world.open)[3:]]


async def test_quoted_line_break_stays_in_its_cell(world, running):
    response = await paste_lines(world, running, (INPUTS / "12-alt-enter.tsv").read_text())

    assert response.status_code == 303
    assert list_people(world) == [
        ("Anna Berg", "anna@x.example", "staff", ("hr",)),
        ("Bob", "bob@x.example", "staff", ("hr",)),
    ]


async def test_line_numbers_count_quoted_line_breaks(world, running):
    text = (INPUTS / "12-alt-enter.tsv").read_text() + "Cleo\tcleo@x.example\tJester\tHR"

    response = await paste_lines(world, running, text)

    assert "1 line: role not recognised: “Jester”" in response.text
    assert "Line 4</span>" in response.text


@pytest.mark.parametrize(
    "cell",
    ["HR, Marketing", "HR; Marketing", '"HR\nMarketing"', '"HR\r\nMarketing"', '"HR, Marketing"', "HR,Marketing,"],
)
async def test_functions_in_one_cell_are_split(cell, world, running):
    response = await paste_lines(world, running, f"Ann\tann@x.example\tStaff\t{cell}\nBen\tben@x.example\tStaff\tHR")

    assert response.status_code == 303
    assert [each[3] for each in list_people(world)] == [("hr", "marketing"), ("hr",)]


async def test_page_that_answers_a_form_has_no_language_links(world, running):
    async with running() as come:
        alice = come("alice")
        form = await alice.get(build_people_path(world))

        checked = await alice.post(
            f"{build_people_path(world)}/lines",
            {"lines": "Ann\tann@x.example\tStaff\tHR\nBen\tben@x.example\tStaff\tHR"},
        )

    assert "?lang=de" in form.text
    assert "Ann" in checked.text
    assert "?lang=" not in checked.text  # it would lead to another page, without the pasted list


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
async def test_quote_that_spans_other_lines_is_refused_with_its_line(text, told, world, running):
    response = await paste_lines(world, running, text)

    assert response.status_code == 422
    assert told in html.unescape(response.text)
    assert list_people(world) == []


async def test_quotes_inside_a_cell_are_text(world, running):
    text = 'Ann "Annie" Lee\tann@x.example\tStaff\tHR\n"Ben" Smith\tben@x.example\tStaff\tHR'

    await paste_lines(world, running, text)

    assert [each[0] for each in list_people(world)] == ['Ann "Annie" Lee', '"Ben" Smith']


async def test_email_with_an_invisible_character_is_a_duplicate(world, running):
    response = await paste_lines(world, running, (INPUTS / "07-zwsp-email.tsv").read_text())

    assert response.status_code == 422
    assert "This address is also on line 1." in response.text
    assert "Line 2, Anna again" in response.text


async def test_malformed_emails_are_normalised_or_refused_by_line(world, running):
    response = await paste_lines(world, running, (INPUTS / "07-bad-emails.tsv").read_text())

    assert response.status_code == 422
    assert "1 line: This is not an email address." in response.text
    assert "Line 3, Dan" in response.text
    assert "Line 6, Fay" in response.text
    assert "This address is also on line 5." in response.text


async def test_normalised_emails_are_stored(world, running):
    lines = (INPUTS / "07-bad-emails.tsv").read_text().splitlines()

    await paste_lines(world, running, "\n".join([*lines[:2], *lines[3:5]]))

    assert [each[1] for each in list_people(world)] == [
        "ben@x.example",
        "cleo@x.example",
        "eva@x.example",
        "fay@xn--mller-kva.example",
    ]


async def test_megabyte_of_quotes_is_refused_quickly(world, running):
    response = await paste_lines(world, running, '"a"\n' * 60_000)

    assert response.status_code == 422
    assert "at most 2000 at once" in response.text


async def test_list_is_checked_before_the_write_lock_is_taken(world, running, monkeypatch):
    """Anybody else can write meanwhile: a list of the largest size takes seconds to check."""
    real, written = people_list.check_list, []

    def write_meanwhile(*values):
        with closing(sqlite3.connect(world.engine.url.database, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        written.append(values)
        return real(*values)

    monkeypatch.setattr(people_list, "check_list", write_meanwhile)

    response = await paste_lines(world, running, "Ann\tann@x.example\tStaff\tHR\nBen\tben@x.example\tStaff\tHR")

    assert response.status_code == 303
    assert len(written) == 1
    assert len(list_people(world)) == 2
