"""Several drafts of one person: the first sent is the response, codes move it, the earlier browser may object."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from assessment.errors import ClosedError, NotFoundError, NothingToShowError, UnauthenticatedError
from assessment.services.assessments import closing
from assessment.services.auth import tokens
from assessment.services.people import people_invitations, progress
from assessment.services.survey import (
    browser_drafts,
    draft_keys,
    draft_transfer,
    response_lifecycle,
    start_page,
    survey_entry,
)
from assessment.services.survey.browser_drafts import BrowserCookies
from assessment.services.survey.draft_transfer import ObjectionTooLateError
from assessment.services.survey.response_lifecycle import SentElsewhereError, UnknownLinkError
from assessment.services.survey.survey_entry import DraftExistsError, InvitationRevokedError
from assessment.storage import answer_loader, tables
from assessment.storage.survey import replaced_invitations
from tests.services.conftest import SECRET

ANNA = ("practitioner", ("marketing",))
PRIVATE = ("confidential", "anonymous")


class Case:
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
                session, self.token, verdict, now or self.now, browser=browser_with(entered), secret=SECRET
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
            response_lifecycle.withdraw_response(session, entered.respondent, self.now, person=person, secret=SECRET)


@pytest.fixture(params=PRIVATE)
def case(request, world, questionnaire, now):
    return Case(world, questionnaire, request.param, now)


def browser_with(entered):
    return BrowserCookies({entered.tag: entered.key.text}, entered.session)


def code_of(entered):
    return tokens.derive_code(draft_keys.get_token(entered.session))


def test_second_draft_of_a_person_is_refused_after_the_first_was_sent(case):
    early, late = case.begin(), case.begin()
    case.send(late)

    with pytest.raises(SentElsewhereError):
        case.send(early)

    assert case.states() == ["sent", "started"]


def test_only_one_of_eight_concurrently_sent_drafts_is_accepted(case):
    drafts = [case.begin(share=0.1) for _ in range(8)]

    def attempt(draft):
        try:
            case.send(draft)
        except SentElsewhereError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(attempt, drafts))

    assert sum(sent) == 1
    assert case.states().count("sent") == 1


def test_replaced_person_sends_once_by_either_invitation(case, world):
    before = case.begin()
    later = world.invite(case.survey, ANNA)[0]
    with world.writing() as session:
        own = tables.invitation.c.id == later.invitation.id
        session.execute(update(tables.invitation).where(own).values(replaces=case.invited.invitation.id))
    after = world.begin(later.token)
    world.save_one(after.respondent)
    case.send(after)

    with pytest.raises(SentElsewhereError):
        case.send(before)


def test_browser_with_saved_answers_must_choose_a_draft(case):
    begun = case.begin()

    with pytest.raises(DraftExistsError):
        case.begin(browser_with(begun), share=0)

    same = case.begin(browser_with(begun), share=0, choice="continue")
    other = case.begin(browser_with(begun), share=0, choice="empty")
    assert same.respondent.response_id == begun.respondent.response_id
    assert case.answers(other) == {}
    with case.world.reading() as session, pytest.raises(UnauthenticatedError):
        response_lifecycle.load_respondent(session, begun.session)


def test_empty_draft_is_reused_by_the_same_browser(case):
    begun = case.begin(share=0)

    assert case.begin(browser_with(begun), share=0).respondent.response_id == begun.respondent.response_id


def test_key_of_another_person_opens_nothing(case, world):
    other = world.invite(case.survey, ANNA)[0]
    begun = case.begin()
    tag = draft_keys.make_cookie_tag(SECRET, other.invitation.id)

    entered = world.begin(other.token, BrowserCookies({tag: begun.key.text}, begun.session))

    assert entered.respondent.response_id != begun.respondent.response_id


def test_code_in_any_spelling_transfers_answers_to_another_browser(case):
    begun = case.begin()

    moved = case.move(f" {code_of(begun).lower().replace('-', ' ')}")

    assert moved.respondent.response_id == begun.respondent.response_id
    with case.world.reading() as session:
        assert response_lifecycle.load_respondent(session, begun.session).moved_on == case.now.date()
        assert response_lifecycle.load_respondent(session, moved.session).moved_on is None


def test_code_is_invalid_after_a_transfer(case):
    begun = case.begin()
    code = code_of(begun)
    moved = case.move(code)

    with pytest.raises(NotFoundError):
        case.move(code)

    assert code_of(moved) != code
    assert case.move(code_of(moved)).respondent.response_id == begun.respondent.response_id


def test_code_of_a_draft_without_answers_opens_nothing(case):
    begun = case.begin(share=0)

    with pytest.raises(NotFoundError):
        case.move(code_of(begun))


def test_code_with_another_persons_link_opens_nothing(case, world):
    begun = case.begin()
    other = world.invite(case.survey, ANNA)[0]

    with pytest.raises(NotFoundError):
        case.move(code_of(begun), token=other.token)


def test_code_entered_twice_concurrently_transfers_once(case):
    code = code_of(case.begin())

    def attempt(_):
        try:
            return case.move(code)
        except NotFoundError:
            return None

    with ThreadPoolExecutor(4) as pool:
        moved = [each for each in pool.map(attempt, range(4)) if each]

    assert len(moved) == 1


def test_code_still_works_after_sending(case):
    begun = case.begin()
    case.send(begun)

    moved = case.move(code_of(begun))

    assert moved.respondent.state == "sent"
    assert draft_keys.is_expired(moved.session, case.now + timedelta(minutes=61))


def test_session_of_sent_response_expires_after_an_hour_even_with_a_forged_cookie(case):
    begun = case.begin()
    renewed = case.send(begun)
    late = case.now + timedelta(minutes=61)
    extended = draft_keys.set_expiry(renewed, late + timedelta(days=1))

    with case.world.reading() as session:
        assert response_lifecycle.load_respondent(session, renewed, case.now + timedelta(minutes=59)).state == "sent"
        for cookie in (renewed, extended, begun.session, draft_keys.get_token(renewed), begun.key.text):
            with pytest.raises(UnauthenticatedError):
                response_lifecycle.load_respondent(session, cookie, late)


@pytest.mark.parametrize("is_sent", [False, True])
def test_objection_of_the_earlier_browser_sets_the_response_aside(case, is_sent):
    begun = case.begin()
    if is_sent:
        renewed = case.send(begun)
        person = case.invited.invitation.id
        key = draft_keys.sign_key(SECRET, renewed, case.token, person, 1)
        begun = survey_entry.SurveyEntry(renewed, begun.respondent, begun.tag, key)
    moved = case.move(code_of(begun))

    case.judge(begun, "not-me")

    assert case.states() == ["set-aside"]
    with pytest.raises(NotFoundError):
        case.move(code_of(moved))
    case.send(case.begin())
    assert case.states() == ["sent", "set-aside"]


def test_objection_to_a_draft_leaves_another_sent_response_sent(case):
    """Only a response that was sent itself frees the invitation."""
    begun, other = case.begin(), case.begin()
    case.send(other)
    case.move(code_of(begun))
    case.judge(begun, "not-me")

    with pytest.raises(SentElsewhereError):
        case.send(case.begin())


def test_agreement_of_the_earlier_browser_ends_its_session(case):
    begun = case.begin()
    case.move(code_of(begun))

    case.judge(begun, "me")

    assert case.states() == ["started"]
    with pytest.raises(NotFoundError):
        case.judge(begun, "not-me")


def test_objection_after_a_week_is_refused(case):
    begun = case.begin()
    case.move(code_of(begun))

    with pytest.raises(ObjectionTooLateError):
        case.judge(begun, "not-me", case.now + timedelta(days=8))

    case.judge(begun, "not-me", case.now + timedelta(days=7))


def test_objection_after_the_close_is_refused(case):
    begun = case.begin()
    case.move(code_of(begun))
    with case.world.writing() as session:
        closing.close_assessment(session, case.survey.key, case.now, without_results=True)

    with pytest.raises(NotFoundError):
        case.judge(begun, "not-me")


def test_transfer_to_the_same_browser_allows_no_objection(case):
    begun = case.begin()

    case.move(code_of(begun), browser_with(begun))

    with case.world.reading() as session, pytest.raises(UnauthenticatedError):
        response_lifecycle.load_respondent(session, begun.session)


def test_withdrawal_frees_the_invitation_for_new_answers(case):
    begun = case.begin()
    case.send(begun)
    case.withdraw(begun)

    case.send(case.begin())

    assert case.states() == ["sent", "withdrawn"]


def test_withdrawal_of_a_draft_leaves_another_sent_response_sent(case):
    begun, other = case.begin(), case.begin()
    case.send(other)
    case.withdraw(begun)

    with pytest.raises(SentElsewhereError):
        case.send(case.begin())


def test_anonymous_draft_without_its_link_is_not_sent(world, questionnaire, now):
    """Otherwise one link could send any number of responses."""
    case = Case(world, questionnaire, "anonymous", now)
    begun = case.begin()

    with pytest.raises(UnknownLinkError):
        world.send_anonymously(begun, None)


def test_close_ends_every_session(case):
    begun = case.begin()
    with case.world.writing() as session:
        closing.close_assessment(session, case.survey.key, case.now, without_results=True)

    with case.world.reading() as session, pytest.raises(UnauthenticatedError):
        response_lifecycle.load_respondent(session, begun.session)


def test_every_write_after_the_closing_time_is_refused(case):
    begun = case.begin()
    with case.world.writing() as session:
        session.execute(update(tables.assessment).values(closes_at=case.now))

    for act in (case.begin, lambda: case.send(begun), lambda: case.withdraw(begun), lambda: case.move(code_of(begun))):
        with pytest.raises(ClosedError):
            act()


def test_revoked_person_continues_with_the_code(case):
    begun = case.begin()
    with case.world.writing() as session:
        people_invitations.revoke_invitation(session, case.survey.key, case.invited.invitation.id, case.now)

    with pytest.raises(InvitationRevokedError):
        case.begin()
    moved = case.move(code_of(begun))
    case.send(moved)

    assert case.states() == ["sent"]


def chosen(case):
    with case.world.reading() as session:
        gathered = answer_loader.load_answers(session, case.survey.key, case.questionnaire)
    return set(gathered.label_by_response_id().select_counted(0.5).respondents)


def test_close_counts_the_sent_response_of_a_person(case):
    case.begin()
    sent = case.begin(share=0.2)
    case.begin()
    case.send(sent)

    assert chosen(case) == {sent.respondent.response_id}


def test_close_counts_the_oldest_draft_with_half_answered_if_confidential(world, questionnaire, now):
    case = Case(world, questionnaire, "confidential", now)
    case.begin(share=0.3)
    second = case.begin(share=0.6)
    case.begin(share=1.0)

    assert chosen(case) == {second.respondent.response_id}


def test_close_counts_no_unsent_draft_if_anonymous(world, questionnaire, now):
    case = Case(world, questionnaire, "anonymous", now)
    case.begin()
    case.begin()

    assert chosen(case) == set()


def test_close_counts_a_replaced_person_once_with_the_earlier_invitation_first(world, questionnaire, now):
    case = Case(world, questionnaire, "confidential", now)
    later = world.invite(case.survey, ANNA)[0]
    with world.writing() as session:
        own = tables.invitation.c.id == later.invitation.id
        session.execute(update(tables.invitation).where(own).values(replaces=case.invited.invitation.id))
    second = world.enter(later.token)
    world.answer(questionnaire, second)
    first = case.begin()

    assert chosen(case) == {first.respondent.response_id}
    case.withdraw(first)
    assert chosen(case) == {second.response_id}


def test_close_counts_drafts_of_a_revoked_person_like_others(world, questionnaire, now):
    case = Case(world, questionnaire, "confidential", now)
    begun = case.begin()
    with world.writing() as session:
        people_invitations.revoke_invitation(session, case.survey.key, case.invited.invitation.id, now)

    assert chosen(case) == {begun.respondent.response_id}


def test_chain_of_replacements_is_the_same_from_each_of_its_invitations(world):
    survey = world.open()
    ids = [each.invitation.id for each in world.invite(survey, ANNA, ANNA, ANNA, ANNA)]
    with world.writing() as session:
        for earlier, later in pairwise(ids[:3]):
            session.execute(update(tables.invitation).where(tables.invitation.c.id == later).values(replaces=earlier))

    with world.reading() as session:
        chains = [replaced_invitations.find_replacement_chain(session, survey.key, each) for each in ids]

    assert chains == [tuple(ids[:3])] * 3 + [(ids[3],)]


def test_revoked_link_of_a_closed_survey_says_closed(case, world):
    case.begin()
    with world.writing() as session:
        people_invitations.revoke_invitation(session, case.survey.key, case.invited.invitation.id, case.now)
        closing.close_assessment(session, case.survey.key, case.now, without_results=True)

    with world.reading() as session:
        assert start_page.load_start_page(session, case.invited.token, now=case.now).state == "closed"


def test_attributable_response_of_a_revoked_person_still_opens(world, now):
    survey = world.open(confidentiality="attributable")
    begun, other = world.invite(survey, ANNA, ANNA)
    first = world.begin(begun.token)
    with world.writing() as session:
        for each in (begun, other):
            people_invitations.revoke_invitation(session, survey.key, each.invitation.id, now)

    again = world.begin(begun.token)

    assert again.respondent.response_id == first.respondent.response_id
    with pytest.raises(InvitationRevokedError):
        world.begin(other.token)


def test_close_is_refused_by_the_hourly_count_never_by_the_answers(world, questionnaire, now):
    survey = world.open(minimum_group=3)
    waiting = world.invite(survey, *[ANNA] * 4)
    progress.refresh_counts(world.engine, world.alice, [survey.id], now)
    for invited in waiting:
        who = world.enter(invited.token)
        world.answer(questionnaire, who)
        world.send(who)

    with world.writing() as session, pytest.raises(NothingToShowError):
        closing.close_assessment(session, survey.key, now + timedelta(minutes=59))
    with world.writing() as session:
        assert closing.close_assessment(session, survey.key, now + timedelta(minutes=61)) is not None
