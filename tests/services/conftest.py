"""Alice's workspace on each database, and Bob's next to it; an open assessment with people invited."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from assessment.domain.survey.answer import Answer
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.assessments import assessment_setup, client_organisations
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.auth import tokens, users
from assessment.services.auth.tokens import RANDOM
from assessment.services.people import people_invitations
from assessment.services.people.people_invitations import Invitee
from assessment.services.survey import answer_validation, draft_keys, response_lifecycle, survey_entry
from assessment.services.survey.browser_drafts import NO_COOKIES
from assessment.storage import database, tables
from assessment.storage.answer_writer import AnswerWriter
from assessment.storage.survey import respondent_sessions, responses

NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
INSTRUMENT = "social-media-integration"
SECONDS = 30
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"


@pytest.fixture
def now():
    return NOW


@pytest.fixture(scope="session")
def catalogue():
    return QuestionnaireCatalogue([find_shipped_folder()])


@pytest.fixture(scope="session")
def questionnaire(catalogue):
    return catalogue.get(INSTRUMENT)


@pytest.fixture
def database_url(migrated_url):
    """Each test begins with a migrated database."""
    return migrated_url


@pytest.fixture
def engine(database_url):
    engine = database.make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def writer(engine):
    writer = AnswerWriter(engine, lambda: NOW)
    writer.start()
    yield writer
    writer.stop()


class World:
    """Actions of Alice, each in a transaction of its own."""

    now = NOW

    def __init__(self, engine, catalogue, writer):
        self.engine, self.catalogue, self.writer = engine, catalogue, writer
        with self.writing() as session:
            self.alice = users.find_or_create_workspace(session, "Alice", NOW)
            self.bob = users.find_or_create_workspace(session, "Bob", NOW)
            self.organisation = client_organisations.create_organisation(session, self.alice, "Acme", NOW).id

    def reading(self):
        return database.read_session(self.engine)

    def writing(self):
        return database.write_session(self.engine)

    def draft(self, **values):
        new = {"organisation": self.organisation, "questionnaire": INSTRUMENT, "title": "First wave", "asker": "Alice"}
        with self.writing() as session:
            return assessment_setup.create_assessment(
                session, self.alice, AssessmentInput(**(new | values)), self.catalogue, NOW
            )

    def open(self, **values):
        draft = self.draft(**values)
        with self.writing() as session:
            return assessment_setup.open_assessment(session, draft.key, self.catalogue, NOW)

    def invite(self, assessment, *guests, late=False):
        """Invite people as if before the opening, so that they count, unless they are `late`."""
        people = [Invitee(role=role, functions=functions) for role, functions in guests]
        with self.writing() as session:
            invited = people_invitations.invite_people(session, assessment.key, people, self.catalogue, NOW)
            if not late:
                ids = [each.invitation.id for each in invited]
                session.execute(update(tables.invitation).where(tables.invitation.c.id.in_(ids)).values(is_late=False))
            return invited

    def begin(self, token, browser=NO_COOKIES, now=NOW, **options):
        """Press Start in a browser; what it holds from then on."""
        with self.writing() as session:
            return survey_entry.enter_survey(session, token, browser=browser, secret=SECRET, now=now, **options)

    def enter(self, token):
        return self.begin(token).respondent

    def come_back(self, invited):
        """Open the first draft of an invited person again, as the link and the code do."""
        drafts, cookie = tables.response, draft_keys.generate_session(RANDOM)
        with self.writing() as session:
            own = drafts.c.invitation_id == invited.invitation.id
            first = session.scalars(select(drafts.c.id).where(own).order_by(drafts.c.draft_number)).first()
            respondent_sessions.add_session(session, self.alice, first, tokens.hash_token(cookie))
            return response_lifecycle.load_respondent(session, cookie)

    def set_aside(self, invited):
        """Keep the first draft of an invited person out, as "that wasn't me" does."""
        who = self.come_back(invited)
        with self.writing() as session:
            responses.set_response_aside(session, self.alice, who.response_id)

    def answer(self, questionnaire, respondent, share=1.0, value="3"):
        """Answer the first part of what is asked."""
        items = tuple(answer_validation.map_asked_items(questionnaire, respondent).values())
        part = items[: round(len(items) * share)]
        given = {item.id: Answer(item.options[0] if item.options else value) for item in part}
        for future in response_lifecycle.save_answers(self.writer, questionnaire, respondent, given, NOW):
            future.result(SECONDS)

    def save_one(self, respondent):
        """Save an answer where there is none: an empty draft can't be sent."""
        with self.writing() as session:
            if not responses.has_saved_answers(session, self.alice, respondent.response_id):
                row = {"response_id": respondent.response_id, "item_id": "MK-P1", "workspace_id": self.alice}
                given = {"value": "3", "reason": "", "evidence": "", "sequence": 1, "saved_at": NOW}
                session.execute(tables.answer.insert().values(**row, **given))

    def send(self, respondent, now=NOW):
        self.save_one(respondent)
        with self.writing() as session:
            response_lifecycle.send_response(session, respondent, now)

    def send_anonymously(self, entered, person, now=NOW):
        """Send from the browser that holds the draft's key."""
        self.save_one(entered.respondent)
        with self.writing() as session:
            return response_lifecycle.send_response(
                session, entered.respondent, now, person_id=person, cookie=entered.session, secret=SECRET
            )


@pytest.fixture
def world(engine, catalogue, writer):
    return World(engine, catalogue, writer)
