"""Reminders, closing notices and results: who gets them, and what numbers show."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from assessment.domain.closed_sets import MailKind
from assessment.errors import ConflictError, InvalidError, MailNotAvailableError
from assessment.services.assessments import closing
from assessment.services.auth import workspaces
from assessment.services.delivery import mail_queue, mail_settings, mailings, queued_mailings, reminder_plans
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.operations import audit_trail
from assessment.services.people import invitation_changes, people_invitations, progress
from assessment.services.survey import own_drafts
from assessment.storage import assessments, tables
from assessment.storage.delivery import mailings as delivery_mailings
from assessment.storage.delivery.reminder_plans import ReminderPlan

ADDRESSES = ("ann@example.org", "ben@example.org", "cem@example.org")


@pytest.fixture
async def mailed(delivery, worker, mailbox, clock):
    """Three people mailed three days ago."""

    async def mail(*addresses, **values):
        delivery.open(*(addresses or ADDRESSES), **values)
        delivery.do(mailings.queue_invitations, clock.now)
        await drain(worker)
        mailbox.received.clear()
        clock.pass_by(days=3)
        return delivery

    return mail


async def drain(worker):
    while await worker.work_once():
        pass


async def test_reminder_goes_to_those_who_have_not_sent(mailed, delivery, worker, mailbox, clock):
    await mailed()
    delivery.answer("ann@example.org")
    delivery.answer("ben@example.org", sent=False)

    delivery.do(mailings.queue_reminders, clock.now)
    await drain(worker)

    assert mailbox.addresses == ["ben@example.org", "cem@example.org"]


async def test_reminder_count_is_the_same_whether_one_person_has_sent(mailed, delivery, clock):
    await mailed()
    delivery.do(lambda session, key: progress.count_if_due(session, key, clock.now))
    delivery.answer("ann@example.org")
    clock.pass_by(minutes=59)

    queued = delivery.do(mailings.queue_reminders, clock.now)

    assert queued.shown_count == 3
    assert len([row for row in delivery.rows() if row.kind == "reminder"]) == 3  # the worker leaves out who has sent


@pytest.mark.parametrize("act", ["nothing", "sent", "unsubscribed"])
async def test_rate_limit_does_not_show_who_is_reminded(mailed, delivery, mail, mailbox, clock, act):
    """Someone who fills the limit with mails of their own could see by their delay whether a reminder went out."""
    await mailed()
    if act == "sent":
        delivery.answer("ann@example.org")
    elif act == "unsubscribed":
        with delivery.world.writing() as session:
            ann = delivery.invited[0].invitation.id
            delivery_mailings.set_unsubscribed(session, delivery.world.alice, [ann], clock.now.date())
    slow = OutboxWorker(delivery.engine, replace(mail, mails_per_minute=3), clock)
    delivery.do(mailings.queue_reminders, clock.now)
    delivery.do(mailings.queue_test_mail, MailKind.REMINDER, "cara@example.org", clock.now + timedelta(seconds=1))

    clock.pass_by(seconds=2)
    await drain(slow)

    reminded = ["ann@example.org"] * (act == "nothing") + ["ben@example.org", "cem@example.org"]
    assert mailbox.addresses == reminded  # the fourth mail waits for the next minute


async def test_revoked_people_are_in_the_reminder_count_but_get_none(mailed, delivery, worker, mailbox, clock):
    await mailed()
    delivery.do(people_invitations.revoke_invitation, delivery.invited[0].invitation.id, clock.now)

    queued = delivery.do(mailings.queue_reminders, clock.now)
    await drain(worker)

    assert queued.shown_count == 3
    assert mailbox.addresses == ["ben@example.org", "cem@example.org"]


async def test_replaced_person_who_has_sent_gets_no_reminder(mailed, delivery, worker, mailbox, clock):
    await mailed()
    delivery.answer("ann@example.org")
    first = delivery.invited[0].invitation
    delivery.do(
        invitation_changes.replace_invitation,
        first.id,
        invitation_changes.InvitationPatch(email="anna@example.org"),
        delivery.world.catalogue,
        clock.now,
    )
    delivery.do(mailings.queue_invitations, clock.now)
    await drain(worker)
    mailbox.received.clear()
    clock.pass_by(days=3)

    delivery.do(mailings.queue_reminders, clock.now)
    await drain(worker)

    assert mailbox.addresses == ["ben@example.org", "cem@example.org"]


async def test_mailbox_of_a_replacement_is_reminded_until_the_person_sends(mailed, delivery, worker, mailbox, clock):
    await mailed()
    change = invitation_changes.replace_invitation
    patch = invitation_changes.InvitationPatch(email="spy@example.org")
    delivery.do(change, delivery.invited[0].invitation.id, patch, delivery.world.catalogue, clock.now)
    delivery.do(mailings.queue_invitations, clock.now)
    await drain(worker)

    reminded = []
    for sends in (False, True):
        mailbox.received.clear()
        clock.pass_by(days=3)
        if sends:
            delivery.answer("ann@example.org")  # through the first invitation
        delivery.do(mailings.queue_reminders, clock.now)
        await drain(worker)
        reminded.append("spy@example.org" in mailbox.addresses)

    assert reminded == [True, False]


async def test_anonymous_reminder_goes_to_everyone_and_says_so(mailed, delivery, worker, mailbox, clock):
    await mailed(confidentiality="anonymous")

    queued = delivery.do(mailings.queue_reminders, clock.now)
    await drain(worker)

    assert queued.shown_count == 3
    assert mailbox.addresses == sorted(ADDRESSES)
    sentence = "We can’t see whether you have answered; if so, ignore this."
    assert all(sentence in each.text and "ignore this." in each.html for each in mailbox.received)


async def test_person_who_sends_after_queueing_gets_no_reminder(mailed, delivery, worker, mailbox, clock):
    await mailed()
    delivery.do(mailings.queue_reminders, clock.now)
    delivery.answer("ann@example.org")

    await drain(worker)

    assert mailbox.addresses == ["ben@example.org", "cem@example.org"]


async def test_reminders_are_at_most_three_and_a_day_apart(mailed, delivery, clock):
    await mailed()
    midnight = (clock.now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    waits = []
    for _ in range(3):
        delivery.do(mailings.queue_reminders, clock.now)
        with pytest.raises(ConflictError) as refused:
            delivery.do(mailings.queue_reminders, clock.now)
        waits.append(refused.value.retry_after)
        clock.pass_by(days=1)

    with pytest.raises(ConflictError, match="Three reminders") as refused:
        delivery.do(mailings.queue_reminders, clock.now)
    assert waits == [(midnight - clock.now).seconds, (midnight - clock.now).seconds, None]
    assert refused.value.retry_after is None
    assert delivery.do(mailings.preview_reminder, clock.now).left == 0


async def test_first_reminder_before_three_days_is_refused_with_the_day(delivery, worker, clock):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)
    await drain(worker)
    clock.pass_by(days=2)

    with pytest.raises(ConflictError, match="2026-03-05") as refused:
        delivery.do(mailings.queue_reminders, clock.now)

    again = clock.now + timedelta(seconds=refused.value.retry_after)
    assert again.isoformat() == "2026-03-05T00:00:00+00:00"


async def test_undone_reminder_does_not_count(mailed, delivery, clock):
    await mailed()
    mailing = delivery.do(mailings.queue_reminders, clock.now, undo=queued_mailings.UNDO_WINDOW)

    with delivery.world.writing() as session:
        queued_mailings.cancel_queued(session, delivery.world.alice, mailing.id, clock.now + timedelta(seconds=10))

    preview = delivery.do(mailings.preview_reminder, clock.now)
    assert (preview.sent, preview.left, preview.refusal) == (0, 3, "")


async def test_plan_queues_reminders_in_send_hours_only(mailed, delivery, worker, mailbox, clock):
    await mailed()
    delivery.do(reminder_plans.save_plan, ReminderPlan(send_from=9, send_until=17), clock.now)
    clock.now = clock.now.replace(hour=8)
    early = reminder_plans.queue_due_mailings(delivery.engine, clock.now)
    clock.now = clock.now.replace(hour=9)

    due = reminder_plans.queue_due_mailings(delivery.engine, clock.now)
    again = reminder_plans.queue_due_mailings(delivery.engine, clock.now)
    await drain(worker)

    assert (early, due, again) == (0, 1, 0)
    assert len(mailbox.received) == 3


async def test_plan_lists_what_is_to_come(mailed, delivery, clock):
    await mailed(closes_on=clock.now.date() + timedelta(days=14))
    delivery.do(reminder_plans.save_plan, ReminderPlan(every_days=4, closing_notice_days=2), clock.now)

    planned = delivery.do(reminder_plans.list_planned_mailings)

    days = [(each.kind, each.number, each.due_at.day, each.due_at.hour) for each in planned]
    assert days == [("reminder", 1, 5, 9), ("reminder", 2, 9, 9), ("reminder", 3, 13, 9), ("closing-soon", 1, 14, 9)]


async def test_plan_queues_no_reminder_after_the_closing_notice(mailed, delivery, clock):
    await mailed(closes_on=clock.now.date() + timedelta(days=9))
    delivery.do(reminder_plans.save_plan, ReminderPlan(every_days=4, closing_notice_days=2), clock.now)
    clock.now = clock.now.replace(hour=9)
    reminder_plans.queue_due_mailings(delivery.engine, clock.now)
    clock.pass_by(days=4)  # the day of the notice, and of the second reminder without it

    notice = reminder_plans.queue_due_mailings(delivery.engine, clock.now)
    clock.pass_by(seconds=30)
    soon = reminder_plans.queue_due_mailings(delivery.engine, clock.now)
    clock.pass_by(days=1)
    next_day = reminder_plans.queue_due_mailings(delivery.engine, clock.now)

    kinds = [row.kind for row in delivery.rows(tables.mailing)]
    assert (notice, soon, next_day) == (1, 0, 0)
    assert sorted(kinds) == ["closing-soon", "invitation", "reminder"]
    assert delivery.do(reminder_plans.list_planned_mailings) == ()


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Honolulu"])
async def test_planned_reminder_is_queued_on_its_day_in_the_time_zone_of_the_workspace(
    delivery, worker, clock, caplog, zone
):
    mailed_at = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo(zone))
    clock.now = mailed_at.astimezone(UTC)
    with delivery.world.writing() as session:
        workspaces.set_time_zone(session, delivery.world.alice, zone, clock.now)
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)
    await drain(worker)
    delivery.do(reminder_plans.save_plan, ReminderPlan(), clock.now)

    clock.now = mailed_at.replace(day=4, hour=9).astimezone(UTC)
    early = reminder_plans.queue_due_mailings(delivery.engine, clock.now)
    clock.now = mailed_at.replace(day=5, hour=9).astimezone(UTC)
    due = reminder_plans.queue_due_mailings(delivery.engine, clock.now)

    assert {row.mailed_on for row in delivery.rows(tables.invitation)} == {mailed_at.date()}
    assert (early, due) == (0, 1)
    assert len([row for row in delivery.rows() if row.kind == "reminder"]) == 3
    assert caplog.messages == []


async def test_day_of_a_reminder_ends_at_midnight_in_the_time_zone_of_the_workspace(mailed, delivery, clock):
    zone = "Pacific/Auckland"
    with delivery.world.writing() as session:
        workspaces.set_time_zone(session, delivery.world.alice, zone, clock.now)
    await mailed()
    clock.now = datetime(2026, 3, 6, 9, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    delivery.do(mailings.queue_reminders, clock.now)

    clock.now = datetime(2026, 3, 6, 23, 59, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # in UTC, the day changed at 13:00
    with pytest.raises(ConflictError, match="today") as refused:
        delivery.do(mailings.queue_reminders, clock.now)
    clock.pass_by(minutes=1)
    again = delivery.do(mailings.queue_reminders, clock.now)

    assert refused.value.retry_after == 60
    assert again.kind == MailKind.REMINDER


async def test_plan_that_someone_was_faster_than_is_no_error(mailed, delivery, clock, caplog, monkeypatch):
    await mailed()
    delivery.do(reminder_plans.save_plan, ReminderPlan(), clock.now)
    monkeypatch.setattr(mailings, "_find_refusal", lambda *_: (mailings.REMINDED_TODAY, clock.now.date()))

    count = reminder_plans.queue_due_mailings(delivery.engine, clock.now)

    assert count == 0
    assert caplog.messages == []


async def test_stopped_plan_queues_nothing(mailed, delivery, clock):
    await mailed()
    delivery.do(reminder_plans.save_plan, ReminderPlan(), clock.now)

    delivery.do(reminder_plans.stop_plan, clock.now)

    assert reminder_plans.queue_due_mailings(delivery.engine, clock.now) == 0
    assert delivery.do(reminder_plans.list_planned_mailings) == ()


async def test_plan_out_of_range_is_refused(mailed, delivery, clock):
    await mailed()

    with pytest.raises(InvalidError) as refused:
        delivery.do(reminder_plans.save_plan, ReminderPlan(reminders=4, first_after_days=2, send_until=5), clock.now)

    assert {each.pointer for each in refused.value.problems} == {"/reminders", "/first_after_days", "/send_until"}


async def test_closing_notice_is_sent_once(mailed, delivery, worker, mailbox, clock):
    await mailed(closes_on=clock.now.date() + timedelta(days=5))

    delivery.do(mailings.queue_closing_notice, clock.now)
    await drain(worker)

    assert all("5" not in each.message["Subject"] or "7 March 2026" in each.text for each in mailbox.received)
    assert len(mailbox.received) == 3
    with pytest.raises(ConflictError):
        delivery.do(mailings.queue_closing_notice, clock.now)


@pytest.mark.parametrize("shares", [True, False])
async def test_results_mail_goes_to_everyone_mailed_where_promised(
    delivery, worker, mailbox, clock, questionnaire, shares
):
    delivery.open(*ADDRESSES, share_results=shares, confidentiality="attributable")
    delivery.do(mailings.queue_invitations, clock.now)
    await drain(worker)
    for received in mailbox.received[:2]:
        token = re.search(r"/s/(\S+)", received.text).group(1)
        respondent = delivery.world.enter(token)
        delivery.world.answer(questionnaire, respondent)
        delivery.world.send(respondent)
    mailbox.received.clear()

    delivery.do(lambda session, key: closing.close_assessment(session, key, clock.now, without_results=True))
    await drain(worker)

    assert mailbox.addresses == (sorted(ADDRESSES) if shares else [])
    assert all("results" in each.message["Subject"] for each in mailbox.received)


async def test_plan_without_results_mails_none_at_the_close(mailed, delivery, worker, mailbox, clock):
    await mailed(share_results=True)
    delivery.do(reminder_plans.save_plan, ReminderPlan(sends_results=False), clock.now)

    with delivery.world.writing() as session:
        held = assessments.find_assessment(session, delivery.held.key, lock=True)
        queued = mailings.queue_results(session, held, clock.now)

    assert queued is None


async def test_mails_queued_at_the_close_are_not_sent(mailed, delivery, worker, mailbox, clock):
    await mailed()
    delivery.do(mailings.queue_reminders, clock.now)

    delivery.do(lambda session, key: closing.close_assessment(session, key, clock.now, without_results=True))
    await drain(worker)

    assert mailbox.received == []


async def test_finished_reminders_leave_no_rows(mailed, delivery, worker, clock):
    await mailed()
    delivery.do(mailings.queue_reminders, clock.now)
    await drain(worker)
    clock.pass_by(minutes=2)

    worker._queue_due_and_purge()

    assert {row.kind for row in delivery.rows()} == {"invitation"}
    assert {row.taken_at for row in delivery.rows()} == {None}


async def test_link_of_a_reminder_is_counted_nowhere(mailed, delivery, worker, clock):
    await mailed()
    delivery.answer("ann@example.org")
    people = [each.invitation for each in delivery.invited]

    delivery.do(mailings.queue_reminders, clock.now)
    await drain(worker)

    with delivery.world.reading() as session:
        counts = people_invitations.count_links_by_invitation(session, delivery.world.alice, people)
        days = [own_drafts.list_announced_links(session, delivery.world.alice, [each.id]) for each in people]
    assert counts == {}
    assert days == [(), (), ()]


async def test_audit_log_of_a_reminder_names_no_person(mailed, delivery, worker, clock):
    audit_trail.attach_secret(delivery.engine, "s" * 40)
    await mailed()
    delivery.answer("ann@example.org")

    delivery.do(mailings.queue_reminders, clock.now)
    await drain(worker)

    entries = [row for row in delivery.rows(tables.audit_entry) if row.action == mail_queue.MAILS_QUEUED]
    assert [(row.subject, row.details["mails"]) for row in entries] == [(delivery.held.id, 3), (delivery.held.id, 2)]
    ids = {each.invitation.id for each in delivery.invited}
    assert not {row.subject for row in entries} & ids


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
async def test_invitation_mailed_again_is_recorded_and_announced_whatever_the_person_did(
    mailed, delivery, worker, clock, confidentiality
):
    audit_trail.attach_secret(delivery.engine, "s" * 40)
    await mailed(confidentiality=confidentiality)
    ids = [each.invitation.id for each in delivery.invited]
    if confidentiality == "confidential":
        delivery.answer("ann@example.org")

    delivery.do(mailings.queue_reminders, clock.now)
    clock.pass_by(days=1)
    delivery.do(mailings.queue_invitations, clock.now, ids[:2])
    delivery.do(mailings.queue_invitations, clock.now, ids[:2])  # a double click: both are queued already
    await drain(worker)

    entries = [row for row in delivery.rows(tables.audit_entry) if row.action == audit_trail.LINK_MAILED]
    assert sorted(row.subject for row in entries) == sorted(ids[:2])
    with delivery.world.reading() as session:
        days = [own_drafts.list_announced_links(session, delivery.world.alice, [id_]) for id_ in ids]
        links = audit_trail.list_links(session, delivery.world.alice, ids[0])
    assert days == [(clock.now.date(),), (clock.now.date(),), ()]
    assert [(each.number, each.made_on) for each in links] == [(0, clock.now.date())]


async def test_first_mails_are_not_announced(delivery, worker, clock):
    audit_trail.attach_secret(delivery.engine, "s" * 40)
    delivery.open(*ADDRESSES)
    ids = [each.invitation.id for each in delivery.invited]

    delivery.do(mailings.queue_invitations, clock.now, ids[:1])
    delivery.do(mailings.queue_invitations, clock.now)
    await drain(worker)

    with delivery.world.reading() as session:
        assert own_drafts.list_announced_links(session, delivery.world.alice, ids) == ()


async def test_without_mail_settings_mail_is_refused(world, clock, engine):
    held = world.open()

    with world.writing() as session, pytest.raises(MailNotAvailableError):
        people_invitations.invite_people(
            session,
            held.key,
            [people_invitations.Invitee(role="staff", functions=("hr",), email="a@example.org", deliver="mail")],
            world.catalogue,
            clock.now,
        )
    with world.writing() as session, pytest.raises(MailNotAvailableError):
        mailings.queue_invitations(session, held.key, clock.now)
    assert mail_settings.find_mail(session) is None


async def test_mail_delivery_needs_an_address(delivery):
    held = delivery.world.open()

    with pytest.raises(InvalidError) as refused:
        delivery.invite(held, None, "a,b@example.org")

    assert [each.pointer for each in refused.value.problems] == ["/0/email", "/1/email"]
