"""A code moves a draft to another browser; the earlier browser may object."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from assessment.errors import NotFoundError, UnauthenticatedError
from assessment.services.assessments import closing
from assessment.services.survey import (
    draft_keys,
    response_lifecycle,
    survey_entry,
)
from assessment.services.survey.draft_transfer import ObjectionTooLateError
from assessment.services.survey.response_lifecycle import SentElsewhereError
from tests.services.conftest import SECRET
from tests.services.survey.draft_case import ANNA, derive_code_of, make_cookies


def test_code_in_any_spelling_transfers_answers_to_another_browser(case):
    begun = case.begin()

    moved = case.move(f" {derive_code_of(begun).lower().replace('-', ' ')}")

    assert moved.respondent.response_id == begun.respondent.response_id
    with case.world.reading() as session:
        assert response_lifecycle.load_respondent(session, begun.session).moved_on == case.now.date()
        assert response_lifecycle.load_respondent(session, moved.session).moved_on is None


def test_code_is_invalid_after_a_transfer(case):
    begun = case.begin()
    code = derive_code_of(begun)
    moved = case.move(code)

    with pytest.raises(NotFoundError):
        case.move(code)

    assert derive_code_of(moved) != code
    assert case.move(derive_code_of(moved)).respondent.response_id == begun.respondent.response_id


def test_code_of_a_draft_without_answers_opens_nothing(case):
    begun = case.begin(share=0)

    with pytest.raises(NotFoundError):
        case.move(derive_code_of(begun))


def test_code_with_another_persons_link_opens_nothing(case, world):
    begun = case.begin()
    other = world.invite(case.survey, ANNA)[0]

    with pytest.raises(NotFoundError):
        case.move(derive_code_of(begun), token=other.token)


def test_code_entered_twice_concurrently_transfers_once(case):
    code = derive_code_of(case.begin())

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

    moved = case.move(derive_code_of(begun))

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
    moved = case.move(derive_code_of(begun))

    case.judge(begun, "not-me")

    assert case.states() == ["set-aside"]
    with pytest.raises(NotFoundError):
        case.move(derive_code_of(moved))
    case.send(case.begin())
    assert case.states() == ["sent", "set-aside"]


def test_objection_to_a_draft_leaves_another_sent_response_sent(case):
    """Only a response that was sent itself frees the invitation."""
    begun, other = case.begin(), case.begin()
    case.send(other)
    case.move(derive_code_of(begun))
    case.judge(begun, "not-me")

    with pytest.raises(SentElsewhereError):
        case.send(case.begin())


def test_agreement_of_the_earlier_browser_ends_its_session(case):
    begun = case.begin()
    case.move(derive_code_of(begun))

    case.judge(begun, "me")

    assert case.states() == ["started"]
    with pytest.raises(NotFoundError):
        case.judge(begun, "not-me")


def test_objection_after_a_week_is_refused(case):
    begun = case.begin()
    case.move(derive_code_of(begun))

    with pytest.raises(ObjectionTooLateError):
        case.judge(begun, "not-me", case.now + timedelta(days=8))

    case.judge(begun, "not-me", case.now + timedelta(days=7))


def test_objection_after_the_close_is_refused(case):
    begun = case.begin()
    case.move(derive_code_of(begun))
    with case.world.writing() as session:
        closing.close_assessment(session, case.survey.key, case.now, without_results=True)

    with pytest.raises(NotFoundError):
        case.judge(begun, "not-me")


def test_transfer_to_the_same_browser_allows_no_objection(case):
    begun = case.begin()

    case.move(derive_code_of(begun), make_cookies(begun))

    with case.world.reading() as session, pytest.raises(UnauthenticatedError):
        response_lifecycle.load_respondent(session, begun.session)
