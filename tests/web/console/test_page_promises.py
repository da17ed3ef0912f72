"""Promises of console pages fit their survey: its confidentiality, its mode and the server's mail."""

from html import unescape

import pytest

from tests.smtp_server import run_smtp_server

UNSENT = "Answers that were started and not sent count too"
SENT_ONLY = "Only answers that were sent count."
CARELESS = "Responses with several signs of careless answering are excluded."
NO_MAIL = "This server can’t mail invitations: leave it empty, since nobody would count."
OPENS_NOTHING = "It opens nothing that was answered"
OPENS_ANSWERS = "can read and change what was answered with it"


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def read_page(visitor, path):
    return " ".join(unescape((await visitor.get(path)).text).split())


@pytest.mark.parametrize(
    ("settings", "promises"),
    [
        ({}, {UNSENT, CARELESS}),
        ({"confidentiality": "anonymous"}, {SENT_ONLY, CARELESS}),
        ({"mode": "consensus"}, {UNSENT}),
    ],
    ids=["confidential", "anonymous", "consensus"],
)
async def test_close_page_says_which_answers_count(world, running, settings, promises):
    survey = world.opened("A wave", **settings)

    async with running() as come:
        text = await read_page(come("alice"), f"/console/assessments/{survey}/close")

    assert {sentence for sentence in (UNSENT, SENT_ONLY, CARELESS) if sentence in text} == promises


async def test_reopening_page_of_an_attributable_survey_sends_people_back_with_their_link(world, running):
    async with running() as come:
        text = await read_page(come("alice"), f"/console/assessments/{world.attributable}/reopen")

    assert "People who have not sent go on with their link" in text
    assert "go on with their code" not in text
    assert "link and code" not in text


@pytest.mark.parametrize("confidentiality", ["confidential", "attributable"])
async def test_new_link_and_letter_say_what_they_open(world, running, confidentiality):
    survey = world.opened("A wave", confidentiality=confidentiality)
    invitation = world.invite(survey, "staff", 1)[0].invitation.id
    path = f"/console/assessments/{survey}/people"

    async with running() as come:
        alice = come("alice")
        link = unescape((await alice.post(f"{path}/{invitation}/link")).text)
        letters = unescape((await alice.post(f"{path}/links", {"who": "everyone", "as": "letters"})).text)

    assert (OPENS_NOTHING in link) is (confidentiality == "confidential")
    assert [OPENS_ANSWERS in text for text in (link, letters)] == [confidentiality == "attributable"] * 2


async def test_mail_domains_are_discouraged_only_on_a_server_that_can_not_mail(world, running):
    paths = ["/console/assessments/new", f"/console/assessments/{world.draft}/settings"]

    with run_smtp_server() as mailbox:
        async with running(smtp_url=mailbox.url) as come:
            with_mail = [await read_page(come("alice"), path) for path in paths]
    async with running() as come:
        without_mail = [await read_page(come("alice"), path) for path in paths]

    assert [NO_MAIL in text for text in with_mail] == [False, False]
    assert [NO_MAIL in text for text in without_mail] == [True, True]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "Fixed at the opening: confidential, smallest group shown: 6 people. The start page promises it."),
        ({"confidentiality": "attributable"}, "Fixed at the opening: attributable. The start page says so."),
        ({"mode": "consensus"}, "Fixed at the opening: one team answer per function. The start page says so."),
    ],
    ids=["confidential", "attributable", "consensus"],
)
async def test_settings_name_what_the_start_page_says(world, running, settings, sentence):
    survey = world.opened("A wave", **settings)

    async with running() as come:
        text = await read_page(come("alice"), f"/console/assessments/{survey}/settings")

    assert sentence in text
