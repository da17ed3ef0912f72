"""Five ways through a survey with mailed links that must end well for the person, from the console to the mailbox."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.assessment_fields import AssessmentPatch
from assessment.storage import database
from tests.end_to_end import mailed_survey
from tests.end_to_end.mailed_survey import DOMAIN, MailedSurveys
from tests.web import people

pytestmark = pytest.mark.slow

BY_MAIL, BY_LETTER = 40, 20
KIM, LEE = f"kim@{DOMAIN}", f"lee@{DOMAIN}"
MAILED = (
    "This link was mailed to k•••@northwind.example. Not your mailbox? Anyone who reads it can use the link before "
    "you, and can find out whether you have sent."
)
UNTIL_FINISHED = (
    "Until you press Finish on this device, anyone who uses this browser can read, change, send or delete your answers."
)
MAYBE_ANSWERED = "We can’t see whether you have answered; if so, ignore this."


@pytest.fixture
async def surveys(migrated_url: str, tmp_path: Path) -> AsyncIterator[MailedSurveys]:
    async with mailed_survey.run_mailed_surveys(migrated_url, tmp_path) as surveys:
        yield surveys


async def test_sixty_people_by_mail_and_by_letter_send_and_read_the_results(surveys: MailedSurveys):
    survey = surveys.make(share_results=True)
    addresses = [f"p{number}@{DOMAIN}" for number in range(BY_MAIL)]
    await survey.invite(*(f"letter{number}@{DOMAIN}" for number in range(BY_LETTER)), deliver="link")
    await survey.open(*addresses)
    letters = await survey.export_links()
    assert survey.mailbox.addresses == sorted(addresses)
    assert len(letters) == BY_LETTER

    for address in addresses[:-1]:
        async with survey.open_browser(survey.find_link(address)) as person:
            assert "Your answers are sent" in (await survey.answer_and_send(person)).text
    async with people.open_client(survey.app) as office:
        for letter in letters:
            person = mailed_survey.make_person(office, letter)
            looked = await person.get(person.link)
            assert ">Start<" in looked.text
            assert "Your answers are sent" in (await survey.answer_and_send(person)).text
            await person.finish()
            assert dict(office.cookies) == {}
    await survey.remind()
    reminded = [address for address in addresses if len(survey.mailbox.find(address)) == 2]
    async with survey.open_browser(survey.find_link(addresses[-1])) as person:
        await survey.answer_and_send(person)
    await survey.close()

    assert reminded == addresses[-1:]
    assert survey.read_states() == ["sent"] * (BY_MAIL + BY_LETTER)
    assert all("results" in survey.mailbox.find(address)[-1].message["subject"] for address in addresses)
    for link in (survey.find_link(addresses[0]), survey.find_link(addresses[0], 0), letters[0]):
        async with survey.open_browser(link) as person:
            assert "This is what was published" in (await person.get(link)).text


async def test_late_person_is_told_in_time_and_after_the_close(surveys: MailedSurveys):
    survey = surveys.make(closes_on=date(2026, 12, 1))
    await survey.open(KIM)
    async with survey.open_browser(survey.find_link(KIM)) as person:
        await person.enter()
        await person.answer(person.first, "3")
        survey.clock.now = survey.clock.now.replace(day=29)
        await survey.act("mails/closing-notice")
        await survey.deliver()
        notice = survey.mailbox.find(KIM)[-1]
        form = await person.form("/survey/check")
        survey.clock.now = survey.clock.now.replace(month=12, day=2)

        too_late = await person.follow(await person.post("/survey/check", form))
        looked = unescape((await person.get(survey.find_link(KIM))).text)

    assert "1 December 2026" in notice.message["subject"]
    assert "It closes at the end of 1 December 2026. It can be closed earlier" in notice.text
    for page in (unescape(too_late.text), looked):
        assert "This survey has closed" in page
    assert "Anna Berg" in looked


async def test_moved_closing_date_is_in_later_mails_and_pages(surveys: MailedSurveys):
    survey = surveys.make(closes_on=date(2026, 12, 1))
    await survey.open(KIM)
    survey.clock.now += timedelta(days=3)
    await survey.act("mails/reminders")

    with database.write_session(survey.world.engine) as session:  # while the reminder is queued
        moved = AssessmentPatch(closes_on=date(2026, 12, 8))
        assessment_setup.update_assessment(
            session, AssessmentKey(survey.world.home, survey.id), moved, survey.world.catalogue, now=survey.clock.now
        )
    await survey.deliver()

    invitation, reminder = survey.mailbox.find(KIM)
    async with survey.open_browser(survey.find_link(KIM, 0)) as person:
        looked = await person.get(person.link)
    assert "Please answer by 1 December 2026." in invitation.text
    assert "Please answer by 8 December 2026." in reminder.text
    assert "8 December 2026" in looked.text
    assert "1 December 2026" not in looked.text


async def test_person_with_lost_code_starts_again_by_the_reminder_and_counts_once(surveys: MailedSurveys):
    survey = surveys.make()
    await survey.open(KIM, LEE)
    async with survey.open_browser(survey.find_link(KIM)) as lost:
        await lost.enter()
        await survey.answer_all_sections(lost, "1")
    await survey.remind()

    async with survey.open_browser(survey.find_link(KIM)) as again:
        looked = await again.get(again.link)
        asked = await again.get(f"{again.link}/code")
        thanks = await survey.answer_and_send(again)
        own = await again.get("/survey/sent")
    await survey.remind()

    assert ">Start<" in looked.text
    assert "Start again" in asked.text
    assert "Your answers are sent" in thanks.text
    assert "A further link" not in own.text  # the person asked for none, and nobody else got one
    assert survey.read_states() == ["sent", "started"]
    assert [len(survey.mailbox.find(address)) for address in (KIM, LEE)] == [2, 3]


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
async def test_person_reads_that_the_invitation_was_mailed_again_until_dismissed(
    surveys: MailedSurveys, confidentiality: str
):
    survey = surveys.make(confidentiality=confidentiality)
    await survey.open(KIM, LEE)
    async with survey.open_browser(survey.find_link(KIM)) as person:
        await person.enter()
        await person.answer(person.first, "3")
        before = (await person.get("/survey/check")).text
        invited = next(each for each in survey.world.invited(survey.id) if each.email == KIM)
        await survey.act(f"people/{invited.id}/mail")
        undoable = (await person.get("/survey/check")).text
        await survey.deliver()
        told = (await person.get("/survey/check")).text
        await person.post("/survey/links", dict(re.findall(r'name="(_token|links)" value="([^"]*)"', told)))
        after = (await person.get("/survey/check")).text

    assert "A further link to this survey was made for you on" in told
    assert "Made by: " in told
    assert "A further link" not in before + undoable + after


async def test_anonymous_person_who_is_reminded_after_sending_sends_once(surveys: MailedSurveys):
    survey = surveys.make(confidentiality="anonymous")
    await survey.open(KIM, LEE)
    async with survey.open_browser(survey.find_link(KIM)) as person:
        await survey.answer_and_send(person)
        await survey.remind()
        reminder = survey.mailbox.find(KIM)[-1]
        reminded = await person.get(survey.find_link(KIM))
        await person.finish()
    async with survey.open_browser(survey.find_link(KIM)) as later:
        await later.enter()
        await later.answer(later.first, "2")
        refused = unescape((await later.follow(await later.send())).text)
        stopped = await later.follow(await later.post(survey.find_unsubscribe_link(KIM)))
    await survey.remind()

    assert MAYBE_ANSWERED in reminder.text
    assert MAYBE_ANSWERED in survey.mailbox.find(LEE)[1].text
    assert ">Start<" in reminded.text or "Answers were sent from this browser" in reminded.text
    assert "Answers were already sent with this invitation" in refused
    assert "Was that you?" in refused
    assert "no more reminders" in stopped.text
    assert survey.read_states() == ["sent", "started"]
    assert [len(survey.mailbox.find(address)) for address in (KIM, LEE)] == [2, 3]


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
async def test_assistant_who_tries_the_mailed_link_first_does_not_block_the_person(
    surveys: MailedSurveys, confidentiality: str
):
    survey = surveys.make(confidentiality=confidentiality)
    await survey.open(KIM, role="leader")
    link = survey.find_link(KIM)
    async with survey.open_browser(link, "leader") as scanner:
        await scanner.client.head(link)
        await scanner.get(link)
        await scanner.enter()
    async with survey.open_browser(link, "leader") as assistant:
        await assistant.enter()
        await assistant.answer(assistant.first, "1")

    async with survey.open_browser(link, "leader") as leader:
        looked = unescape((await leader.get(link)).text)
        await leader.enter()
        first = await leader.get(f"/survey/{leader.first}")
        await survey.answer_all_sections(leader)
        thanks = await leader.follow(await leader.send())

    assert MAILED in looked
    assert UNTIL_FINISHED in looked
    assert "The person who gave you this link" not in looked
    assert people.count_chosen(first.text) == 0
    assert "Your answers are sent" in thanks.text
    assert survey.read_states() == ["sent", "started", "started"]


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
async def test_assistant_who_sent_first_by_the_mailed_link_is_visible_to_the_person(
    surveys: MailedSurveys, confidentiality: str
):
    survey = surveys.make(confidentiality=confidentiality)
    await survey.open(KIM, role="leader")
    link = survey.find_link(KIM)
    async with survey.open_browser(link, "leader") as assistant, survey.open_browser(link, "leader") as leader:
        await survey.answer_and_send(assistant, "4")
        await leader.enter()
        await survey.answer_all_sections(leader, "1")

        refused = unescape((await leader.follow(await leader.send())).text)
        kept = await leader.get(f"/survey/{leader.first}")
        await assistant.withdraw()
        thanks = await leader.follow(await leader.send())

    assert "They were sent earlier. The first" in refused
    assert "Tell your works council or data protection officer, and Anna Berg." in refused
    assert people.count_chosen(kept.text) == len(leader.items(leader.first))
    assert "Your answers are sent" in thanks.text
    assert survey.read_states() == ["sent", "withdrawn"]
