"""Erasing addresses, of one person or of all after their period, changes nothing about who counts."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.services.auth import workspaces
from assessment.services.operations import retention
from assessment.services.operations.retention import RetentionPeriods
from assessment.services.people import invited_people, respondent_data
from assessment.services.results import wave_comparison
from assessment.storage import tables
from assessment.storage.people import counting_people
from tests.services.conftest import SECRET
from tests.services.people.test_invited_people import (
    STAFF,
    answer_all,
    close,
    counts,
    find_assessment,
    marketing,
    reopen,
    set_assessment,
    set_invitation,
)

DOMAIN = "client.example"
YEAR = timedelta(days=366)


def mail(world, survey, number, place=0, *, late=False):
    invited = world.invite(survey, *[STAFF] * number, late=late)
    for index, each in enumerate(invited, start=place):
        set_invitation(world, [each], deliver="mail", email=f"p{index}@{DOMAIN}", name="Kim")
    return invited


@pytest.fixture(params=["confidential", "anonymous"])
def survey(world, request):
    survey = world.open(confidentiality=request.param)
    set_assessment(world, survey, domains=[DOMAIN])
    return survey


def erase(world, now, address=f"p0@{DOMAIN}"):
    with world.writing() as session:
        person = respondent_data.find_person(session, address, world.alice)
        respondent_data.erase_person(session, person, now, SECRET)


def erase_names(world, now):
    with world.reading() as session:
        plan = retention.plan_retention(session, (), RetentionPeriods(), (now + YEAR).date())
    retention.apply_retention(world.engine, plan, now + YEAR)


def list_decisions(world):
    with world.reading() as session:
        return set(map(tuple, session.execute(select(tables.invitation.c.email, tables.invitation.c.counts))))


def test_one_erased_person_leaves_the_results_of_the_others(world, survey, questionnaire, now):
    invited = mail(world, survey, 12)
    answer_all(world, questionnaire, invited[1:])

    erase(world, now)

    assert counts(world, survey, questionnaire) == (11, 11)
    assert marketing(close(world, survey, now)) is not None
    with world.reading() as session:
        total = invited_people.load_invited_summary(session, find_assessment(world, survey)).total
    assert (total.invited, total.mailed_to_domains) == (12, 12)


def test_mutant_that_stores_no_decision_loses_an_anonymous_result(world, survey, questionnaire, now, monkeypatch):
    monkeypatch.setattr(counting_people, "store_decisions", lambda *_: None)
    answer_all(world, questionnaire, mail(world, survey, 12)[1:])

    erase(world, now)

    lost = survey.confidentiality == "anonymous"
    assert counts(world, survey, questionnaire) == (11, 0 if lost else 11)


def test_people_who_did_not_count_do_not_count_after_an_erasure(world, survey, questionnaire, now):
    by_hand, by_mail = world.invite(survey, *[STAFF] * 7), mail(world, survey, 7)
    answer_all(world, questionnaire, [*by_hand, *by_mail[1:]])
    before = counts(world, survey, questionnaire)

    erase(world, now)

    assert counts(world, survey, questionnaire) == before == (13, 6)


def test_mailbox_of_an_erased_person_does_not_count_twice(world, survey, questionnaire, now):
    """A confidential response is deleted with its person; an anonymous one stays, and nothing says whose it was."""
    answer_all(world, questionnaire, mail(world, survey, 12))
    erase(world, now)

    again = mail(world, survey, 1, late=True)

    with world.reading() as session:
        people = counting_people.load_invited_people(session, survey.key)
    counting = counting_people.find_counting_invitations(people, [DOMAIN])
    assert (again[0].invitation.id in counting) == (survey.confidentiality == "confidential")


def test_decisions_are_stored_for_as_few_as_needed(world, survey, now):
    mail(world, survey, 3)

    erase(world, now)

    decided = {email: counts for email, counts in list_decisions(world) if counts is not None}
    others = {f"p1@{DOMAIN}": True, f"p2@{DOMAIN}": True} if survey.confidentiality == "anonymous" else {}
    assert decided == {None: True} | others


def test_erased_invitation_is_withdrawn_on_the_day_of_the_workspace(world, survey, now):
    mail(world, survey, 1)
    with world.writing() as session:
        workspaces.set_time_zone(session, world.alice, "Pacific/Honolulu", now)
    evening = now.replace(hour=3)  # still the day before in Honolulu

    erase(world, evening)

    with world.reading() as session:
        day = session.scalar(select(tables.invitation.c.revoked_on))
    assert day == evening.date() - timedelta(days=1)


def test_nothing_is_stored_where_addresses_decide_nothing(world, now):
    survey = world.open()
    mail(world, survey, 3)

    erase(world, now)

    assert {counts for _, counts in list_decisions(world)} == {None}


def test_names_erased_after_their_period_leave_who_counts(world, survey, questionnaire, now):
    answer_all(world, questionnaire, [*mail(world, survey, 8), *world.invite(survey, *[STAFF] * 7)])
    close(world, survey, now)
    before = counts(world, survey, questionnaire)

    erase_names(world, now)

    assert {email for email, _ in list_decisions(world)} == {None}
    assert counts(world, survey, questionnaire) == before == (15, 8)


@pytest.mark.parametrize("is_mutant", [False, True])
def test_assessment_without_names_can_publish_a_further_release(world, questionnaire, now, monkeypatch, is_mutant):
    if is_mutant:
        monkeypatch.setattr(counting_people, "store_decisions", lambda *_: None)
    survey = world.open()
    set_assessment(world, survey, domains=[DOMAIN])
    answer_all(world, questionnaire, mail(world, survey, 10))
    close(world, survey, now)
    erase_names(world, now)
    reopen(world, survey, now + YEAR)

    release = close(world, survey, now + YEAR, without_results=True)

    published = (release.number, bool(find_assessment(world, survey).held_back))
    assert published == ((1, True) if is_mutant else (2, False))


@pytest.mark.parametrize("is_mutant", [False, True])
def test_later_wave_says_why_figures_changed_after_names_were_erased(world, questionnaire, now, monkeypatch, is_mutant):
    if is_mutant:
        monkeypatch.setattr(counting_people, "store_decisions", lambda *_: None)
    first = world.open()
    set_assessment(world, first, domains=[DOMAIN])
    answer_all(world, questionnaire, mail(world, first, 12))
    close(world, first, now)
    erase_names(world, now)
    second = world.open(wave_of=first.id)
    set_assessment(world, second, domains=[DOMAIN])
    answer_all(world, questionnaire, mail(world, second, 12), value="1")

    close(world, second, now + YEAR)

    with world.reading() as session:
        attribution = wave_comparison.find_wave_pair(session, second.key).attribution
    assert (attribution["functions.marketing"].refused is not None) == is_mutant
