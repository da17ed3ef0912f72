"""Which draft of a person counts at the close."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from assessment.errors import NothingToShowError
from assessment.services.assessments import closing
from assessment.services.people import people_invitations, progress
from assessment.storage import answer_loader, tables
from tests.services.survey.draft_case import ANNA, DraftCase


def load_counted_ids(case):
    with case.world.reading() as session:
        gathered = answer_loader.load_answers(session, case.survey.key, case.questionnaire)
    return set(gathered.label_by_response_id().select_counted(0.5).respondents)


def test_close_counts_the_sent_response_of_a_person(case):
    case.begin()
    sent = case.begin(share=0.2)
    case.begin()
    case.send(sent)

    assert load_counted_ids(case) == {sent.respondent.response_id}


def test_close_counts_the_oldest_draft_with_half_answered_if_confidential(world, questionnaire, now):
    case = DraftCase(world, questionnaire, "confidential", now)
    case.begin(share=0.3)
    second = case.begin(share=0.6)
    case.begin(share=1.0)

    assert load_counted_ids(case) == {second.respondent.response_id}


def test_close_counts_no_unsent_draft_if_anonymous(world, questionnaire, now):
    case = DraftCase(world, questionnaire, "anonymous", now)
    case.begin()
    case.begin()

    assert load_counted_ids(case) == set()


def test_close_counts_a_replaced_person_once_with_the_earlier_invitation_first(world, questionnaire, now):
    case = DraftCase(world, questionnaire, "confidential", now)
    later = world.invite(case.survey, ANNA)[0]
    with world.writing() as session:
        own = tables.invitation.c.id == later.invitation.id
        session.execute(update(tables.invitation).where(own).values(replaces=case.invited.invitation.id))
    second = world.enter(later.token)
    world.answer(questionnaire, second)
    first = case.begin()

    assert load_counted_ids(case) == {first.respondent.response_id}
    case.withdraw(first)
    assert load_counted_ids(case) == {second.response_id}


def test_close_counts_drafts_of_a_revoked_person_like_others(world, questionnaire, now):
    case = DraftCase(world, questionnaire, "confidential", now)
    begun = case.begin()
    with world.writing() as session:
        people_invitations.revoke_invitation(session, case.survey.key, case.invited.invitation.id, now)

    assert load_counted_ids(case) == {begun.respondent.response_id}


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
