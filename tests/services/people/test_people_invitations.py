"""Inviting: all or nothing, links that come once, changes, revoking."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from assessment.errors import ChangedError, ConflictError, InvalidError, LockedError, MailNotAvailableError
from assessment.services.assessments import closing
from assessment.services.auth import workspaces
from assessment.services.operations import audit_trail
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.services.people.people_invitations import Invitee
from assessment.services.survey import start_page
from assessment.storage import tables
from assessment.storage.cursor_pagination import PageRequest

ANNA = Invitee(role="leader", functions=("hr", "marketing"), email=" Anna@Example.org ", name="Anna")
BEN = Invitee(role="staff", functions=("hr",))


@pytest.fixture
def survey(world):
    return world.open()


def invite(world, survey, now, *guests):
    with world.writing() as session:
        return people_invitations.invite_people(session, survey.key, guests, world.catalogue, now)


def test_invitations_are_listed_in_input_order_with_a_link_each(world, survey, now):
    first = invite(world, survey, now, ANNA, BEN)
    second = invite(world, survey, now, BEN)

    with world.reading() as session:
        page = people_invitations.list_invitations(session, survey.key, PageRequest(limit=2))
        rest = people_invitations.list_invitations(session, survey.key, PageRequest(page.next_cursor, 2))
        looks = [start_page.load_start_page(session, each.token) for each in (*first, *second)]

    assert [each.id for each in (*page.data, *rest.data)] == [each.invitation.id for each in (*first, *second)]
    assert (page.data[0].email, page.data[0].functions) == ("anna@example.org", ("hr", "marketing"))
    assert [each.state for each in looks] == ["open"] * 3


def test_days_of_an_invitation_are_those_of_the_workspace(world, survey, now):
    with world.writing() as session:
        workspaces.set_time_zone(session, world.alice, "Pacific/Honolulu", now)
    night = now.replace(hour=3)  # 5 in the afternoon of the day before

    (invited,) = invite(world, survey, night, ANNA)
    with world.writing() as session:
        people_invitations.revoke_invitation(session, survey.key, invited.invitation.id, night)

    with world.reading() as session:
        (invitation,) = people_invitations.list_invitations(session, survey.key).data
        (link,) = session.execute(select(tables.invitation_link.c.created_on)).scalars()
    yesterday = night.date() - timedelta(days=1)
    assert (invitation.created_on, invitation.revoked_on, link) == (yesterday, yesterday, yesterday)


def test_invalid_person_in_a_list_prevents_all_invitations(world, survey, now):
    invite(world, survey, now, ANNA)
    guests = (
        BEN,
        Invitee(role="king", functions=("hr",)),
        Invitee(role="staff", functions=()),
        Invitee(role="staff", functions=("hr", "sales")),
        Invitee(role="staff", functions=("hr",), email="not an address"),
        Invitee(role="staff", functions=("hr",), email="ANNA@example.org"),
        Invitee(role="staff", functions=("hr",), name="\0"),
        Invitee(role="consensus", functions=("hr",)),
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


def test_consensus_assessment_invites_one_record_per_function(world, now):
    survey = world.open(mode="consensus")

    assert invite(world, survey, now, Invitee(role="consensus", functions=("hr",)))
    with pytest.raises(InvalidError):
        invite(world, survey, now, BEN)


def change(world, survey, invitation, now, mended, **more):
    with world.writing() as session:
        return invitation_changes.update_invitation(
            session, survey.key, invitation.id, mended, world.catalogue, now, **more
        )


def replace(world, survey, invitation, now, corrected, **more):
    with world.writing() as session:
        return invitation_changes.replace_invitation(
            session, survey.key, invitation.id, corrected, world.catalogue, now, **more
        )


def test_all_fields_of_a_draft_invitation_can_change(world, now):
    draft = world.draft()
    ben = invite(world, draft, now, BEN)[0].invitation

    held = change(
        world, draft, ben, now, InvitationPatch(role="leader", name="Ben", email="ben@example.org"), revision=1
    )

    assert (held.role, held.name, held.email, held.revision) == ("leader", "Ben", "ben@example.org", 2)
    assert not held.is_late
    with pytest.raises(ChangedError):
        change(world, draft, ben, now, InvitationPatch(role="staff"), revision=1)


def test_invalid_change_of_a_draft_invitation_is_refused(world, now):
    draft = world.draft()
    anna, ben = invite(world, draft, now, ANNA, BEN)

    with pytest.raises(InvalidError) as refused:
        change(world, draft, ben.invitation, now, InvitationPatch(role="king", email=anna.invitation.email))

    assert {problem.pointer for problem in refused.value.problems} == {"/role", "/email"}


FIXED = {"role": "leader", "functions": ("marketing",), "email": "other@example.org"}


@pytest.mark.parametrize("field", FIXED)
@pytest.mark.parametrize("has_done", ["nothing", "begun", "sent"])
def test_invitation_fields_are_locked_after_the_opening_in_every_response_state(world, survey, now, field, has_done):
    ben = invite(world, survey, now, BEN)[0]
    if has_done != "nothing":
        respondent = world.enter(ben.token)
        if has_done == "sent":
            world.send(respondent)

    with pytest.raises(LockedError) as refused:
        change(world, survey, ben.invitation, now, InvitationPatch(**{field: FIXED[field]}))

    assert [problem.pointer for problem in refused.value.problems] == [f"/{field}"]
    assert change(world, survey, ben.invitation, now, InvitationPatch(name="Ben", role="staff")).name == "Ben"


def test_order_of_functions_is_not_a_change(world, survey, now):
    anna = invite(world, survey, now, ANNA)[0].invitation

    assert change(world, survey, anna, now, InvitationPatch(functions=("marketing", "hr"), email="ANNA@example.org"))


def test_replacement_revokes_the_earlier_invitation_and_is_late(world, survey, now):
    ben = invite(world, survey, now, BEN)[0].invitation

    made = replace(world, survey, ben, now, InvitationPatch(role="leader", email="ben@example.org"))

    with world.reading() as session:
        held = people_invitations.get_invitation(session, survey.key, ben.id)
        chain = people_invitations.replaced_invitations.find_replacement_chain(session, survey.key, made.id)
    assert (made.role, made.functions, made.email) == ("leader", ("hr",), "ben@example.org")
    assert (made.replaces, made.is_late, held.revoked_on) == (ben.id, True, now.date())
    assert chain == (ben.id, made.id)


def test_replacement_in_a_draft_is_not_late(world, now):
    draft = world.draft()
    ben = invite(world, draft, now, BEN)[0].invitation

    assert not replace(world, draft, ben, now, InvitationPatch(role="leader")).is_late


def test_second_replacement_of_an_invitation_is_refused(world, survey, now):
    ben = invite(world, survey, now, BEN)[0].invitation
    replace(world, survey, ben, now, InvitationPatch(role="leader"))

    with pytest.raises(ConflictError, match="replaced already"):
        replace(world, survey, ben, now, InvitationPatch(role="leader"))


def test_revoked_invitation_can_be_replaced_with_the_same_address(world, survey, now):
    anna = invite(world, survey, now, ANNA)[0].invitation
    with world.writing() as session:
        people_invitations.revoke_invitation(session, survey.key, anna.id, now)

    assert replace(world, survey, anna, now, InvitationPatch()).replaces == anna.id


def test_invalid_replacement_changes_nothing(world, survey, now):
    anna, ben = (each.invitation for each in invite(world, survey, now, ANNA, BEN))

    with pytest.raises(InvalidError) as refused:
        replace(world, survey, ben, now, InvitationPatch(role="king", email=anna.email))

    with world.reading() as session:
        held = people_invitations.list_invitations(session, survey.key).data
    assert {problem.pointer for problem in refused.value.problems} == {"/role", "/email"}
    assert [each.revoked_on for each in held] == [None, None]


@pytest.mark.parametrize("has_done", ["begun", "sent"])
def test_replacement_and_revocation_delete_nothing(world, survey, now, questionnaire, has_done):
    ben, anna = invite(world, survey, now, BEN, ANNA)
    for each in (ben, anna):
        respondent = world.enter(each.token)
        world.answer(questionnaire, respondent)
        if has_done == "sent":
            world.send(respondent)
    with world.reading() as session:
        before = [session.execute(select(table)).all() for table in (tables.response, tables.answer)]

    replace(world, survey, ben.invitation, now, InvitationPatch(role="leader"))
    with world.writing() as session:
        people_invitations.revoke_invitation(session, survey.key, anna.invitation.id, now)

    with world.reading() as session:
        assert [session.execute(select(table)).all() for table in (tables.response, tables.answer)] == before


def test_mail_delivery_without_a_mail_server_is_refused(world, survey, now):
    with pytest.raises(MailNotAvailableError):
        invite(world, survey, now, Invitee(role="staff", functions=("hr",), email="a@example.org", deliver="mail"))


def test_mailed_invitation_gives_consultants_no_link(world, survey, now):
    ben, anna = (each.invitation for each in invite(world, survey, now, BEN, ANNA))
    with world.writing() as session:
        mailed = tables.invitation.c.id == ben.id
        session.execute(update(tables.invitation).where(mailed).values(deliver="mail"))

    with world.writing() as session, pytest.raises(ConflictError, match="mailed"):
        people_invitations.create_link(session, survey.key, ben.id, now)
    with world.writing() as session:
        made = people_invitations.create_links(session, survey.key, now, everyone=True)
        counted = people_invitations.count_links(session, survey.key)
    assert [each.invitation.id for each in made] == [anna.id]
    assert counted.invited == 1


def test_audit_entries_of_invitations_contain_no_address(world, survey, now):
    audit_trail.attach_secret(world.engine, "a-secret-of-the-server-for-tests-0123456789")
    anna, ben = (each.invitation for each in invite(world, survey, now, ANNA, BEN))
    with world.writing() as session:
        audit_trail.set_actor(session, "alice@berg.example")
        people_invitations.create_link(session, survey.key, anna.id, now)
    change(world, survey, anna, now, InvitationPatch(name="Ann"))
    made = replace(world, survey, ben, now, InvitationPatch(role="leader"))
    with world.writing() as session:
        people_invitations.revoke_invitation(session, survey.key, anna.id, now)
        people_invitations.create_links(session, survey.key, now, everyone=False)

    with world.reading() as session:
        entries = list(audit_trail.audit_log.iterate_entries(session, world.alice))
        links = audit_trail.list_links(session, world.alice, anna.id)
    assert [(each.action, each.subject) for each in entries] == [
        ("invitations.created", survey.id),
        ("link.made", anna.id),
        ("link.made", ben.id),
        ("link.made", anna.id),
        ("invitation.changed", anna.id),
        ("invitation.replaced", ben.id),
        ("invitation.revoked", anna.id),
        ("link.made", made.id),
    ]
    assert [(each.number, each.actor) for each in links] == [(1, "server"), (2, "alice@berg.example")]
    assert "example.org" not in str(entries)


def test_revoked_invitation_can_be_invited_again_but_not_changed(world, survey, now):
    invited = invite(world, survey, now, ANNA)[0]
    with world.writing() as session:
        people_invitations.revoke_invitation(session, survey.key, invited.invitation.id, now)

    with world.writing() as session, pytest.raises(ConflictError):
        people_invitations.create_link(session, survey.key, invited.invitation.id, now)
    with world.writing() as session, pytest.raises(ConflictError):
        people_invitations.revoke_invitation(session, survey.key, invited.invitation.id, now)
    assert invite(world, survey, now, ANNA)


def test_inviting_after_the_close_is_refused(world, survey, now):
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now, without_results=True)

    with pytest.raises(ConflictError):
        invite(world, survey, now, BEN)
