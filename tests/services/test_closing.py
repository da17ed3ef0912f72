"""Closing: who counts, the release, and what stays of the times."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec import structs
from sqlalchemy import select, update

from assessment.domain.answers import Settings
from assessment.domain.method import score
from assessment.errors import ClosedError, ConflictError, InvalidError, NotAttributableError
from assessment.intake import read_responses
from assessment.services import answering, assessing, closing, exporting, importing, inviting, releasing, responding
from assessment.services.answering import Given
from assessment.storage import gathering, tables

GOLDEN = Path(__file__).parents[1] / "golden"
ANNA = ("practitioner", ("marketing",))


def take_in(world, survey, text, now):
    with world.writing() as session:
        return importing.take_in(session, world.alice, survey.id, text, now)


def close(world, survey, now):
    with world.writing() as session:
        return closing.close(session, world.alice, survey.id, now, without_results=True)


def golden(name="plain-24"):
    return (GOLDEN / f"{name}.csv").read_text("utf-8")


@pytest.mark.parametrize("name", ["plain-24", "sparse-40", "not-applicable-40"])
def test_a_file_taken_in_gives_the_scores_of_the_file(world, questionnaire, now, name):
    survey = world.open()
    take_in(world, survey, golden(name), now)

    close(world, survey, now)

    with world.reading() as session:
        stored = releasing.result(session, world.alice, survey.id)
    answers = read_responses(golden(name), questionnaire).answers
    direct = score(questionnaire, answers, Settings(minimum_group=5), date="2026-03-02")
    assert msgspec.json.encode(stored) == msgspec.json.encode(direct)


def test_attributable_answers_are_scored_in_full_and_can_be_exported_and_scored_again(world, questionnaire, now):
    survey = world.open(confidentiality="attributable")
    take_in(world, survey, golden(), now)
    close(world, survey, now)

    with world.reading() as session:
        stored = releasing.result(session, world.alice, survey.id)
        exported = exporting.responses_csv(session, world.alice, survey.id)

    expected = json.loads((GOLDEN / "plain-24.json").read_text("utf-8"))["overall"]["score"]
    again = score(
        questionnaire, read_responses(exported, questionnaire).answers, Settings(), date=None, unsuppressed=True
    )
    assert stored.overall.score == pytest.approx(expected, abs=1e-6)
    assert again.overall == stored.overall
    names = {row["respondent"] for row in csv.DictReader(io.StringIO(golden()))}
    assert {row["respondent"] for row in csv.DictReader(io.StringIO(exported))} == names


def test_answers_given_in_confidence_are_never_exported(world, now):
    survey = world.open()
    close(world, survey, now)

    with world.reading() as session, pytest.raises(NotAttributableError):
        exporting.responses_csv(session, world.alice, survey.id)


def test_a_name_that_a_spreadsheet_would_compute_is_exported_as_text(world, now):
    survey = world.open(confidentiality="attributable")
    take_in(world, survey, golden().replace("\nr1,", "\n=1+1,"), now)
    close(world, survey, now)

    with world.reading() as session:
        exported = exporting.responses_csv(session, world.alice, survey.id)

    assert "\n'=1+1," in exported


def test_sent_answers_count_and_unsent_ones_from_half_of_what_is_asked(world, questionnaire, now):
    survey = world.open()
    invited = world.invite(survey, *[ANNA] * 6)
    people = [world.enter(each.token) for each in invited]
    for person, share in zip(people, (1.0, 0.1, 0.55, 0.45, 0.9, 0.0), strict=True):
        world.answer(questionnaire, person, share)
    world.send(people[0])
    world.send(people[1])
    with world.writing() as session:
        inviting.revoke(session, world.alice, survey.id, invited[4].invitation.id, now)

    with world.reading() as session:
        gathered = gathering.gather(session, world.alice, survey.id, questionnaire)
    counted = gathered.counted(questionnaire.scoring.submitted_share)

    answered = sorted(int(n) for n in (counted.values >= 0).sum(axis=1))
    asked = int((counted.values != -4).sum(axis=1)[0])
    assert answered == [round(asked * 0.1), round(asked * 0.55), round(asked * 0.9), asked]


def test_withdrawn_answers_do_not_count(world, questionnaire, now):
    survey = world.open()
    anna = world.enter(world.invite(survey, ANNA)[0].token)
    world.answer(questionnaire, anna)
    with world.writing() as session:
        responding.withdraw(session, anna, now)

    with world.reading() as session:
        assert len(gathering.gather(session, world.alice, survey.id, questionnaire).answers) == 0


def test_an_answer_to_what_is_no_longer_asked_is_left_out(world, questionnaire):
    survey = world.open()
    invited = world.invite(survey, ANNA)[0]
    world.answer(questionnaire, world.enter(invited.token))
    with world.writing() as session:  # as a program before the lock could leave it
        session.execute(update(tables.response).values(functions="hr"))

    with world.reading() as session:
        answers = gathering.gather(session, world.alice, survey.id, questionnaire).answers

    of_marketing = [n for n, item in enumerate(questionnaire.items) if item.function == "marketing"]
    assert (answers.values[0, of_marketing] == -4).all()


def test_seconds_are_known_only_when_every_page_has_them(world, questionnaire, now):
    survey = world.open()
    quick, slow = (world.enter(each.token) for each in world.invite(survey, ANNA, ANNA))
    for person, skipped in ((quick, 0), (slow, 1)):
        world.answer(questionnaire, person)
        with world.writing() as session:
            for page in responding.pages(questionnaire, person)[skipped:]:
                responding.shown(session, person, page[0].id, now)
                responding.continued(session, person, page[0].id, now + timedelta(seconds=20))

    with world.reading() as session:
        seconds = gathering.gather(session, world.alice, survey.id, questionnaire).answers.seconds

    assert np.isnan(seconds).sum() == 1
    assert np.nansum(seconds) == 20 * len(responding.pages(questionnaire, quick))


def test_a_release_never_changes_and_there_is_none_before_the_close(world, now):
    survey = world.open()
    with world.reading() as session, pytest.raises(ConflictError):
        releasing.release(session, world.alice, survey.id)
    take_in(world, survey, golden(), now)
    made = close(world, survey, now)

    with world.writing() as session, pytest.raises(ConflictError):
        closing.close(session, world.alice, survey.id, now, without_results=True)

    with world.reading() as session:
        assert releasing.release(session, world.alice, survey.id) == made
        assert assessing.get(session, world.alice, survey.id).closed_on == now.date()
    assert made.number == 1


def test_a_draft_is_not_closed(world, now):
    with world.writing() as session, pytest.raises(ConflictError):
        closing.close(session, world.alice, world.draft().id, now)


def test_once_closed_only_the_day_is_kept_of_any_time(world, questionnaire, now):
    survey = world.open()
    anna = world.enter(world.invite(survey, ANNA)[0].token)
    world.answer(questionnaire, anna)
    with world.writing() as session:
        responding.shown(session, anna, "first", now)
        responding.send(session, anna, now)

    close(world, survey, now + timedelta(days=3))

    midnight = now.replace(hour=0, minute=0, second=0)
    with world.reading() as session:
        for column in (tables.answer.c.saved_at, tables.section_time.c.shown_at, tables.response.c.sent_at):
            assert set(session.scalars(select(column))) == {midnight}


def test_a_file_is_taken_in_whole_or_not_at_all(world, now):
    survey = world.open()
    broken = golden() + "r99,king,hr,1\n"

    with pytest.raises(InvalidError):
        take_in(world, survey, broken, now)

    with world.reading() as session:
        assert session.execute(select(tables.response)).all() == []


def test_a_respondent_is_taken_in_once(world, now):
    survey = world.open()
    take_in(world, survey, golden(), now)

    with pytest.raises(InvalidError) as refused:
        take_in(world, survey, golden(), now)

    assert len(refused.value.problems) == 24


def test_a_file_and_people_invited_in_confidence_are_never_mixed(world, now):
    """Whoever holds the file could subtract it."""
    invited = world.open()
    world.invite(invited, ANNA)
    with pytest.raises(ConflictError):
        take_in(world, invited, golden(), now)

    taken_in = world.open()
    take_in(world, taken_in, golden(), now)
    with pytest.raises(ConflictError):
        world.invite(taken_in, ANNA)

    attributable = world.open(confidentiality="attributable")
    world.invite(attributable, ANNA)
    assert take_in(world, attributable, golden(), now).responses == 24


def test_a_file_is_taken_in_only_while_open(world, now):
    with pytest.raises(ClosedError):
        take_in(world, world.draft(), golden(), now)


def test_the_questionnaire_as_opened_is_scored_whatever_the_files_say_now(world, questionnaire):
    survey = world.open()

    class Altered:
        def get(self, *_):
            return structs.replace(questionnaire, items=(), digest="another")

    with world.reading() as session:
        from_database = assessing.shelf.questionnaire_for(session, survey, Altered())

    assert from_database == questionnaire


def test_what_is_acknowledged_while_it_closes_is_in_the_release_and_nothing_else(
    world, questionnaire, writer, now, monkeypatch
):
    survey = world.open()
    people = [world.enter(each.token) for each in world.invite(survey, *[ANNA] * 6)]
    gathered = []
    real = gathering.gather

    def gather(*given, **named):
        gathered.append(real(*given, **named))
        return gathered[0]

    monkeypatch.setattr(closing.gathering, "gather", gather)

    def answer(person):
        kept = 0
        for item in answering.asked(questionnaire, person).values():
            given = Given(item.options[0] if item.options else "3", sequence=1)
            try:
                responding.keep(writer, questionnaire, person, item.id, given, now).result(30)
            except ClosedError:
                return kept
            kept += 1
        return kept

    with ThreadPoolExecutor(len(people)) as pool:
        answers = [pool.submit(answer, person) for person in people]
        close(world, survey, now)
        acknowledged = sum(each.result() for each in answers)

    assert acknowledged == (gathered[0].answers.values >= 0).sum()
    with world.reading() as session:
        assert len(session.execute(select(tables.answer)).all()) == acknowledged
