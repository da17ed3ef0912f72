"""Inviting: all or nothing, links that come once, mending and revoking."""

import pytest
from sqlalchemy import func, select

from assessment.errors import ChangedError, ConflictError, InvalidError
from assessment.services import closing, entering, inviting
from assessment.services.inviting import Guest, Mended
from assessment.storage import tables
from assessment.storage.pages import Place

ANNA = Guest(role="leader", functions=("hr", "marketing"), email=" Anna@Example.org ", name="Anna")
BEN = Guest(role="staff", functions=("hr",))


@pytest.fixture
def survey(world):
    return world.open()


def invite(world, survey, now, *guests):
    with world.writing() as session:
        return inviting.invite(session, world.alice, survey.id, guests, world.library, now)


def test_the_invited_are_listed_in_the_order_given_and_each_has_a_link(world, survey, now):
    first = invite(world, survey, now, ANNA, BEN)
    second = invite(world, survey, now, BEN)

    with world.reading() as session:
        page = inviting.list_invitations(session, world.alice, survey.id, Place(limit=2))
        rest = inviting.list_invitations(session, world.alice, survey.id, Place(page.next_cursor, 2))
        looks = [entering.look(session, each.token) for each in (*first, *second)]

    assert [each.id for each in (*page.data, *rest.data)] == [each.invitation.id for each in (*first, *second)]
    assert (page.data[0].email, page.data[0].functions) == ("anna@example.org", ("hr", "marketing"))
    assert [each.state for each in looks] == ["open"] * 3


def test_one_mistake_and_nobody_is_invited(world, survey, now):
    invite(world, survey, now, ANNA)
    guests = (
        BEN,
        Guest(role="king", functions=("hr",)),
        Guest(role="staff", functions=()),
        Guest(role="staff", functions=("hr", "sales")),
        Guest(role="staff", functions=("hr",), email="not an address"),
        Guest(role="staff", functions=("hr",), email="ANNA@example.org"),
        Guest(role="staff", functions=("hr",), name="\0"),
        Guest(role="consensus", functions=("hr",)),
    )

    with pytest.raises(InvalidError) as refused:
        invite(world, survey, now, *guests)

    assert [(problem.line, problem.pointer) for problem in refused.value.problems] == [
        (2, "/1/role"),
        (3, "/2/functions"),
        (4, "/3/functions"),
        (5, "/4/email"),
        (6, "/5/email"),
        (7, "/6/name"),
        (8, "/7/role"),
    ]
    with world.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.invitation)) == 1


def test_a_consensus_assessment_invites_one_record_per_function(world, now):
    survey = world.open(mode="consensus")

    assert invite(world, survey, now, Guest(role="consensus", functions=("hr",)))
    with pytest.raises(InvalidError):
        invite(world, survey, now, BEN)


def test_mending_a_role_changes_what_is_asked_from_then_on(world, survey, now):
    invited = invite(world, survey, now, BEN)[0]
    before = world.enter(invited.token)

    with world.writing() as session:
        mended = Mended(role="leader", name="Ben")
        held = inviting.change(
            session, world.alice, survey.id, invited.invitation.id, mended, world.library, revision=1
        )

    assert (held.role, held.name, held.revision) == ("leader", "Ben", 2)
    assert (before.role, world.enter(invited.token).role) == ("staff", "leader")
    with world.writing() as session, pytest.raises(ChangedError):
        inviting.change(session, world.alice, survey.id, held.id, mended, world.library, revision=1)


def test_mending_into_something_wrong_is_refused(world, survey, now):
    anna, ben = invite(world, survey, now, ANNA, BEN)
    mended = Mended(role="king", email=anna.invitation.email)

    with world.writing() as session, pytest.raises(InvalidError) as refused:
        inviting.change(session, world.alice, survey.id, ben.invitation.id, mended, world.library)

    assert {problem.pointer for problem in refused.value.problems} == {"/role", "/email"}


def test_a_revoked_invitation_can_be_sent_anew_but_not_mended(world, survey, now):
    invited = invite(world, survey, now, ANNA)[0]
    with world.writing() as session:
        inviting.revoke(session, world.alice, survey.id, invited.invitation.id, now)

    with world.writing() as session, pytest.raises(ConflictError):
        inviting.new_link(session, world.alice, survey.id, invited.invitation.id, now)
    with world.writing() as session, pytest.raises(ConflictError):
        inviting.revoke(session, world.alice, survey.id, invited.invitation.id, now)
    assert invite(world, survey, now, ANNA)


def test_nobody_is_invited_after_the_close(world, survey, now):
    with world.writing() as session:
        closing.close(session, world.alice, survey.id, now, without_results=True)

    with pytest.raises(ConflictError):
        invite(world, survey, now, BEN)
