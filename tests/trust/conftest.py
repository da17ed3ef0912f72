"""Everyone who could come, on each database: insiders of two workspaces, respondents, holders of keys."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import WebhookEvent
from assessment.questionnaires import find_shipped_folder
from assessment.services.assessments import client_organisations
from assessment.services.auth import api_keys
from assessment.services.bulk import bulk_requests
from assessment.services.people import people_invitations
from assessment.services.people.people_invitations import Invitee
from assessment.services.questionnaires import workspace_questionnaires
from assessment.services.reports import share_links
from assessment.services.reports.share_links import NewShareLink
from assessment.services.survey import survey_entry
from assessment.services.webhooks import event_queue, subscriptions
from assessment.storage import database, tables
from assessment.storage.workspace_questionnaires import WorkspaceQuestionnaire
from tests.web import people
from tests.web.console.conftest import World

SCOPES = tuple(api_keys.SCOPES)


class Place(World):
    """The console's world, with respondents and keys."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
        self.links = [each.token for each in self.invite(self.open, "practitioner", 3)]
        with database.write_session(self.engine) as session:
            self.charlies_organisation = client_organisations.create_organisation(
                session, self.elsewhere, "Next door", people.NOW
            ).id
            self.empty_organisation = client_organisations.create_organisation(
                session, self.home, "No assessment", people.NOW
            ).id

    @cached_property
    def webhook_id(self) -> str:
        """A webhook that has received an event."""
        return self.add_webhook(self.home)

    @cached_property
    def charlies_webhook(self) -> str:
        return self.add_webhook(self.elsewhere)

    @cached_property
    def delivery_id(self) -> str:
        """A delivery to the webhook."""
        data, webhook_id = event_queue.EventData(self.open), self.webhook_id
        with database.write_session(self.engine) as session:
            event_queue.queue_event(session, self.home, WebhookEvent.REPORT_READY, data, people.NOW)
            return str(
                session.scalar(
                    select(tables.webhook_delivery.c.id).where(tables.webhook_delivery.c.webhook_id == webhook_id)
                )
            )

    @cached_property
    def shared_link_id(self) -> str:
        """A link to the published report."""
        new = NewShareLink(
            note="", audiences=("board",), formats=("pdf",), password="", recipient="",
            last_day=(people.NOW + timedelta(days=2)).date(), user_id=self.ids["alice"],
        )  # fmt: skip
        with database.write_session(self.engine) as session:
            return share_links.create_link(
                session, AssessmentKey(self.home, self.closed), self.published, new, people.NOW
            ).id

    @cached_property
    def upload(self) -> WorkspaceQuestionnaire:
        """A questionnaire that the workspace has uploaded."""
        folder = min(find_shipped_folder().iterdir(), key=lambda each: (each / "questionnaire.toml").stat().st_size)
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.toml")}
        with database.write_session(self.engine) as session:
            return workspace_questionnaires.upload_questionnaire(session, self.home, files, people.NOW)

    @cached_property
    def job_id(self) -> str:
        """A large request of the workspace that waits."""
        return self.add_job(AssessmentKey(self.home, self.draft))

    @cached_property
    def charlies_job(self) -> str:
        return self.add_job(AssessmentKey(self.elsewhere, self.charlies))

    def add_job(self, key: AssessmentKey) -> str:
        """Queue a large request; return its id."""
        person = Invitee(role="practitioner", functions=("marketing",))
        with database.write_session(self.engine) as session:
            return bulk_requests.queue_invitations(session, key, (person,), people.NOW, secret=people.SECRET).id

    def add_webhook(self, workspace: str) -> str:
        """Add a webhook; return its id."""
        url, events = "https://example.org/hook", list(WebhookEvent)
        with database.write_session(self.engine) as session:
            new = subscriptions.add_webhook(session, workspace, url, events, people.NOW, secret=people.SECRET)
        return new.webhook.id

    def opened(self, title: str, **values: object) -> str:
        """Open an assessment without a closing date: servers in processes of their own go by the real clock."""
        return super().opened(title, **{"closes_on": None} | values)

    def enter(self, link: str) -> str:
        """Begin to answer; return the cookie."""
        with database.write_session(self.engine) as session:
            return survey_entry.enter_survey(session, link).session

    def key(self, workspace: str, *scopes: str, revoked: bool = False, span: timedelta = timedelta(days=30)) -> str:
        """Make a key; return its text."""
        with database.write_session(self.engine) as session:
            made = api_keys.add_key(session, workspace, "k", scopes, people.NOW, secret=people.SECRET, lasts=span)
            if revoked:
                api_keys.revoke_key(session, workspace, made.id, people.NOW)
        return made.text

    def outsider(self) -> str:
        """Somebody with a live session whose membership has ended."""
        cookie = self.session_of("charlie")
        with database.write_session(self.engine) as session:
            session.execute(tables.membership.delete().where(tables.membership.c.user_id == self.ids["charlie"]))
        return cookie

    def revoked_respondent(self) -> str:
        """Somebody who had begun when the invitation was revoked."""
        with database.write_session(self.engine) as session:
            guests = [Invitee(role="practitioner", functions=("marketing",), name="Gone")]
            made = people_invitations.invite_people(
                session, AssessmentKey(self.home, self.open), guests, self.catalogue, people.NOW
            )[0]
        cookie = self.enter(made.token)
        with database.write_session(self.engine) as session:
            people_invitations.revoke_invitation(
                session, AssessmentKey(self.home, self.open), made.invitation.id, people.NOW
            )
        return cookie


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """Each test begins with a migrated database."""
    return migrated_url


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    place = Place(database_url)
    yield place
    place.engine.dispose()


@pytest.fixture
def clock() -> people.Clock:
    return people.Clock()


@pytest.fixture
async def app(place: Place, tmp_path: Path, clock: people.Clock) -> AsyncIterator[Litestar]:
    async with people.serve_app(place.url, tmp_path, clock) as app:
        yield app


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with people.open_client(app) as client:
        yield client
