"""Forecast of hidden figures: on its own page and the set-up page before the opening, and on the page that closes."""

import re
from html import unescape

import pytest
from sqlalchemy import update

from assessment.domain.assessment import AssessmentKey
from assessment.services.people import people_invitations
from assessment.services.people.people_invitations import Invitee
from assessment.storage import database, tables
from tests.web import people


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def invite_address(world, assessment, *addresses):
    guests = [Invitee(role="practitioner", functions=("marketing",), email=address) for address in addresses]
    with database.write_session(world.engine) as session:
        people_invitations.invite_people(
            session, AssessmentKey(world.home, assessment), guests, world.catalogue, people.NOW
        )


async def read(visitor, path):
    return re.sub(r"\s+", " ", unescape((await visitor.get(path)).text))


async def test_page_shows_counts_expected_answers_and_whom_to_invite(world, running):
    world.invite(world.draft, "practitioner", 8)

    async with running() as come:
        text = await read(come("alice"), f"/console/assessments/{world.draft}/feasibility")

    assert "With these people, some figures will be hidden" in text
    assert "If 60% of the people answer, invite 10 to get them." in text
    assert "4 answers expected" in text
    assert "<strong>Marketing: everything</strong>" in text
    assert "Invite 2 more: Practitioner (Marketing)." in text
    assert "Shown if everyone invited answers." in text


async def test_expected_response_can_be_changed_with_a_plain_form(world, running):
    world.invite(world.draft, "practitioner", 8)

    async with running() as come:
        text = await read(come("alice"), f"/console/assessments/{world.draft}/feasibility?response=80")

    assert 'method="get"' in text
    assert "6 answers expected" in text
    assert "<strong>Marketing: everything</strong>" not in text


@pytest.mark.parametrize("wrong", ["0", "101", "many", ""])
async def test_impossible_response_shows_the_error_and_what_was_typed(world, running, wrong):
    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{world.draft}/feasibility?response={wrong}")

    assert page.status_code == 422
    assert "Give a whole number from 1 to 100." in page.text
    assert f'value="{wrong}"' in page.text


async def test_set_up_page_says_before_the_opening_what_will_be_hidden(world, running):
    world.invite(world.draft, "practitioner", 8)
    base = f"/console/assessments/{world.draft}"

    async with running() as come:
        draft = await read(come("alice"), base)
        opened = await read(come("alice"), f"/console/assessments/{world.open}")

    assert draft.index('id="feasibility"') < draft.index(f'action="{base}/open"')
    assert f'href="{base}/feasibility"' in draft
    assert 'id="consensus-offer"' in draft
    assert f'href="{base}/settings#mode"' in draft
    assert 'id="feasibility"' not in opened


async def test_consensus_is_not_offered_from_fifteen_people(world, running):
    world.invite(world.draft, "practitioner", 15)

    async with running() as come:
        text = await read(come("alice"), f"/console/assessments/{world.draft}")

    assert 'id="consensus-offer"' not in text


async def test_page_shows_both_sides_where_mail_domains_are_named(world, running):
    made = world.assessment("With domains", domains=("client.example",))
    invite_address(world, made, *[f"p{number}@client.example" for number in range(9)])
    with database.write_session(world.engine) as session:
        mailed = update(tables.invitation).where(tables.invitation.c.email != "p0@client.example")
        session.execute(mailed.values(deliver="mail"))

    async with running() as come:
        text = await read(come("alice"), f"/console/assessments/{made}/feasibility")

    with_domains, without = text.index('id="with-domains"'), text.index('id="without-domains"')
    assert with_domains < without
    assert "8 of the 9 people invited will count." in text[with_domains:without]
    assert "as it is set" in text[with_domains:without]
    assert "9 of the 9 people invited will count." in text[without:]


async def test_viewer_sees_the_page_and_a_stranger_does_not(world, running):
    async with running() as come:
        seen = await come("bob").get(f"/console/assessments/{world.draft}/feasibility")
        hidden = await come("charlie").get(f"/console/assessments/{world.draft}/feasibility")

    assert (seen.status_code, hidden.status_code) == (200, 404)
    assert "/people" not in seen.text[seen.text.index("<main") :]


async def test_close_page_names_figures_and_no_people(world, running):
    async with running() as come:
        text = await read(come("alice"), f"/console/assessments/{world.open}/close")

    section = text[text.index('id="hidden-at-close"') :]
    section = section[: section.index("</section>")]
    assert "What will be hidden" in section
    assert "Marketing: everything" in section
    assert "Guest" not in section
    assert "Invite" not in section


async def test_close_page_of_an_attributable_assessment_hides_nothing(world, running):
    made = world.opened("With names", confidentiality="attributable")

    async with running() as come:
        text = await read(come("alice"), f"/console/assessments/{made}/close")

    assert 'id="hidden-at-close"' not in text


async def test_shared_and_free_mail_addresses_are_pointed_out_when_people_are_added(world, running):
    base = f"/console/assessments/{world.draft}/people"
    lines = "Ann, info@client.example, practitioner, marketing\nBo, bo@gmail.com, practitioner, marketing"

    async with running() as come:
        alice = come("alice")
        check = await alice.post(f"{base}/lines", {"lines": lines})
        await alice.post(f"{base}/lines", {"lines": lines, "sure": "yes"})
        added = await alice.get(base)
        watched = await come("bob").get(base)

    for page in (check.text, added.text):
        notice = page[page.index('id="doubtful-addresses"') :]
        notice = notice[: notice.index("</div>")]
        assert "info@client.example" in notice
        assert "bo@gmail.com" in notice
    assert 'id="doubtful-addresses"' not in watched.text


async def test_ordinary_addresses_are_not_pointed_out(world, running):
    invite_address(world, world.draft, "ann.lee@client.example")

    async with running() as come:
        page = await come("alice").get(f"/console/assessments/{world.draft}/people")

    assert 'id="doubtful-addresses"' not in page.text
