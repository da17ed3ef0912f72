"""Inviting: all or nothing, links that come once, mending and revoking."""

import pytest
from sqlalchemy import func, select, update

from assessment.errors import ChangedError, ConflictError, InvalidError, LockedError, MailNotAvailableError
from assessment.services import auditing, closing, entering, inviting
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


def change(world, survey, invitation, now, mended, **more):
    with world.writing() as session:
        return inviting.change(session, world.alice, survey.id, invitation.id, mended, world.library, now, **more)


def replace(world, survey, invitation, now, corrected, **more):
    with world.writing() as session:
        return inviting.replace(session, world.alice, survey.id, invitation.id, corrected, world.library, now, **more)


def test_draft_invitation_changes_in_everything(world, now):
    draft = world.draft()
    ben = invite(world, draft, now, BEN)[0].invitation

    held = change(world, draft, ben, now, Mended(role="leader", name="Ben", email="ben@example.org"), revision=1)

    assert (held.role, held.name, held.email, held.revision) == ("leader", "Ben", "ben@example.org", 2)
    assert not held.is_late
    with pytest.raises(ChangedError):
        change(world, draft, ben, now, Mended(role="staff"), revision=1)


def test_invalid_change_of_a_draft_invitation_is_refused(world, now):
    draft = world.draft()
    anna, ben = invite(world, draft, now, ANNA, BEN)

    with pytest.raises(InvalidError) as refused:
        change(world, draft, ben.invitation, now, Mended(role="king", email=anna.invitation.email))

    assert {problem.pointer for problem in refused.value.problems} == {"/role", "/email"}


FIXED = {"role": "leader", "functions": ("marketing",), "email": "other@example.org"}


@pytest.mark.parametrize("field", FIXED)
@pytest.mark.parametrize("has_done", ["nothing", "begun", "sent"])
def test_change_of_an_open_invitation_is_locked_whatever_the_person_has_done(world, survey, now, field, has_done):
    ben = invite(world, survey, now, BEN)[0]
    if has_done != "nothing":
        respondent = world.enter(ben.token)
        if has_done == "sent":
            world.send(respondent)

    with pytest.raises(LockedError) as refused:
        change(world, survey, ben.invitation, now, Mended(**{field: FIXED[field]}))

    assert [problem.pointer for problem in refused.value.problems] == [f"/{field}"]
    assert change(world, survey, ben.invitation, now, Mended(name="Ben", role="staff")).name == "Ben"


def test_order_of_functions_is_not_a_change(world, survey, now):
    anna = invite(world, survey, now, ANNA)[0].invitation

    assert change(world, survey, anna, now, Mended(functions=("marketing", "hr"), email="ANNA@example.org"))


def test_replacement_revokes_the_earlier_invitation_and_is_late(world, survey, now):
    ben = invite(world, survey, now, BEN)[0].invitation

    made = replace(world, survey, ben, now, Mended(role="leader", email="ben@example.org"))

    with world.reading() as session:
        held = inviting.get(session, world.alice, survey.id, ben.id)
        chain = inviting.invitations.chain(session, world.alice, survey.id, made.id)
    assert (made.role, made.functions, made.email) == ("leader", ("hr",), "ben@example.org")
    assert (made.replaces, made.is_late, held.revoked_on) == (ben.id, True, now.date())
    assert chain == (ben.id, made.id)


def test_replacement_in_a_draft_is_not_late(world, now):
    draft = world.draft()
    ben = invite(world, draft, now, BEN)[0].invitation

    assert not replace(world, draft, ben, now, Mended(role="leader")).is_late


def test_invitation_is_replaced_once(world, survey, now):
    ben = invite(world, survey, now, BEN)[0].invitation
    replace(world, survey, ben, now, Mended(role="leader"))

    with pytest.raises(ConflictError, match="replaced already"):
        replace(world, survey, ben, now, Mended(role="leader"))


def test_revoked_invitation_can_be_replaced_with_the_same_address(world, survey, now):
    anna = invite(world, survey, now, ANNA)[0].invitation
    with world.writing() as session:
        inviting.revoke(session, world.alice, survey.id, anna.id, now)

    assert replace(world, survey, anna, now, Mended()).replaces == anna.id


def test_invalid_replacement_changes_nothing(world, survey, now):
    anna, ben = (each.invitation for each in invite(world, survey, now, ANNA, BEN))

    with pytest.raises(InvalidError) as refused:
        replace(world, survey, ben, now, Mended(role="king", email=anna.email))

    with world.reading() as session:
        held = inviting.list_invitations(session, world.alice, survey.id).data
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

    replace(world, survey, ben.invitation, now, Mended(role="leader"))
    with world.writing() as session:
        inviting.revoke(session, world.alice, survey.id, anna.invitation.id, now)

    with world.reading() as session:
        assert [session.execute(select(table)).all() for table in (tables.response, tables.answer)] == before


def test_mail_is_refused_until_the_server_can_send_it(world, survey, now):
    with pytest.raises(MailNotAvailableError):
        invite(world, survey, now, Guest(role="staff", functions=("hr",), email="a@example.org", deliver="mail"))


def test_mailed_invitation_gives_nobody_a_link(world, survey, now):
    ben, anna = (each.invitation for each in invite(world, survey, now, BEN, ANNA))
    with world.writing() as session:
        mailed = tables.invitation.c.id == ben.id
        session.execute(update(tables.invitation).where(mailed).values(deliver="mail"))

    with world.writing() as session, pytest.raises(ConflictError, match="mailed"):
        inviting.new_link(session, world.alice, survey.id, ben.id, now)
    with world.writing() as session:
        made = inviting.new_links(session, world.alice, survey.id, now, everyone=True)
        counted = inviting.count_links(session, world.alice, survey.id)
    assert [each.invitation.id for each in made] == [anna.id]
    assert counted.invited == 1


def test_every_act_on_an_invitation_is_recorded_without_an_address(world, survey, now):
    auditing.attach_secret(world.engine, "a-secret-of-the-server-for-tests-0123456789")
    anna, ben = (each.invitation for each in invite(world, survey, now, ANNA, BEN))
    with world.writing() as session:
        auditing.set_actor(session, "alice@berg.example")
        inviting.new_link(session, world.alice, survey.id, anna.id, now)
    change(world, survey, anna, now, Mended(name="Ann"))
    made = replace(world, survey, ben, now, Mended(role="leader"))
    with world.writing() as session:
        inviting.revoke(session, world.alice, survey.id, anna.id, now)
        inviting.new_links(session, world.alice, survey.id, now, everyone=False)

    with world.reading() as session:
        entries = list(auditing.audit.iterate_entries(session, world.alice))
        links = auditing.links_made(session, world.alice, anna.id)
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
