"""Feasibility from invitations, and the forecast at the close from hourly counts, on each database."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from assessment.domain.disclosure.feasibility import DEFAULT_RESPONSE_PERCENT
from assessment.errors import NothingToShowError
from assessment.services.assessments import assessment_setup, closing, feasibility
from assessment.services.people import people_invitations, progress, response_import
from assessment.services.people.people_invitations import Invitee
from assessment.services.results import published_results
from assessment.storage import tables

GOLDEN = Path(__file__).parents[2] / "golden"
MARKETING = ("marketing",)
ANNA = ("practitioner", MARKETING)


def forecast(world, assessment, questionnaire, percent=DEFAULT_RESPONSE_PERCENT):
    with world.reading() as session:
        held = assessment_setup.get_assessment(session, assessment.key)
        return feasibility.load_feasibility(session, held, questionnaire, percent)


def forecast_close(world, assessment, questionnaire, now):
    progress.refresh_counts(world.engine, world.alice, [assessment.id], now)
    with world.reading() as session:
        held = assessment_setup.get_assessment(session, assessment.key)
        return feasibility.forecast_close(session, held, questionnaire)


def list_shown(side):
    return {figure.path for figure in side.figures if figure.is_shown}


def invite_addresses(world, assessment, *addresses):
    guests = [Invitee(role=ANNA[0], functions=ANNA[1], email=address) for address in addresses]
    with world.writing() as session:
        return people_invitations.invite_people(session, assessment.key, guests, world.catalogue, world.now)


def mail(world, invited):
    """Let the server have mailed these invitations."""
    ids = [each.invitation.id for each in invited]
    with world.writing() as session:
        session.execute(update(tables.invitation).where(tables.invitation.c.id.in_(ids)).values(deliver="mail"))


def test_draft_without_people_shows_nothing(world, questionnaire):
    found = forecast(world, world.draft(), questionnaire)

    assert (found.invited, found.needed, found.enough) == (0, 6, 10)
    assert not list_shown(found.without_domains)


@pytest.mark.parametrize(("people", "percent", "is_shown"), [(9, 60, False), (10, 60, True), (6, 100, True)])
def test_function_is_shown_from_six_expected_answers(world, questionnaire, people, percent, is_shown):
    draft = world.draft()
    world.invite(draft, *[ANNA] * people)

    found = forecast(world, draft, questionnaire, percent)

    assert ("functions.marketing" in list_shown(found.without_domains)) == is_shown
    figure = next(each for each in found.without_domains.figures if each.path == "functions.marketing")
    assert figure.is_shown_if_all_answer
    assert [need.enough for need in figure.needs] == ([] if is_shown else [10])


def test_revoked_and_replaced_invitations_are_left_out(world, questionnaire, now):
    draft = world.draft()
    invited = world.invite(draft, *[ANNA] * 10)
    with world.writing() as session:
        people_invitations.revoke_invitation(session, draft.key, invited[0].invitation.id, now)

    found = forecast(world, draft, questionnaire)

    assert found.invited == 9
    assert "functions.marketing" not in list_shown(found.without_domains)


def test_people_invited_after_the_opening_do_not_count(world, questionnaire):
    survey = world.open()
    world.invite(survey, *[ANNA] * 6)
    world.invite(survey, *[ANNA] * 5, late=True)

    found = forecast(world, survey, questionnaire)

    assert found.invited == 11
    assert found.without_domains.counting == 6


def test_mail_domains_are_shown_next_to_no_domains(world, questionnaire):
    draft = world.draft(domains=("client.example",))
    mailed = invite_addresses(
        world, draft, *[f"p{n}@client.example" for n in range(10)], "p1+x@client.example", "guest@other.example"
    )
    mail(world, mailed)
    world.invite(draft, *[ANNA] * 3)

    found = forecast(world, draft, questionnaire)

    assert (found.without_domains.counting, found.with_domains.counting) == (15, 10)
    assert found.applied is found.with_domains
    assert "functions.marketing" in list_shown(found.with_domains)


def test_anonymous_group_with_few_uncounted_people_does_not_count(world, questionnaire):
    """One late person among ten: a mark would single that person out, so that none of them counts (method 6.9)."""
    survey = world.open(confidentiality="anonymous")
    world.invite(survey, *[ANNA] * 10)
    world.invite(survey, ANNA, late=True)

    assert forecast(world, survey, questionnaire).without_domains.counting == 0


def test_attributable_assessment_needs_two_answers_and_no_minimum_group(world, questionnaire):
    draft = world.draft(confidentiality="attributable")
    world.invite(draft, *[ANNA] * 4)

    found = forecast(world, draft, questionnaire)

    assert (found.needed, found.with_domains, found.is_consensus_offered) == (2, None, False)
    assert "functions.marketing" in list_shown(found.without_domains)


@pytest.mark.parametrize(("people", "is_offered"), [(14, True), (15, False)])
def test_consensus_is_offered_under_fifteen_people(world, questionnaire, people, is_offered):
    draft = world.draft()
    world.invite(draft, *[ANNA] * people)

    assert forecast(world, draft, questionnaire).is_consensus_offered == is_offered


def test_shared_and_free_mail_addresses_are_listed(world, questionnaire):
    draft = world.draft()
    invite_addresses(world, draft, "info@client.example", "Team@client.example", "ann@gmail.com", "bo@client.example")

    found = forecast(world, draft, questionnaire).addresses

    assert found.shared == ("info@client.example", "team@client.example")
    assert found.free_mail == ("ann@gmail.com",)


def test_close_forecast_uses_the_hourly_count(world, questionnaire, now):
    """Nobody may see from it that a single person has sent (method 6.11)."""
    survey = world.open()
    invited = world.invite(survey, *[ANNA] * 8)
    people = [world.enter(each.token) for each in invited]
    for person in people[:5]:
        world.send(person)
    before = forecast_close(world, survey, questionnaire, now)
    world.send(people[5])

    within_the_hour = forecast_close(world, survey, questionnaire, now + timedelta(minutes=30))
    later = forecast_close(world, survey, questionnaire, now + timedelta(hours=1))

    assert before == within_the_hour
    assert "functions.marketing" in before.forecast.hidden
    assert "functions.marketing" in later.forecast.enough


def test_close_forecast_says_may_where_unsent_answers_can_count(world, questionnaire, now):
    survey = world.open()
    invited = world.invite(survey, *[ANNA] * 8)
    people = [world.enter(each.token) for each in invited]
    for person in people[:5]:
        world.send(person)
    world.answer(questionnaire, people[5], 0.2)

    found = forecast_close(world, survey, questionnaire, now).forecast

    assert "functions.marketing" in found.uncertain


def test_anonymous_close_forecast_ignores_unsent_answers(world, questionnaire, now):
    survey = world.open(confidentiality="anonymous")
    invited = world.invite(survey, *[ANNA] * 8)
    for each in invited:
        world.answer(questionnaire, world.enter(each.token), 0.9)

    found = forecast_close(world, survey, questionnaire, now).forecast

    assert "functions.marketing" in found.hidden
    assert not found.has_figures


def test_close_forecast_of_imported_answers_agrees_with_the_release(world, questionnaire, now):
    """The numbers of a file are known by role within a function, so nothing is uncertain."""
    survey = world.open()
    with world.writing() as session:
        response_import.import_responses(session, survey.key, (GOLDEN / "alike-30.csv").read_text("utf-8"), now)
    found = forecast_close(world, survey, questionnaire, now).forecast

    with world.writing() as session:
        closing.close_assessment(session, survey.key, now)
    with world.reading() as session:
        result = published_results.load_result(session, survey.key)

    assert not found.uncertain
    assert result.overall.score is not None
    for name, function in result.functions.items():
        assert function.score is None or f"functions.{name}" in found.enough


def test_close_where_nobody_counts_is_refused_once(world, questionnaire, now):
    """Six have sent, but were invited after the opening: no figure could be shown."""
    survey = world.open()
    for each in world.invite(survey, *[ANNA] * 6, late=True):
        world.send(world.enter(each.token))

    with world.writing() as session, pytest.raises(NothingToShowError):
        closing.close_assessment(session, survey.key, now)
    with world.writing() as session:
        release = closing.close_assessment(session, survey.key, now, without_results=True)

    assert release is None


def test_close_with_enough_people_of_one_role_over_several_functions_is_not_refused(world, questionnaire, now):
    """No function has six people, but the questions about their own work do."""
    survey = world.open()
    groups = [("practitioner", (name,)) for name in ("customer-service", "marketing", "hr")] * 2
    for each in world.invite(survey, *groups):
        person = world.enter(each.token)
        world.answer(questionnaire, person)
        world.send(person)

    with world.writing() as session:
        release = closing.close_assessment(session, survey.key, now)

    assert release is not None
