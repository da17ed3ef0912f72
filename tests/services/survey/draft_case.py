"""One person with drafts in several browsers, for tests."""

from sqlalchemy import select

from assessment.services.auth import tokens
from assessment.services.survey import browser_drafts, draft_keys, draft_transfer, response_lifecycle
from assessment.services.survey.browser_drafts import BrowserCookies
from assessment.storage import tables
from tests.services.conftest import SECRET

ANNA = ("practitioner", ("marketing",))
PRIVATE = ("confidential", "anonymous")


class DraftCase:
    """One person who was invited in confidence or anonymously."""

    def __init__(self, world, questionnaire, confidentiality, now):
        self.world, self.questionnaire, self.now = world, questionnaire, now
        self.survey = world.open(confidentiality=confidentiality)
        self.invited = world.invite(self.survey, ANNA)[0]
        self.token = self.invited.token

    def begin(self, browser=browser_drafts.NO_COOKIES, share=1.0, **options):
        entered = self.world.begin(self.token, browser, **options)
        if share:
            self.world.answer(self.questionnaire, entered.respondent, share)
        return entered

    def send(self, entered, now=None):
        return self.world.send_anonymously(entered, self.invited.invitation.id, now or self.now)

    def move(self, code, browser=browser_drafts.NO_COOKIES, token=None):
        with self.world.writing() as session:
            return draft_transfer.transfer_draft(
                session, token or self.token, code, self.now, browser=browser, secret=SECRET
            )

    def judge(self, entered, verdict, now=None):
        with self.world.writing() as session:
            draft_transfer.resolve_transfer(
                session, self.token, verdict, now or self.now, browser=make_cookies(entered), secret=SECRET
            )

    def answers(self, entered):
        with self.world.reading() as session:
            return response_lifecycle.load_answers(session, entered.respondent)

    def states(self):
        with self.world.reading() as session:
            return sorted(session.scalars(select(tables.response.c.state)))

    def withdraw(self, entered):
        with self.world.writing() as session:
            person = self.invited.invitation.id
            response_lifecycle.withdraw_response(session, entered.respondent, self.now, person_id=person, secret=SECRET)


def make_cookies(entered):
    return BrowserCookies({entered.tag: entered.key.text}, entered.session)


def derive_code_of(entered):
    return tokens.derive_code(draft_keys.get_token(entered.session))
