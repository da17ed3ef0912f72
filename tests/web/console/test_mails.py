"""The page “Mails”: invitations sent and undone, reminders, plans, texts; by a real mail server on loopback."""

import re
from datetime import timedelta

from sqlalchemy import select

from assessment.storage import database, tables
from tests.web import people
from tests.web.console.conftest import send_all

LINES = "Ann Lee, ann@example.org, leader, marketing\nKim Berg, kim@example.org, staff, hr\nPat, , staff, hr"
QUEUED = re.compile(r"mails-queued:(\w+)")


def build_mails_path(world):
    return f"/console/assessments/{world.open}/mails"


async def add_people(alice, world, lines=LINES, deliver="mail"):
    form = {"lines": lines, "sure": "yes", "deliver": deliver}
    return await alice.post(f"/console/assessments/{world.open}/people/lines", form)


async def send_invitations(alice, world, number=2):
    return await alice.post(f"{build_mails_path(world)}/invitations", {"number": str(number)})


def backdate_mails(world, days=3):
    """Let the first mails be that old; a session of the console would not last so long."""
    day = people.NOW.date() - timedelta(days=days)
    with database.write_session(world.engine) as session:
        session.execute(
            tables.invitation.update().where(tables.invitation.c.mailed_on.is_not(None)).values(mailed_on=day)
        )
        session.execute(tables.people_summary.delete())


def read_states(world):
    with database.read_session(world.engine) as session:
        return sorted(session.scalars(select(tables.outbox.c.state)))


async def test_list_is_invited_sent_and_opened(world, mail_app, worker, clock, mailbox):
    async with mail_app() as come:
        alice = come("alice")
        added = await alice.get((await add_people(alice, world)).headers["location"])
        page = await alice.get(build_mails_path(world))
        sent = await send_invitations(alice, world)
        after = await alice.get(sent.headers["location"])
        await send_all(worker, clock)
        people_page = await alice.get(f"/console/assessments/{world.open}/people")
        link = re.search(r"http://127\.0\.0\.1:8000(/s/\S+)", mailbox.find("ann@example.org")[0].text)[1]
        opened = await come().get(link)

    assert "2 people have not been mailed yet." in added.text
    assert "Send 2 invitations" in page.text
    assert "2 invitations queued." in after.text
    assert ">Undo<" in after.text
    assert mailbox.addresses == ["ann@example.org", "kim@example.org"]
    assert people_page.text.count("mailed on 20 November 2026") == 2
    assert opened.status_code == 200
    assert "Open wave" in opened.text


async def test_undo_sends_nothing_and_offers_the_invitations_again(world, mail_app, worker, clock, mailbox):
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        mailing = QUEUED.search((await send_invitations(alice, world)).headers["set-cookie"])[1]

        undone = await alice.post(f"{build_mails_path(world)}/{mailing}/cancel")
        page = await alice.get(undone.headers["location"])
        await send_all(worker, clock)

    assert "Undone: nothing was sent." in page.text
    assert "Send 2 invitations" in page.text
    assert mailbox.received == []


async def test_changed_number_sends_nothing(world, mail_app):
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)

        response = await send_invitations(alice, world, number=1)

    assert response.status_code == 422
    assert "The number has changed" in response.text
    assert "Send 2 invitations" in response.text
    assert read_states(world) == []


async def test_refused_first_mail_is_shown_by_person(world, mail_app, worker, clock, mailbox):
    mailbox.refuse_recipient = lambda address: "550 no such user" if address.startswith("kim") else None
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        await send_invitations(alice, world)
        await send_all(worker, clock)

        page = (await alice.get(f"/console/assessments/{world.open}/people")).text

    row = next(part for part in page.split("<tr") if "kim@example.org" in part)
    assert "took no mail (code 550)" in row
    assert 'Refused <span class="quiet">1</span>' in page
    assert 'Mailed <span class="quiet">1</span>' in page


async def test_person_without_address_gets_a_link_by_hand(world, mail_app):
    async with mail_app() as come:
        alice = come("alice")

        check = await alice.post(f"/console/assessments/{world.open}/people/lines", {"lines": LINES, "deliver": "mail"})
        await add_people(alice, world)

    assert "2 people get the link by mail" in check.text
    assert "You hand out the link of 1 person." in check.text
    assert [each.deliver for each in world.invited(world.open)[3:]] == ["mail", "mail", "link"]


async def test_handing_out_mails_nobody(world, mail_app):
    async with mail_app() as come:
        alice = come("alice")

        await add_people(alice, world, deliver="link")
        page = await alice.get(build_mails_path(world))

    assert {each.deliver for each in world.invited(world.open)} == {"link"}
    assert "Nobody is to be mailed yet." in page.text


async def test_one_person_is_mailed_again(world, mail_app, worker, clock, mailbox):
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        await send_invitations(alice, world)
        await send_all(worker, clock)
        ann = next(each for each in world.invited(world.open) if each.name == "Ann Lee")

        again = await alice.post(f"/console/assessments/{world.open}/people/{ann.id}/mail")
        page = await alice.get(again.headers["location"])
        await send_all(worker, clock)

    assert "1 invitation queued." in page.text
    assert len(mailbox.find("ann@example.org")) == 2
    assert len(mailbox.find("kim@example.org")) == 1


async def test_reminder_button_appears_after_three_days_and_names_the_number(world, mail_app, worker, clock, mailbox):
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        await send_invitations(alice, world)
        await send_all(worker, clock)
        early = await alice.get(build_mails_path(world))
        backdate_mails(world)
        late = await alice.get(build_mails_path(world))

        sent = await alice.post(f"{build_mails_path(world)}/reminders")
        after = await alice.get(sent.headers["location"])
        await send_all(worker, clock)

    assert "three days after the invitations: from 23 November 2026 on." in early.text
    assert "Remind now" not in early.text
    assert "Remind now (2 people)" in late.text
    assert "2 reminders queued." in after.text
    assert len(mailbox.find("ann@example.org")) == 2


async def test_second_reminder_of_a_day_is_refused_with_the_reason(world, mail_app, worker, clock):
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        await send_invitations(alice, world)
        await send_all(worker, clock)
        backdate_mails(world)
        await alice.post(f"{build_mails_path(world)}/reminders")

        response = await alice.post(f"{build_mails_path(world)}/reminders")

    assert response.status_code == 409
    assert "A reminder has been sent today." in response.text


async def test_plan_shows_its_dates_and_stops(world, mail_app, worker, clock):
    plan = {
        "reminders": "2", "first_after_days": "4", "every_days": "5", "send_from": "10", "send_until": "16",
        "closing_notice_days": "2", "sends_results": "yes",
    }  # fmt: skip
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        await send_invitations(alice, world)
        await send_all(worker, clock)

        planned = await alice.get((await alice.post(f"{build_mails_path(world)}/plan", plan)).headers["location"])
        stopped = await alice.get((await alice.post(f"{build_mails_path(world)}/plan/stop")).headers["location"])
        resumed = await alice.get((await alice.post(f"{build_mails_path(world)}/plan/resume")).headers["location"])

    for page in (planned.text, resumed.text):
        assert "Reminder 1: 24 November 2026, 10:00" in page
        assert "Reminder 2: 29 November 2026, 10:00" in page
        assert "Closing soon: 10 December 2026, 10:00" in page
    assert "Stopped: nothing goes out by itself." in stopped.text
    assert "Reminder 1:" not in stopped.text


async def test_plan_stopped_by_someone_else_is_not_started_again_unseen(world, mail_app):
    path = build_mails_path(world)
    plan = {"reminders": "2", "first_after_days": "4", "every_days": "5", "send_from": "9", "send_until": "17"}
    async with mail_app() as come:
        alice, bob = come("alice"), come("alice")
        await alice.post(f"{path}/plan", plan)
        opened = await alice.get(path)
        mark = re.search(r'name="mark" value="(\w+)"', opened.text)[1]
        await bob.post(f"{path}/plan/stop")

        conflict = await alice.post(f"{path}/plan", plan | {"reminders": "1", "mark": mark})
        after = await alice.get(path)

    assert conflict.status_code == 412
    assert "changed these settings while you were editing." in conflict.text
    assert "Stopped: nothing goes out by itself." in after.text


async def test_plan_that_ends_before_it_starts_is_refused_at_its_field(world, mail_app):
    async with mail_app() as come:
        response = await come("alice").post(
            f"{build_mails_path(world)}/plan", {"send_from": "17", "send_until": "9", "every_days": "6"}
        )

    assert response.status_code == 422
    assert 'id="send_until-wrong"' in response.text
    assert '<option value="6" selected>' in response.text


async def test_server_without_mail_offers_no_mail(world, running):
    async with running() as come:
        alice = come("alice")
        page = await alice.get(build_mails_path(world))
        people_page = await alice.get(f"/console/assessments/{world.open}/people")
        response = await send_invitations(alice, world)

    assert "its operator has set no mail server" in page.text
    assert "Send 2" not in page.text
    assert "Mail it from here" not in people_page.text
    assert response.status_code == 409


async def test_mailing_of_another_assessment_cannot_be_cancelled_here(world, mail_app):
    other = world.opened("Another wave")
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        mailing = QUEUED.search((await send_invitations(alice, world)).headers["set-cookie"])[1]

        response = await alice.post(f"/console/assessments/{other}/mails/{mailing}/cancel")

    assert response.status_code == 404
    assert read_states(world) == ["queued", "queued"]


async def test_next_action_is_to_send_waiting_invitations(world, mail_app):
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)

        home = await alice.get("/console")
        page = await alice.get(f"/console/assessments/{world.open}")

    assert "Send invitations" in home.text
    assert "Send 2 invitations…" in page.text


async def test_page_shows_progress_to_htmx_as_a_fragment(world, mail_app):
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        await send_invitations(alice, world)

        fragment = await alice.get(f"{build_mails_path(world)}/progress", **{"HX-Request": "true"})

    assert "<dt>Queued</dt><dd>2</dd>" in fragment.text
    assert "<html" not in fragment.text
    assert 'hx-trigger="every 5s"' in fragment.text


async def test_anonymous_assessment_reminds_everyone_and_says_why(world, mail_app):
    made = world.opened("Nobody knows", confidentiality="anonymous")
    async with mail_app() as come:
        alice = come("alice")
        page = await alice.get(f"/console/assessments/{made}/mails")
        text = await alice.get(f"/console/assessments/{made}/mails/texts/reminder")

    assert "reminders go to everyone who was mailed" in page.text
    assert "whether you have answered; if so, ignore this." in text.text


async def test_person_whose_mail_is_queued_is_not_queued_again(world, mail_app):
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        await send_invitations(alice, world)
        ann = next(each for each in world.invited(world.open) if each.name == "Ann Lee")

        response = await alice.post(f"/console/assessments/{world.open}/people/{ann.id}/mail")

    assert response.status_code == 409
    assert read_states(world) == ["queued", "queued"]


async def test_pages_and_number_do_not_show_that_one_person_has_sent(world, mail_app, worker, clock, mailbox):
    async with mail_app() as come:
        alice = come("alice")
        await add_people(alice, world)
        await send_invitations(alice, world)
        await send_all(worker, clock)
        backdate_mails(world)
        before = await read_pages(alice, world)
        add_sent_response(world, "ann@example.org")

        after = await read_pages(alice, world)
        sent = await alice.post(f"{build_mails_path(world)}/reminders")
        queued = await alice.get(sent.headers["location"])
        await send_all(worker, clock)

    assert after == before
    assert "2 reminders queued." in queued.text
    assert len(mailbox.find("ann@example.org")) == 1
    assert len(mailbox.find("kim@example.org")) == 2


async def read_pages(visitor, world):
    """Return the pages that show people or mails, without the tokens of their forms."""
    base = f"/console/assessments/{world.open}"
    pages = [(await visitor.get(f"{base}{end}")).text for end in ("", "/people", "/mails", "/mails/progress")]
    return [re.sub(r'name="_\w+" value="[^"]*"', "", page) for page in pages]


def add_sent_response(world, address):
    with database.write_session(world.engine) as session:
        invitation_id = session.scalar(select(tables.invitation.c.id).where(tables.invitation.c.email == address))
        session.execute(
            tables.response.insert().values(
                id="r-sent",
                workspace_id=world.home,
                assessment_id=world.open,
                invitation_id=invitation_id,
                draft_number=1,
                role="leader",
                functions="marketing",
                language="en",
                state="sent",
            )
        )
