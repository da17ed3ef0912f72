"""Several people corrected at once: a role or functions for all of them, or what each of them reported."""

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.services.people import people_invitations
from assessment.services.survey import role_reporting
from assessment.storage import database
from tests.web import people


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def list_active(world, assessment):
    return {
        invitation.name: (invitation.role, invitation.functions, invitation.replaces is not None)
        for invitation in world.invited(assessment)
        if invitation.revoked_on is None
    }


async def post_chosen(client, world, chosen, assessment="", **form):
    path = f"/console/assessments/{assessment or world.open}/people/chosen"
    return await client.post(path, {"chosen": [each.id for each in chosen], "act": "replace"} | form)


async def test_chosen_people_are_listed_before_anything_is_replaced(world, running):
    first, second, _ = world.invited(world.open)
    async with running() as come:
        page = await post_chosen(come("alice"), world, [first, second])

    assert page.status_code == 200
    assert "Replace 2 invitations" in page.text
    assert [each.revoked_on for each in world.invited(world.open)] == [None] * 3


async def test_chosen_people_are_replaced_with_one_role_and_keep_their_areas(world, running):
    first, second, third = world.invited(world.open)
    async with running() as come:
        alice = come("alice")
        answer = await post_chosen(alice, world, [first, second], role="leader", sure="yes")
        page = await alice.get(answer.headers["location"])

    assert "The invitations are replaced." in page.text
    assert list_active(world, world.open) == {
        first.name: ("leader", first.functions, True),
        second.name: ("leader", second.functions, True),
        third.name: (third.role, third.functions, False),
    }
    assert [each.is_late for each in world.invited(world.open) if each.replaces] == [True, True]
    assert [each.revoked_on is not None for each in world.invited(world.open)[:3]] == [True, True, False]


async def test_people_who_reported_their_role_get_it_and_others_the_chosen_one(world, running):
    first, second, third = world.invited(world.open)
    linked = world.invite(world.open, "staff", 1)[0]
    with database.write_session(world.engine) as session:
        role_reporting.report_role(session, linked.token, "leader", ["hr", "marketing"], people.NOW)
    form = {"role": "practitioner", "functions": ["hr"], "reported": "yes", "sure": "yes"}
    async with running() as come:
        alice = come("alice")
        asked = await post_chosen(alice, world, [first, linked.invitation])
        await post_chosen(alice, world, [first, linked.invitation], **form)

    active = [each for each in world.invited(world.open) if each.revoked_on is None and each.replaces]
    assert "1 person gets what they said themselves" in asked.text
    assert {each.replaces: (each.role, set(each.functions)) for each in active} == {
        first.id: ("practitioner", {"hr"}),
        linked.invitation.id: ("leader", {"hr", "marketing"}),
    }
    assert {second.id, third.id} <= {each.id for each in world.invited(world.open) if each.revoked_on is None}


async def test_people_who_have_the_chosen_role_keep_their_invitation(world, running):
    first, *_ = world.invited(world.open)
    form = {"role": first.role, "functions": list(reversed(first.functions)), "sure": "yes"}
    async with running() as come:
        refused = await post_chosen(come("alice"), world, [first], **form)

    assert refused.status_code == 422
    assert "Choose what is to be different" in refused.text
    assert [each.revoked_on for each in world.invited(world.open)] == [None] * 3


async def test_unknown_role_is_refused_and_nobody_is_replaced(world, running):
    first, second, _ = world.invited(world.open)
    async with running() as come:
        refused = await post_chosen(come("alice"), world, [first, second], role="king", sure="yes")

    assert refused.status_code == 422
    assert 'href="#role"' in refused.text
    assert len(world.invited(world.open)) == 3


async def test_revoked_people_are_left_out_of_a_replacement(world, running):
    first, second, _ = world.invited(world.open)
    with database.write_session(world.engine) as session:
        people_invitations.revoke_invitation(session, AssessmentKey(world.home, world.open), first.id, people.NOW)
    async with running() as come:
        alice = come("alice")
        nobody = await post_chosen(alice, world, [first])
        one = await post_chosen(alice, world, [first, second])

    assert "All of these invitations are revoked or replaced already." in nobody.text
    assert "Replace 1 invitation<" in one.text


async def test_draft_invitations_are_changed_in_place(world, running):
    invited = [linked.invitation for linked in world.invite(world.draft, "staff", 2)]
    async with running() as come:
        alice = come("alice")
        answer = await post_chosen(alice, world, invited, world.draft, functions=["hr"], sure="yes")
        page = await alice.get(answer.headers["location"])

    assert "The invitations are changed." in page.text
    assert [(each.id, each.functions) for each in world.invited(world.draft)] == [
        (each.id, ("hr",)) for each in invited
    ]
