"""The check page of a list: words are chosen once, wrong lines corrected in place, nothing typed is lost."""

import pytest

from tests.web.console.test_people_files import list_people, press_button


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def send_lines(visitor, world, lines, **fields):
    return await visitor.post(f"/console/assessments/{world.open}/people/lines", {"lines": lines} | fields)


async def test_unknown_role_of_many_lines_is_one_error_and_one_choice(world, running):
    lines = "\n".join(f"Guest {number}\tg{number}@x.example\tKapitän\tHR" for number in range(41))
    async with running() as come:
        alice = come("alice")

        page = await send_lines(alice, world, lines)
        checked = await press_button(alice, world, page, **{"word:role:kapitän": "leader"})
        added = await press_button(alice, world, checked, sure="yes")

    assert page.status_code == 422
    assert "41 lines: role not recognised: “Kapitän”" in page.text
    assert added.status_code == 303
    assert {each[2] for each in list_people(world)} == {"leader"}
    assert len(list_people(world)) == 41


async def test_suggested_role_is_not_added_before_it_was_shown(world, running):
    async with running() as come:
        alice = come("alice")

        page = await send_lines(alice, world, "Ann\tann@x.example\tTeamlead\tHR", sure="yes")
        not_added = list_people(world)
        await press_button(alice, world, page, sure="yes")

    assert "Suggested; change it if it is wrong." in page.text
    assert not_added == []
    assert list_people(world) == [("Ann", "ann@x.example", "leader", {"hr"})]


async def test_wrong_address_is_corrected_in_place(world, running):
    lines = "Ann\tann@x,example\tStaff\tHR\nBen\tben@x.example\tStaff\tHR"
    async with running() as come:
        alice = come("alice")

        page = await send_lines(alice, world, lines)
        checked = await press_button(alice, world, page, **{"fix:0:email": "ann@x.example"})
        added = await press_button(alice, world, checked, sure="yes")

    assert 'value="ann@x,example"' in page.text
    assert checked.status_code == 200
    assert added.status_code == 303
    assert [each[1] for each in list_people(world)] == ["ann@x.example", "ben@x.example"]


async def test_duplicate_in_the_list_differs_from_an_invited_address(world, running):
    first = "Ann\tann@x.example\tStaff\tHR"
    async with running() as come:
        alice = come("alice")
        await send_lines(alice, world, first, sure="yes")

        page = await send_lines(
            alice, world, f"{first}\nBen\tben@x.example\tStaff\tHR\nBenno\tBEN@x.example\tStaff\tHR"
        )
        checked = await press_button(alice, world, page)
        await press_button(alice, world, checked, sure="yes")

    assert "2 lines: the address is there twice" in page.text
    assert page.text.count("This address is already invited.") == 1
    assert page.text.count("This address is also on line 2.") == 1
    assert "Leave out line 3" in checked.text
    assert [each[0] for each in list_people(world)] == ["Ann", "Ben"]


async def test_other_lines_can_be_left_out_in_one_step(world, running):
    lines = "Ann\tann@x,example\tStaff\tHR\nBen\tben@x.example\tStaff\tHR\nCleo\tcleo@x.example\tJester\tHR"
    async with running() as come:
        alice = come("alice")
        page = await send_lines(alice, world, lines)

        added = await press_button(alice, world, page, leave="yes")

    assert "Leave the other lines out and add 1 person" in page.text
    assert added.status_code == 303
    assert [each[0] for each in list_people(world)] == ["Ben"]


async def test_column_is_corrected_by_the_reader(world, running):
    lines = "Code\tAlias\tMail\tRole\tArea\nK-17\tAnn\tann@x.example\tStaff\tHR"
    async with running() as come:
        alice = come("alice")
        page = await send_lines(alice, world, lines)

        await press_button(alice, world, page, sure="yes", **{"column:1": "name"})

    assert [each[0] for each in list_people(world)] == ["Ann"]


async def test_decisions_survive_further_checks_and_the_list_can_be_edited(world, running):
    lines = "Ann\tann@x,example\tKapitän\tHR\nBen\tben@\tStaff\tHR"
    async with running() as come:
        alice = come("alice")
        page = await send_lines(alice, world, lines)
        once = await press_button(
            alice, world, page, **{"fix:0:email": "ann@x.example", "word:role:kapitän": "leader", "column:0": "-"}
        )

        twice = await press_button(alice, world, once)
        form = await press_button(alice, world, twice, back="yes")

    assert 'name="fix:0:email" value="ann@x.example"' in twice.text
    assert "role not recognised" not in twice.text
    assert "Kapitän" in form.text
    assert 'name="lines"' in form.text


async def test_lines_without_a_role_get_one_each(world, running):
    lines = "Ann\tann@x.example\t\tHR\nBen\tben@x.example\t\tHR"
    async with running() as come:
        alice = come("alice")
        page = await send_lines(alice, world, lines)

        checked = await press_button(alice, world, page, **{"fix:0:role": "staff", "fix:1:role": "leader"})
        await press_button(alice, world, checked, sure="yes")

    assert [each[2] for each in list_people(world)] == ["staff", "leader"]


async def test_returned_list_shows_its_decisions_and_adds_nobody(world, running):
    async with running() as come:
        alice = come("alice")
        page = await send_lines(alice, world, "Ann\tann@x.example\tKapitän\tHR")

        answer = await press_button(alice, world, page, _returned="yes", sure="yes", **{"word:role:kapitän": "leader"})

    assert answer.status_code == 200
    assert "Add 1 person?" in answer.text
    assert list_people(world) == []


async def test_another_address_for_a_duplicate_keeps_its_line(world, running):
    lines = "Ann\tann@x.example\tStaff\tHR\nBen\tann@x.example\tStaff\tHR"
    async with running() as come:
        alice = come("alice")
        page = await send_lines(alice, world, lines)

        checked = await press_button(alice, world, page, **{"fix:1:email": "ben@x.example"})
        await press_button(alice, world, checked, sure="yes")

    assert [each[1] for each in list_people(world)] == ["ann@x.example", "ben@x.example"]
