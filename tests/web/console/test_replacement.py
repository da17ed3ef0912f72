"""Correcting an invitation: in place in a draft, by a replacement once the assessment has opened."""

import pytest

from assessment.storage import database, tables

FORM = {"name": "Guest 0", "email": "", "role": "practitioner", "functions": ["marketing"]}


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def build_path(world, assessment, invitation):
    return f"/console/assessments/{assessment}/people/{invitation}/replacement"


async def test_replacement_form_shows_stored_values_and_an_explanation(world, running):
    async with running() as come:
        page = await come("alice").get(build_path(world, world.open, world.invitation))

    assert "Replace the invitation of Guest 0" in page.text
    assert 'value="Guest 0"' in page.text
    assert "It counts as invited after the start." in page.text


async def test_draft_invitation_is_changed_in_place(world, running):
    made = world.invite(world.draft, "staff", 1)[0].invitation
    path = build_path(world, world.draft, made.id)

    async with running() as come:
        alice = come("alice")
        shown = await alice.get(path)
        answer = await alice.post(path, FORM | {"role": "leader", "email": "g@example.org"})
        page = await alice.get(answer.headers["location"])

    (held,) = world.invited(world.draft)
    assert "Change the invitation of Guest 0" in shown.text
    assert "The invitation is changed." in page.text
    assert (held.id, held.role, held.email) == (made.id, "leader", "g@example.org")


async def test_name_of_an_open_invitation_is_changed_in_place(world, running):
    async with running() as come:
        await come("alice").post(build_path(world, world.open, world.invitation), FORM | {"name": "Ann"})

    assert [each.name for each in world.invited(world.open)] == ["Ann", "Guest 1", "Guest 2"]


async def test_changed_role_of_an_open_invitation_makes_a_replacement(world, running):
    async with running() as come:
        alice = come("alice")
        answer = await alice.post(build_path(world, world.open, world.invitation), FORM | {"role": "leader"})
        page = await alice.get(answer.headers["location"])

    first, *_, made = world.invited(world.open)
    assert (made.role, made.replaces, made.is_late) == ("leader", world.invitation, True)
    assert first.revoked_on is not None
    for told in ("The invitation is replaced.", ">replaced<", ">replacement<", ">invited after the start<"):
        assert told in page.text
    assert page.text.count(f"/people/{world.invitation}/") == 0


async def test_incomplete_correction_shows_the_messages_of_the_form(world, running):
    async with running() as come:
        refused = await come("alice").post(build_path(world, world.open, world.invitation), {"name": "Ann"})

    assert refused.status_code == 422
    assert "Choose a role." in refused.text
    assert "Choose at least one function." in refused.text
    assert len(world.invited(world.open)) == 3


async def test_people_page_shows_the_number_of_links(world, running):
    path = f"/console/assessments/{world.open}/people"

    async with running() as come:
        alice = come("alice")
        await alice.post(f"{path}/{world.invitation}/link")
        page = await alice.get(path)

    assert "2 links, the last made on 20 Nov 2026" in page.text
    assert page.text.count("1 link, made on 20 Nov 2026") == 2


async def test_mailed_invitation_has_no_button_for_a_link(world, running):
    with database.write_session(world.engine) as session:
        session.execute(tables.invitation.update().values(deliver="mail"))

    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{world.open}/people")

    assert "Get link" not in page.text
    assert "Links for many people at once" not in page.text


async def test_people_page_warns_that_another_link_is_recorded_and_announced(world, running):
    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{world.open}/people")

    assert "Each further link is recorded with your address and the day, and the person sees that it was made." in (
        page.text
    )
