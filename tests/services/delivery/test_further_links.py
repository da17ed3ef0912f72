"""A link mailed to someone who has one: recorded when a worker takes it, in the name of who asked, never taken back."""

import pytest

from assessment.services.delivery import mailings, queued_mailings
from assessment.services.operations import audit_trail
from assessment.services.people import invitation_changes
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.services.survey import own_drafts
from assessment.storage import database, tables

KIM, SPY = "kim@example.org", "spy@example.org"
CONSULTANT = "cara@consult.example"


@pytest.fixture
def opened(delivery):
    audit_trail.attach_secret(delivery.engine, "s" * 40)
    delivery.open(KIM)
    return delivery


@pytest.fixture
def engine(migrated_sqlite_url):
    """Use one kind of database: the statements are not special."""
    engine = database.make_engine(migrated_sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
async def mailed(opened, worker, mailbox, clock):
    """One person who was mailed yesterday."""
    opened.do(mailings.queue_invitations, clock.now)
    await worker.work_once()
    mailbox.received.clear()
    clock.pass_by(days=1)
    return opened.invited[0].invitation.id


def mail_again(delivery, clock, invitation_id, **options):
    def act(session, key):
        audit_trail.set_actor(session, CONSULTANT)
        return mailings.queue_invitations(session, key, clock.now, [invitation_id], **options)

    return delivery.do(act)


def replace_invitation(delivery, clock, invitation_id, address):
    patch = InvitationPatch(email=address)
    act = invitation_changes.replace_invitation
    return delivery.do(act, invitation_id, patch, delivery.world.catalogue, clock.now).id


def list_announced(delivery, *person):
    with delivery.world.reading() as session:
        return own_drafts.list_announced_links(session, delivery.world.alice, person)


def list_recorded(delivery, action):
    return [(row.actor, row.subject) for row in delivery.rows(tables.audit_entry) if row.action == action]


async def test_undone_mail_announces_no_link(opened, mailed, worker, mailbox, clock):
    mailing = mail_again(opened, clock, mailed, undo=queued_mailings.UNDO_WINDOW)
    with opened.world.writing() as session:
        queued_mailings.cancel_queued(session, opened.world.alice, mailing.id, clock.now)

    clock.pass_by(minutes=1)
    await worker.work_once()

    assert mailbox.received == []
    assert list_announced(opened, mailed) == ()
    assert list_recorded(opened, audit_trail.LINK_QUEUED) == [(CONSULTANT, mailed)]
    assert list_recorded(opened, audit_trail.LINK_MAILED) == []


async def test_link_is_announced_once_taken_with_the_actor_who_asked(opened, mailed, worker, clock):
    mail_again(opened, clock, mailed)
    before = list_announced(opened, mailed)

    await worker.work_once()

    assert before == ()
    assert list_announced(opened, mailed) == (clock.now.date(),)
    assert list_recorded(opened, audit_trail.LINK_MAILED) == [(CONSULTANT, mailed)]
    with opened.world.reading() as session:
        assert own_drafts.find_link_maker(session, opened.world.alice, [mailed]) == CONSULTANT
        assert audit_trail.find_fault(session, opened.world.alice, "s" * 40) is None


async def test_link_is_announced_although_the_mail_server_refuses_what_it_has_read(
    opened, mailed, worker, mailbox, clock
):
    mailbox.refuse_data = lambda _: "451 later"
    mail_again(opened, clock, mailed)

    for _ in range(3):
        await worker.work_once()
        clock.pass_by(hours=1)

    assert len(list_announced(opened, mailed)) == 1  # nor once for each try


async def test_two_mailings_of_a_person_are_two_links(opened, mailed, worker, clock):
    for _ in range(2):
        mail_again(opened, clock, mailed)
        await worker.work_once()

    assert len(list_announced(opened, mailed)) == 2


async def test_replacement_of_someone_who_was_mailed_is_announced(opened, mailed, worker, clock):
    second = replace_invitation(opened, clock, mailed, SPY)
    opened.do(mailings.queue_invitations, clock.now)
    await worker.work_once()

    assert list_announced(opened, mailed, second) == (clock.now.date(),)


async def test_replacement_of_someone_never_mailed_has_the_first_link(opened, worker, clock):
    first = opened.invited[0].invitation.id
    second = replace_invitation(opened, clock, first, SPY)
    opened.do(mailings.queue_invitations, clock.now)
    await worker.work_once()

    assert list_announced(opened, first, second) == ()
