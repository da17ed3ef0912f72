"""Links for many people at once: as a file, or as letters to print."""

import csv
import io
import re

import pytest
import segno

from tests.web.console.test_people import build_people_path

GUESTS = "=cmd(), ann@example.org, leader, marketing\nKim Berg, , staff, all"
LINK = re.compile(r"http://127\.0\.0\.1:8000(/s/[\w-]{43})")


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def add_people(visitor, world):
    await visitor.post(f"{build_people_path(world)}/lines", {"lines": GUESTS, "sure": "yes"})


def read_rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


async def test_link_file_has_a_link_for_each_person_without_one(world, running):
    async with running() as come:
        alice = come("alice")
        await add_people(alice, world)

        response = await alice.post(f"{build_people_path(world)}/links", {"who": "without", "as": "file"})
        found = read_rows(response)
        page = await come().get(LINK.fullmatch(found[1]["link"])[1])

    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert [(row["name"], row["email"], row["role"], row["functions"]) for row in found] == [
        ("'=cmd()", "ann@example.org", "Leader", "Marketing"),
        ("Kim Berg", "", "Staff", "Customer service; Marketing; HR"),
    ]
    assert page.status_code == 200
    assert "You answer as: Staff." in page.text


async def test_person_with_a_link_gets_another_only_for_everyone(world, running):
    async with running() as come:
        alice = come("alice")
        await add_people(alice, world)
        first = read_rows(await alice.post(f"{build_people_path(world)}/links", {"who": "without", "as": "file"}))

        refused = await alice.post(f"{build_people_path(world)}/links", {"who": "without", "as": "file"})
        again = read_rows(await alice.post(f"{build_people_path(world)}/links", {"who": "everyone", "as": "file"}))
        earlier = await come().get(LINK.fullmatch(first[0]["link"])[1])

    assert refused.status_code == 422
    assert "Everyone has a link." in refused.text
    assert len(again) == 5
    assert not {row["link"] for row in first} & {row["link"] for row in again}
    assert earlier.status_code == 200


async def test_letter_shows_the_link_as_text_and_qr_code(world, running):
    async with running() as come:
        alice = come("alice")
        await add_people(alice, world)

        page = await alice.post(f"{build_people_path(world)}/links", {"who": "without", "as": "letters"})

    links = LINK.findall(page.text)
    drawn = [re.search(r'd="([^"]+)"', _render_qr_code(path))[1] for path in links]
    assert len(links) == 2
    assert all(f'd="{path}"' in page.text for path in drawn)
    assert "Please answer by 12 December 2026." in page.text
    assert 'style="' not in page.text


def _render_qr_code(path):
    made = segno.make_qr(f"http://127.0.0.1:8000{path}", error="m")
    return made.svg_inline(border=4, omitsize=True).partition("<path")[2]


async def test_letters_are_in_the_language_of_the_survey(world, running):
    made = world.opened("Welle", language="de")
    async with running() as come:
        alice = come("alice")
        path = f"/console/assessments/{made}/people"
        await alice.post(f"{path}/lines", {"lines": GUESTS, "sure": "yes"})

        page = await alice.post(f"{path}/links", {"who": "without", "as": "letters"})

    assert "2 letters to print" in page.text
    assert '<div class="letters" lang="de"' in page.text
    assert "Bitte antworten Sie bis zum 12. Dezember 2026." in page.text


async def test_links_are_refused_for_closed_assessments_and_viewers(world, running):
    async with running() as come:
        by_a_viewer = await come("bob").post(f"{build_people_path(world)}/links", {"who": "everyone", "as": "file"})
        closed = f"/console/assessments/{world.closed}/people/links"
        at_the_end = await come("alice").post(closed, {"who": "everyone", "as": "file"})

    assert (by_a_viewer.status_code, at_the_end.status_code) == (403, 409)
