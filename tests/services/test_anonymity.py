"""Anonymous answers: one response for each link, found again by its browser or its code alone."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from assessment.errors import ClosedError, NotFoundError
from assessment.services import closing, entering, inviting, marking, progress, responding, tokens
from assessment.services.answering import Given
from assessment.services.entering import Browser, UsedError
from assessment.services.progress import Counts
from assessment.storage import tables

ANNA = ("practitioner", ("marketing", "hr"))
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
SECONDS = 30


@pytest.fixture
def survey(world):
    return world.open(confidentiality="anonymous")


@pytest.fixture
def token(world, survey):
    return world.invite(survey, ANNA)[0].token


def enter(world, token, **browser):
    with world.writing() as session:
        return entering.enter(session, token, browser=Browser(**browser), secret=SECRET)


def look(world, token, **browser):
    with world.reading() as session:
        return entering.look(session, token, Browser(**browser), SECRET)


def rows(world, table):
    with world.reading() as session:
        return session.execute(select(table)).all()


def code_of(entered):
    return responding.personal_code(entered.respondent, entered.cookie)


def test_a_response_knows_no_invitation_and_no_order_of_functions(world, token):
    enter(world, token)

    response = rows(world, tables.response)[0]
    assert response.invitation_id is None
    assert response.functions == "hr;marketing"


def test_entering_leaves_the_invitation_as_it_was(world, token):
    before = rows(world, tables.invitation), rows(world, tables.invitation_link)

    enter(world, token)

    assert (rows(world, tables.invitation), rows(world, tables.invitation_link)) == before


def test_a_second_browser_is_refused_and_begins_nothing(world, token):
    enter(world, token)

    with pytest.raises(UsedError):
        enter(world, token)

    assert look(world, token).response == "elsewhere"
    assert len(rows(world, tables.response)) == 1


def test_a_second_link_of_the_same_invitation_begins_nothing_either(world, survey, token, now):
    enter(world, token)
    with world.writing() as session:
        invitation = inviting.list_invitations(session, world.alice, survey.id).data[0]
        second = inviting.new_link(session, world.alice, survey.id, invitation.id, now)

    with pytest.raises(UsedError):
        enter(world, second)


def test_the_same_browser_finds_back_by_the_link(world, token):
    first = enter(world, token)

    again = enter(world, token, cookie=first.cookie, link=token)

    assert again.respondent.response_id == first.respondent.response_id
    assert look(world, token, cookie=first.cookie, link=token).response == "started"


def test_the_code_leads_another_browser_back_however_it_is_typed(world, token):
    first = enter(world, token)

    other = enter(world, token, code=f" {code_of(first).lower().replace('-', ' ')}")

    assert other.respondent.response_id == first.respondent.response_id
    assert other.cookie != first.cookie
    assert code_of(other) == ""


def test_a_code_that_leads_nowhere_is_told(world, token):
    enter(world, token)

    with pytest.raises(NotFoundError, match="code"):
        enter(world, token, code="ABCD-EFGH")


def test_a_code_of_another_survey_leads_nowhere(world, token):
    elsewhere = world.invite(world.open(confidentiality="anonymous"), ANNA)[0].token
    code = code_of(enter(world, elsewhere))

    with pytest.raises(NotFoundError):
        enter(world, token, code=code)


def test_a_second_press_of_the_button_finds_what_the_first_began(world, token):
    """The answer to the first may never have arrived, and its code with it."""
    page = tokens.new_token(tokens.RANDOM)

    first, second = enter(world, token, page=page), enter(world, token, page=page)

    assert first == second
    assert code_of(first)
    assert len(rows(world, tables.response)) == 1


@pytest.mark.parametrize("page", ["", "short", "x" * 44, "é" * 43, "<" * 43])
def test_a_page_without_a_good_secret_gets_one(world, token, page):
    assert tokens.is_token(enter(world, token, page=page).cookie)


def test_two_people_share_a_browser_without_sharing_answers(world, survey, token):
    first = enter(world, token)
    other = world.invite(survey, ANNA)[0].token

    second = enter(world, other, cookie=first.cookie, link=token)

    assert second.respondent.response_id != first.respondent.response_id
    with pytest.raises(UsedError):
        enter(world, token, cookie=second.cookie, link=other)


def test_of_all_that_is_answered_no_time_is_kept(world, token, questionnaire, writer, now):
    anna = enter(world, token).respondent
    responding.keep(writer, questionnaire, anna, "MK-R1", Given("3", sequence=1), now).result(SECONDS)
    with world.writing() as session:
        responding.shown(session, anna, "first", now)
        responding.continued(session, anna, "first", now, now - timedelta(seconds=40))
        responding.send(session, anna, now)

    opened = datetime.combine(anna.opened_on, time(), UTC)
    assert [row.saved_at for row in rows(world, tables.answer)] == [opened]
    assert [(row.shown_at, row.seconds) for row in rows(world, tables.section_time)] == [(opened, 40)]
    assert [(row.state, row.sent_at) for row in rows(world, tables.response)] == [("sent", None)]


def test_who_need_not_be_reminded_is_known_by_a_mark_that_names_nobody(world, survey, now):
    tokens_ = [each.token for each in world.invite(survey, ANNA, ANNA, ANNA)]
    sent, withdrawn = (enter(world, each).respondent for each in tokens_[:2])
    with world.writing() as session:
        responding.send(session, sent, now, link=tokens_[0], secret=SECRET)
        responding.withdraw_unsent(session, withdrawn, now, link=tokens_[1], secret=SECRET)
        invited = [each.id for each in inviting.list_invitations(session, world.alice, survey.id).data]

        wanted = marking.not_done(session, world.alice, survey.id, invited, SECRET)

    assert wanted == (invited[2],)
    assert not {row.name for row in rows(world, tables.mark)} & {each.encode() for each in invited}


def test_marks_are_not_made_without_a_secret(world, token):
    with world.writing() as session, pytest.raises(ValueError, match="secret"):
        entering.enter(session, token)


def test_people_are_counted_all_the_same(world, survey, token, now):
    world.invite(survey, ANNA)
    anna = enter(world, token).respondent
    with world.writing() as session:
        responding.send(session, anna, now)

    progress.refresh(world.engine, world.alice, [survey.id], now)
    with world.reading() as session:
        found = progress.progress(session, world.alice, survey.id)

    assert found.total == Counts(2, 1, 1)
    assert found.by_function == {"hr": Counts(2, 1, 1), "marketing": Counts(2, 1, 1)}


def test_a_revoked_invitation_ends_its_link_and_not_what_began_with_it(world, survey, token, now):
    first = enter(world, token)
    with world.writing() as session:
        invitation = inviting.list_invitations(session, world.alice, survey.id).data[0]
        inviting.revoke(session, world.alice, survey.id, invitation.id, now)

    with pytest.raises(NotFoundError):
        enter(world, token)
    with world.reading() as session:
        assert responding.respondent(session, first.cookie).state == "started"


def test_sent_answers_are_withdrawn_by_the_code(world, token, questionnaire, now):
    anna = enter(world, token).respondent
    world.answer(questionnaire, anna)
    with world.writing() as session:
        code = responding.send(session, anna, now).withdraw_code

    with world.writing() as session:
        responding.withdraw(session, code, now)

    assert rows(world, tables.answer) == []


def test_the_close_keeps_every_answer_and_forgets_the_marks(world, survey, questionnaire, now):
    for invited in world.invite(survey, *[ANNA] * 8):
        world.answer(questionnaire, enter(world, invited.token).respondent)
    kept = {table.name: sorted(map(repr, rows(world, table))) for table in (tables.answer, tables.response)}

    with world.writing() as session:
        closing.close(session, world.alice, survey.id, now, without_results=True)

    assert {t.name: sorted(map(repr, rows(world, t))) for t in (tables.answer, tables.response)} == kept
    assert rows(world, tables.mark) == []


def test_after_the_close_a_browser_or_a_code_still_knows_its_answers_where_results_are_shared(
    world, survey, token, now
):
    first = enter(world, token)
    code = code_of(first)
    with world.writing() as session:
        closing.close(session, world.alice, survey.id, now, without_results=True)
    with pytest.raises(ClosedError):
        enter(world, token, cookie=first.cookie, link=token)
    with world.writing() as session:
        session.execute(update(tables.assessment).values(share_results=True))

    back = enter(world, token, cookie=first.cookie, link=token), enter(world, token, code=code)

    assert {each.respondent.response_id for each in back} == {first.respondent.response_id}
    assert look(world, token).response == "elsewhere"
    with pytest.raises(ClosedError):
        enter(world, token)
