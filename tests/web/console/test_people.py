"""The people of an assessment and their links."""

import html
import re

import pytest
from sqlalchemy import func, select

from assessment.storage import database, tables

LINK = re.compile(r'value="(http://127\.0\.0\.1:8000(/s/[\w-]{43}))"')
LINES = """Ann Lee, ann@example.org, Leader, Marketing; HR

, , practitioner, all
"Berg, Kim"\tkim@example.org\tstaff\tcustomer-service"""


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def build_people_path(world):
    return f"/console/assessments/{world.open}/people"


async def test_pasted_lines_are_previewed_before_saving(world, running):
    async with running() as come:
        response = await come("alice").post(f"{build_people_path(world)}/lines", {"lines": LINES})

    assert response.status_code == 200
    assert "Add 3 people?" in response.text
    assert "Berg, Kim" in response.text
    assert len(world.invited(world.open)) == 3


async def test_confirmed_lines_add_all_people(world, running):
    async with running() as come:
        alice = come("alice")

        response = await alice.post(f"{build_people_path(world)}/lines", {"lines": LINES, "sure": "yes"})
        page = await alice.get(response.headers["location"])

    added = world.invited(world.open)[3:]
    assert [(each.name, each.email, each.role) for each in added] == [
        ("Ann Lee", "ann@example.org", "leader"),
        (None, None, "practitioner"),
        ("Berg, Kim", "kim@example.org", "staff"),
    ]
    assert added[1].functions == ("customer-service", "marketing", "hr")
    assert "The people are added." in page.text


async def test_header_line_sets_the_column_order(world, running):
    lines = "Role\tFunctions\tEmail\nStaff\tHR\tpat@example.org"

    async with running() as come:
        await come("alice").post(f"{build_people_path(world)}/lines", {"lines": lines, "sure": "yes"})

    added = world.invited(world.open)[-1]
    assert (added.role, added.functions, added.email, added.name) == ("staff", ("hr",), "pat@example.org", None)


@pytest.mark.parametrize("spoken", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("written", ["en", "own"])
async def test_list_accepts_labels_of_the_page_and_english_ones(world, running, spoken, written):
    language = spoken if written == "own" else "en"

    async with running() as come:
        alice = come("alice")
        alice.client.headers["accept-language"] = language
        page = (await alice.get(build_people_path(world))).text
        heads = [html.unescape(head).strip() for head in re.findall(r'aria-sort="\w+"><a [^>]+>([^<]+)<', page)]
        address = html.unescape(re.search(r'for="email">([^<(]+)', page)[1]).strip()
        roles = re.findall(r'for="role-[^"]+">([^<]+)<', page)
        areas = re.findall(r'for="functions-[^"]+">([^<]+)<', page)
        lines = f"{heads[2]}\t{heads[1].upper()}\t{address}\n{areas[2]}; {areas[1]}\t{roles[0]}\tpat@example.org"
        alice.client.headers["accept-language"] = spoken
        answer = await alice.post(f"{build_people_path(world)}/lines", {"lines": lines, "sure": "yes"})

    added = world.invited(world.open)[-1]
    assert answer.status_code == 303
    assert (added.role, added.functions, added.email) == ("leader", ("hr", "marketing"), "pat@example.org")


@pytest.mark.parametrize("spoken", ["en", "de", "fr", "es"])
async def test_example_on_the_page_is_accepted(world, running, spoken):
    async with running() as come:
        alice = come("alice")
        alice.client.headers["accept-language"] = spoken
        page = (await alice.get(build_people_path(world))).text
        label = re.search(r'for="lines">[^:]+:([^<]+)<', page)[1]
        example = html.unescape(re.search(r"<code>([^<]+)</code>", page)[1])
        everything = html.unescape(re.findall(r"[“„«]\s?(\w+)\s?[”“»]", page[: page.index("<code>")])[-1])
        lines = f"{label}\n{example}\nKim, , staff, {everything}"
        answer = await alice.post(f"{build_people_path(world)}/lines", {"lines": lines, "sure": "yes"})

    ann, kim = world.invited(world.open)[-2:]
    assert answer.status_code == 303
    assert (ann.email, ann.role, ann.functions) == ("ann@example.org", "leader", ("customer-service", "marketing"))
    assert kim.functions == ("customer-service", "marketing", "hr")


@pytest.mark.parametrize(
    "line",
    [
        "Pat;pat@example.org;staff;marketing;hr",
        'Pat;pat@example.org;staff;"marketing; hr"',
        "\ufeffPat,pat@example.org,staff,marketing,hr,,",
    ],
)
async def test_no_cell_is_lost_with_any_delimiter(world, running, line):
    async with running() as come:
        await come("alice").post(f"{build_people_path(world)}/lines", {"lines": line, "sure": "yes"})

    added = world.invited(world.open)[-1]
    assert (added.name, added.email, added.functions) == ("Pat", "pat@example.org", ("marketing", "hr"))


async def test_one_invalid_line_refuses_the_whole_list(world, running):
    lines = LINES + "\nDora, not an address, leader, hr\nEve, , jester, hr\n, ann@example.org, staff, hr"

    async with running() as come:
        response = await come("alice").post(f"{build_people_path(world)}/lines", {"lines": lines, "sure": "yes"})

    assert response.status_code == 422
    for told in (
        "1 line: This is not an email address.",
        "1 line: role not recognised: “jester”",
        "This address is also on line 1.",
    ):
        assert told in response.text
    assert "Dora, not an address" in response.text
    assert len(world.invited(world.open)) == 3


async def test_empty_list_is_refused(world, running):
    async with running() as come:
        response = await come("alice").post(f"{build_people_path(world)}/lines", {"lines": " \n "})

    assert response.status_code == 422
    assert "Paste one person a line" in response.text


async def test_form_adds_one_person(world, running):
    form = {"name": "", "email": "", "role": "staff", "functions": ["hr", "marketing"]}

    async with running() as come:
        response = await come("alice").post(build_people_path(world), form)

    assert response.status_code == 303
    assert world.invited(world.open)[-1].functions == ("hr", "marketing")


async def test_incomplete_person_shows_the_messages_of_the_form(world, running):
    async with running() as come:
        response = await come("alice").post(build_people_path(world), {"name": "Finn", "email": "finn"})

    assert response.status_code == 422
    assert "Choose a role." in response.text
    assert "Choose at least one function" in response.text
    assert 'value="Finn"' in response.text


async def test_new_link_opens_the_survey(world, running):
    async with running() as come:
        alice = come("alice")
        path = f"{build_people_path(world)}/{world.invitation}/link"

        first, second = await alice.post(path), await alice.post(path)
        links = [LINK.search(response.text)[2] for response in (first, second)]
        again = await alice.get(build_people_path(world))

        assert links[0] != links[1]
        for link in links:
            assert (await come().get(link)).status_code == 200
            assert link not in again.text


async def test_htmx_gets_the_link_fragment(world, running):
    async with running() as come:
        path = f"{build_people_path(world)}/{world.invitation}/link"

        response = await come("alice").post(path, **{"HX-Request": "true"})

    assert response.text.lstrip().startswith('<div id="link"')
    assert LINK.search(response.text)
    assert "<html" not in response.text


async def test_revoked_invitation_disables_its_links(world, running):
    async with running() as come:
        alice = come("alice")
        base = f"{build_people_path(world)}/{world.invitation}"
        link = LINK.search((await alice.post(f"{base}/link")).text)[2]
        asked = await alice.get(f"{base}/revoke")

        response = await alice.post(f"{base}/revoke")
        after = await alice.get(response.headers["location"])

        assert "Revoke the invitation of Guest 0" in asked.text
        assert "revoked" in after.text
        opened = await come().get(link)
        assert "This invitation was withdrawn" in opened.text
        assert ">Start<" not in opened.text
    assert world.invited(world.open)[0].revoked_on is not None


async def test_preview_stores_nothing(world, running):
    async with running() as come:
        alice = come("alice")
        base = f"/console/assessments/{world.draft}/preview"
        chosen = await alice.get(f"{base}?role=leader&functions=marketing")

        first = await alice.get(chosen.headers["location"])
        following = re.search(rf'class="button" href="({base}[^"]+)"', first.text)[1]
        second = await alice.get(following)

    assert (chosen.status_code, first.status_code, second.status_code) == (303, 200, 200)
    assert "This is a preview." in first.text
    with database.read_session(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(tables.response)) == 0


@pytest.mark.parametrize("path", ["chief/marketing", "leader/finance", "leader/,", "leader/marketing/nowhere"])
async def test_preview_of_unknown_role_gets_404(world, running, path):
    async with running() as come:
        response = await come("alice").get(f"/console/assessments/{world.draft}/preview/{path}")

    assert response.status_code == 404
