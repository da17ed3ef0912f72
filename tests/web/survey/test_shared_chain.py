"""A mailed invitation that is replaced with a link: the person was warned before, and is told on the next page."""

from html import unescape

import pytest
from sqlalchemy import update

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode
from assessment.services.delivery import mail_settings, mailings
from assessment.services.delivery.mail_settings import MailSettings
from assessment.services.operations import audit_trail
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

INVITATION, KEY = "i-practitioner", AssessmentKey("w", "a")
MAIL = MailSettings("smtp://127.0.0.1:1", "assessment@survey.example.org", people.URL, people.SECRET, 10_000)
WARNING = (
    "The person who invites you can replace your invitation with a link of their own and do the same. Your next page "
    "then says so."
)


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


@pytest.fixture(params=["confidential", "anonymous"])
def links(request: pytest.FixtureRequest, database_url: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality=request.param)


def replace_invitation(database_url: str, **changed: str) -> None:
    """Replace the invitation of the practitioner; mail or make the link of the new one."""
    mailed = {"deliver": "mail", "email": "kim@northwind.example", "mailed_on": people.NOW.date()}
    with people.open_write_session(database_url) as session:
        mail_settings.attach_mail(session.get_bind(), MAIL)
        audit_trail.attach_secret(session.get_bind(), people.SECRET)
        session.execute(update(tables.invitation).where(tables.invitation.c.id == INVITATION).values(mailed))
        made = invitation_changes.replace_invitation(
            session, KEY, INVITATION, InvitationPatch(**changed), people.load_catalogue(), people.NOW
        )
        if made.deliver == DeliveryMode.MAIL:
            mailings.queue_invitations(session, KEY, people.NOW, [made.id])
        else:
            people_invitations.create_link(session, KEY, made.id, people.NOW)


@pytest.mark.parametrize("changed", [{"deliver": "link"}, {"email": "spy@evil.example"}], ids=["link", "mail"])
async def test_replaced_mailed_invitation_is_announced_on_the_next_page(
    visitor: Person, database_url: str, changed: dict[str, str]
):
    with people.open_write_session(database_url) as session:
        mailed = {"deliver": "mail", "email": "kim@northwind.example"}
        session.execute(update(tables.invitation).where(tables.invitation.c.id == INVITATION).values(mailed))
    start = unescape((await visitor.get(visitor.link)).text)
    await visitor.enter()
    await visitor.answer(visitor.first, "2")

    replace_invitation(database_url, **changed)
    page = unescape((await visitor.get("/survey/check")).text)
    of_link = unescape((await visitor.get(visitor.link)).text)

    assert WARNING in start
    assert "A further link to this survey was made for you" in page
    assert "A further link to this survey was made for you" in of_link


@pytest.mark.parametrize("changed", [{"deliver": "link"}, {"email": "spy@evil.example"}], ids=["link", "mail"])
async def test_replaced_invitation_is_announced_to_a_person_who_has_not_begun(
    visitor: Person, database_url: str, changed: dict[str, str]
):
    replace_invitation(database_url, **changed)

    page = unescape((await visitor.get(visitor.link)).text)

    assert "Another invitation has taken its place. Whoever got it can answer instead of you." in page


async def test_revoked_invitation_without_a_replacement_names_none(visitor: Person, database_url: str):
    with people.open_write_session(database_url) as session:
        people_invitations.revoke_invitation(session, KEY, INVITATION, people.NOW)

    page = unescape((await visitor.get(visitor.link)).text)

    assert "This invitation was withdrawn" in page
    assert "has taken its place" not in page
