"""Several drafts of one person: the first that is sent is the response."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sqlalchemy import update

from assessment.errors import ClosedError, UnauthenticatedError
from assessment.services.assessments import closing
from assessment.services.people import people_invitations
from assessment.services.survey import (
    draft_keys,
    response_lifecycle,
    start_page,
)
from assessment.services.survey.browser_drafts import BrowserCookies
from assessment.services.survey.response_lifecycle import SentElsewhereError, UnknownLinkError
from assessment.services.survey.survey_entry import DraftExistsError, InvitationRevokedError
from assessment.storage import tables
from assessment.storage.people import replaced_invitations
from tests.services.conftest import SECRET
from tests.services.survey.draft_case import ANNA, DraftCase, derive_code_of, make_cookies


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
        case.begin(make_cookies(begun), share=0)

    same = case.begin(make_cookies(begun), share=0, choice="continue")
    other = case.begin(make_cookies(begun), share=0, choice="empty")
    assert same.respondent.response_id == begun.respondent.response_id
    assert case.answers(other) == {}
    with case.world.reading() as session, pytest.raises(UnauthenticatedError):
        response_lifecycle.load_respondent(session, begun.session)


def test_empty_draft_is_reused_by_the_same_browser(case):
    begun = case.begin(share=0)

    assert case.begin(make_cookies(begun), share=0).respondent.response_id == begun.respondent.response_id


def test_key_of_another_person_opens_nothing(case, world):
    other = world.invite(case.survey, ANNA)[0]
    begun = case.begin()
    tag = draft_keys.make_cookie_tag(SECRET, other.invitation.id)

    entered = world.begin(other.token, BrowserCookies({tag: begun.key.text}, begun.session))

    assert entered.respondent.response_id != begun.respondent.response_id


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
    case = DraftCase(world, questionnaire, "anonymous", now)
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

    for act in (
        case.begin,
        lambda: case.send(begun),
        lambda: case.withdraw(begun),
        lambda: case.move(derive_code_of(begun)),
    ):
        with pytest.raises(ClosedError):
            act()


def test_revoked_person_continues_with_the_code(case):
    begun = case.begin()
    with case.world.writing() as session:
        people_invitations.revoke_invitation(session, case.survey.key, case.invited.invitation.id, case.now)

    with pytest.raises(InvitationRevokedError):
        case.begin()
    moved = case.move(derive_code_of(begun))
    case.send(moved)

    assert case.states() == ["sent"]


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
