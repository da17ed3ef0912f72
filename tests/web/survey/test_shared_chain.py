"""A mailed invitation that is replaced with a link: the person was warned before, and is told on the next page."""

from html import unescape

import pytest
from sqlalchemy import update

from assessment.domain.assessment import AssessmentKey
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

WARNING = (
    "Whoever invites can replace your invitation with a link of their own and do the same. Your next page then says so."
)


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


@pytest.fixture(params=["confidential", "anonymous"])
def links(request: pytest.FixtureRequest, database_url: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality=request.param)


async def test_replaced_mailed_invitation_is_announced_on_the_next_page(visitor: Person, database_url: str):
    invitation = "i-practitioner"
    with people.open_write_session(database_url) as session:
        mailed = {"deliver": "mail", "email": "kim@northwind.example"}
        session.execute(update(tables.invitation).where(tables.invitation.c.id == invitation).values(mailed))
    start = unescape((await visitor.get(visitor.link)).text)
    await visitor.enter()
    await visitor.answer(visitor.first, "2")

    with people.open_write_session(database_url) as session:
        key = AssessmentKey("w", "a")
        patch = InvitationPatch(deliver="link")
        made = invitation_changes.replace_invitation(
            session, key, invitation, patch, people.load_catalogue(), people.NOW
        )
        people_invitations.create_link(session, key, made.id, people.NOW)
    page = unescape((await visitor.get("/survey/check")).text)

    assert WARNING in start
    assert "A further link to this survey was made for you" in page
