"""Released comments of respondents: who sees which, from how many people on, and what a later release adds."""

import pytest
from sqlalchemy import select

from assessment.domain.survey.answer import Answer
from assessment.services.assessments import closing, reopening
from assessment.services.people import respondent_data
from assessment.services.results import voices
from assessment.services.survey import response_lifecycle
from assessment.services.survey.answer_validation import map_asked_items
from assessment.storage import tables
from tests.services.conftest import SECRET

STAFF = ("staff", ("marketing",))
COMMENT, OPEN = "comment:marketing-work", "open:comment"
SECONDS = 30


def write(world, questionnaire, person, key, text, now):
    answer = Answer("na" if key in questionnaire.item else "written", text)
    response_lifecycle.save_answer(world.writer, questionnaire, person, key, answer, now).result(SECONDS)


def answer_and_write(world, questionnaire, people, now, **texts):
    """Everyone answers all; each of the first few writes what `texts` says, by number (`p0`)."""
    for number, person in enumerate(people):
        world.answer(questionnaire, person, value=str(1 + number % 3))
        if text := texts.get(f"p{number}"):
            write(world, questionnaire, person, COMMENT, text, now)


def close(world, survey, now):
    with world.writing() as session:
        return closing.close_assessment(session, survey.key, now, without_results=True)


def reopen(world, survey, now):
    with world.writing() as session:
        reopening.reopen_assessment(session, survey.key, now)


def load(world, survey):
    with world.reading() as session:
        return voices.load_released_voices(session, survey.key)


def list_texts(world, survey, pool="marketing"):
    pools = {each.function: each for each in load(world, survey).pools}
    return [voice.text for voice in pools[pool].voices]


def list_rows(world):
    with world.reading() as session:
        return session.execute(select(tables.voice)).all()


@pytest.fixture
def begin(world):
    """Invite people and let them start."""

    def start(count, survey=None, **settings):
        survey = survey or world.open(**settings)
        invited = world.invite(survey, *[STAFF] * count)
        return survey, invited, [world.enter(each.token) for each in invited]

    return start


@pytest.mark.parametrize(("people", "expected"), [(9, []), (10, ["We are short of people"])])
def test_comments_are_released_from_ten_people(world, questionnaire, begin, now, people, expected):
    survey, _, entered = begin(people)
    answer_and_write(world, questionnaire, entered, now, p3="We are short of people")

    close(world, survey, now)

    assert list_texts(world, survey) == expected


def test_people_who_do_not_count_are_not_among_the_ten(world, questionnaire, begin, now):
    survey, _, entered = begin(9)
    late = world.invite(survey, STAFF, late=True)
    answer_and_write(world, questionnaire, [*entered, world.enter(late[0].token)], now, p0="One")

    close(world, survey, now)

    assert list_texts(world, survey) == []


def test_reasons_and_the_open_question_are_released_like_comments(world, questionnaire, begin, now):
    survey, _, entered = begin(10)
    answer_and_write(world, questionnaire, entered, now)
    write(world, questionnaire, entered[0], "MK-P1", "We outsource this", now)
    write(world, questionnaire, entered[1], OPEN, "Thank you for asking", now)

    close(world, survey, now)

    assert list_texts(world, survey) == ["We outsource this"]
    assert list_texts(world, survey, None) == ["Thank you for asking"]


def test_cleared_comment_is_not_released(world, questionnaire, begin, now):
    survey, _, entered = begin(10)
    answer_and_write(world, questionnaire, entered, now, p0="Oh no")
    response_lifecycle.save_answer(world.writer, questionnaire, entered[0], COMMENT, Answer(""), now).result(SECONDS)

    close(world, survey, now)

    assert list_rows(world) == []


def test_later_release_adds_comments_of_six_new_authors_only(world, questionnaire, begin, now):
    survey, _, entered = begin(40)
    answer_and_write(world, questionnaire, entered[:20], now, p0="first")
    close(world, survey, now)
    reopen(world, survey, now)
    answer_and_write(world, questionnaire, entered[20:30], now, **{f"p{n}": f"second {n}" for n in range(5)})
    close(world, survey, now)
    second = list_texts(world, survey)
    reopen(world, survey, now)
    answer_and_write(world, questionnaire, entered[30:], now, p0="third 0")

    close(world, survey, now)

    assert second == ["first"]
    assert sorted(list_texts(world, survey)[1:]) == [*(f"second {n}" for n in range(5)), "third 0"]
    assert list_texts(world, survey)[0] == "first"


def test_anonymous_comments_have_no_author_and_leave_the_answers(world, questionnaire, begin, now):
    survey = world.open(confidentiality="anonymous")
    invited = world.invite(survey, *[STAFF] * 10)
    for number, each in enumerate(invited):
        entered = world.begin(each.token)
        world.answer(questionnaire, entered.respondent, value=str(1 + number % 3))
        write(world, questionnaire, entered.respondent, COMMENT, f"Comment {number}", now)
        write(world, questionnaire, entered.respondent, "MK-P1", f"Reason {number}", now)
        world.send_anonymously(entered, each.invitation.id)

    close(world, survey, now)

    rows = list_rows(world)
    with world.reading() as session:
        answers = session.execute(select(tables.answer)).all()
        packed = session.scalars(select(tables.response.c.packed_answers)).all()
    assert len(rows) == 20
    assert {row.response_id for row in rows} == {None}
    assert answers == []
    assert len(packed) == 10
    assert all("MK-P1" in text for text in packed)
    assert not any(word in text for text in packed for word in (":", "Comment", "Reason"))


def test_anonymous_comments_that_are_not_released_are_deleted(world, questionnaire, now):
    survey = world.open(confidentiality="anonymous")
    invited = world.invite(survey, *[STAFF] * 7)
    for each in invited:
        entered = world.begin(each.token)
        world.answer(questionnaire, entered.respondent)
        write(world, questionnaire, entered.respondent, COMMENT, "Never shown", now)
        world.send_anonymously(entered, each.invitation.id)

    close(world, survey, now)

    with world.reading() as session:
        keys = set(session.scalars(select(tables.answer.c.item_id)))
    assert list_rows(world) == []
    assert keys <= set(questionnaire.item)


def test_comments_of_erased_people_disappear_once_six_have_gone(world, questionnaire, begin, now):
    survey, invited, entered = begin(12)
    answer_and_write(world, questionnaire, entered, now, **{f"p{n}": f"Comment {n}" for n in range(8)})
    close(world, survey, now)
    counts = []

    for each in invited[:6]:
        with world.writing() as session:
            person = respondent_data.find_person(session, each.invitation.id)
            respondent_data.erase_person(session, person, now, SECRET)
        counts.append((len(list_rows(world)), load(world, survey).withdrawn))

    assert counts == [(8, False)] * 5 + [(2, True)]
    assert sorted(list_texts(world, survey)) == ["Comment 6", "Comment 7"]


def test_attributable_comments_are_shown_from_one_person_and_erased_at_once(world, questionnaire, begin, now):
    survey, invited, entered = begin(2, confidentiality="attributable")
    answer_and_write(world, questionnaire, entered, now, p0="Mine", p1="Yours")
    close(world, survey, now)
    shown = sorted(list_texts(world, survey))
    with world.writing() as session:
        person = respondent_data.find_person(session, invited[0].invitation.id)
        respondent_data.erase_person(session, person, now, SECRET)

    assert shown == ["Mine", "Yours"]
    assert list_texts(world, survey) == ["Yours"]


def test_export_of_a_person_contains_comments_before_and_after_the_release(world, questionnaire, begin, now):
    survey, invited, entered = begin(10)
    answer_and_write(world, questionnaire, entered, now, p0="My own words")
    close(world, survey, now)

    with world.writing() as session:
        person = respondent_data.find_person(session, invited[0].invitation.id)
        exported = respondent_data.export_person(session, person, now, SECRET)

    response = exported["invitations"][0]["responses"][0]
    assert "My own words" in [row["reason"] for row in response["answers"]]
    assert [row["text"] for row in response["released_comments"]] == ["My own words"]


def test_chosen_comments_keep_their_order(world, questionnaire, begin, now):
    survey, _, entered = begin(12)
    answer_and_write(world, questionnaire, entered, now, **{f"p{n}": f"Comment {n}" for n in range(8)})
    close(world, survey, now)
    before = load(world, survey)
    chosen = before.list_ids()[1:4]

    with world.writing() as session:
        voices.choose_voices(session, survey.key, list(reversed(chosen)), now)

    assert before.list_chosen_ids() == []
    assert load(world, survey).list_chosen_ids() == chosen
    assert load(world, survey).list_ids() == before.list_ids()


def test_comment_needs_a_page_of_the_respondent(world, questionnaire, begin, now):
    _, _, entered = begin(1)
    assert "HR-P1" not in map_asked_items(questionnaire, entered[0])

    for key in ("comment:hr-work", "comment:", "open:comments"):
        with pytest.raises(Exception, match="can’t be kept"):
            write(world, questionnaire, entered[0], key, "Not mine", now)


def test_comments_of_a_team_are_shown_from_one_record(world, questionnaire, now):
    survey = world.open(mode="consensus", confidentiality="attributable")
    invited = world.invite(survey, ("consensus", ("marketing",)))
    team = world.enter(invited[0].token)
    world.answer(questionnaire, team)
    write(world, questionnaire, team, COMMENT, "We agreed on this", now)

    close(world, survey, now)

    assert list_texts(world, survey) == ["We agreed on this"]
