"""Second release: what a second close may publish after the first; on each database."""

import csv
import io

import pytest
from sqlalchemy import select, update

from assessment.errors import ConflictError
from assessment.services.assessments import reopening
from assessment.services.results import answer_export, published_results
from assessment.services.survey import response_lifecycle
from assessment.storage import tables
from tests.services.assessments.reopened_surveys import (
    DAY,
    GOLDEN,
    STAFF,
    change_one_answer,
    close_survey,
    close_with_unsent_answers,
    count_copies,
    decode_figures,
    find_assessment,
    import_rows,
    load_newest_release,
    read_figures,
    read_release_date,
    reopen_survey,
)

pytestmark = pytest.mark.slow  # most tests close an assessment two or three times


def list_attacks():
    """List changes to the answers of few people, for a survey of `close_with_unsent_answers` that was reopened."""

    def edited(world, questionnaire, survey, invited, now):
        change_one_answer(world, questionnaire, world.come_back(invited[0]), now)

    def late(world, questionnaire, survey, invited, now):
        world.answer(questionnaire, world.enter(invited[-1].token), value="2")

    def late_and_careless(world, questionnaire, survey, invited, now):
        world.answer(questionnaire, world.enter(invited[-1].token), value="4")

    def gone(world, questionnaire, survey, invited, now):
        world.set_aside(invited[0])

    def swapped(world, questionnaire, survey, invited, now):
        late(world, questionnaire, survey, invited, now)
        gone(world, questionnaire, survey, invited, now)

    def withdrawn(world, questionnaire, survey, invited, now):
        respondent = world.come_back(invited[0])
        with world.writing() as session:
            response_lifecycle.withdraw_response(session, respondent, now)

    def handful(world, questionnaire, survey, invited, now):
        for each in world.invite(survey, *[STAFF] * 4):
            world.answer(questionnaire, world.enter(each.token), value="1")
        late(world, questionnaire, survey, invited, now)

    def of_another_function(world, questionnaire, survey, invited, now):
        with world.writing() as session:  # as a program before the lock could leave it
            of_first = tables.response.c.invitation_id == invited[0].invitation.id
            session.execute(update(tables.response).where(of_first).values(functions="marketing;hr"))

    return (edited, late, late_and_careless, gone, swapped, withdrawn, handful, of_another_function)


def publish_after_attack(world, questionnaire, now, attack):
    """Return the survey, its first release, and the release that readers get after the second close."""
    survey, invited, _, first = close_with_unsent_answers(world, questionnaire, now)
    reopen_survey(world, survey, now)
    attack(world, questionnaire, survey, invited, now)
    close_survey(world, survey, now + DAY)
    return survey, first, load_newest_release(world, survey)


@pytest.mark.parametrize("attack", list_attacks(), ids=lambda attack: attack.__name__)
def test_second_release_that_would_reveal_few_people_is_withheld(world, questionnaire, now, attack):
    survey, first, second = publish_after_attack(world, questionnaire, now, attack)

    found = find_assessment(world, survey)

    assert (second.number, second.digest, second.content) == (1, first.digest, first.content)
    assert found.state == "closed"
    assert found.held_back


@pytest.mark.parametrize("attack", list_attacks(), ids=lambda attack: attack.__name__)
def test_mutant_without_the_rule_publishes_the_second_release_of_every_attack(
    world, questionnaire, now, attack, monkeypatch
):
    monkeypatch.setattr(reopening, "find_withheld_figure_groups", lambda *_: ())

    _, first, second = publish_after_attack(world, questionnaire, now, attack)

    assert second.number == 2
    assert read_figures(second) != read_figures(first)


@pytest.mark.parametrize(("late", "number"), [(5, 1), (6, 2)])
def test_k_late_people_are_withheld_and_one_more_is_published(world, questionnaire, now, late, number):
    survey, _, _, first = close_with_unsent_answers(world, questionnaire, now)
    reopen_survey(world, survey, now)
    for each in world.invite(survey, *[STAFF] * late):
        world.answer(questionnaire, world.enter(each.token), value="1")

    close_survey(world, survey, now + DAY)

    second = load_newest_release(world, survey)
    assert second.number == number
    assert (second.content == first.content) is (number == 1)
    assert bool(find_assessment(world, survey).held_back) is (number == 1)
    assert find_assessment(world, survey).release == number


@pytest.mark.parametrize(("decided", "number"), [((), 3), (("HR-C1",), 2)])
def test_release_that_decides_an_answer_with_all_earlier_ones_is_withheld(
    world, questionnaire, now, monkeypatch, decided, number
):
    survey, _, _, _ = close_with_unsent_answers(world, questionnaire, now)
    compared = []
    found = {3: decided}  # releases read together: items that they decide
    monkeypatch.setattr(
        reopening, "find_decided_items", lambda *known: compared.append(len(known[-1])) or found.get(len(known[-1]), ())
    )
    for _ in range(2):
        reopen_survey(world, survey, now)
        for each in world.invite(survey, *[STAFF] * 6):
            world.answer(questionnaire, world.enter(each.token), value="1")
        close_survey(world, survey, now)

    assert compared == [2, 3]
    assert load_newest_release(world, survey).number == number
    assert bool(find_assessment(world, survey).held_back) is bool(decided)


def test_second_release_does_not_replace_the_first(world, questionnaire, now):
    survey, _, _, first = close_with_unsent_answers(world, questionnaire, now)
    reopen_survey(world, survey, now)
    for each in world.invite(survey, *[STAFF] * 6):
        world.answer(questionnaire, world.enter(each.token), value="1")
    close_survey(world, survey, now + DAY)

    with world.reading() as session:
        kept = session.execute(select(tables.release.c.number, tables.release.c.content)).all()

    assert sorted(number for number, _ in kept) == [1, 2]
    assert dict(kept)[1] == first.content
    assert read_release_date(world, survey) == "2026-03-03"


def test_close_without_changes_publishes_the_same_figures(world, questionnaire, now):
    survey, _, _, first = close_with_unsent_answers(world, questionnaire, now)
    reopen_survey(world, survey, now)

    close_survey(world, survey, now)

    second = load_newest_release(world, survey)
    assert (second.number, second.content) == (2, first.content)


def test_later_close_is_compared_with_every_release_not_only_the_last(world, questionnaire, now):
    """Six come, then five of them go: against the second release nothing is told, against the first one person is."""
    survey, _, _, _ = close_with_unsent_answers(world, questionnaire, now)
    reopen_survey(world, survey, now)
    late = world.invite(survey, *[STAFF] * 7)
    for each in late:
        world.answer(questionnaire, world.enter(each.token), value="1")
    close_survey(world, survey, now)
    reopen_survey(world, survey, now)
    for each in late[:6]:
        world.set_aside(each)

    close_survey(world, survey, now)

    assert load_newest_release(world, survey).number == 2
    assert find_assessment(world, survey).held_back


def test_later_close_is_compared_with_every_release_not_only_the_first(world, questionnaire, now):
    """Six come, then one more: against the first release it is seven, against the second that one."""
    survey, _, _, _ = close_with_unsent_answers(world, questionnaire, now)
    for people in (6, 1):
        reopen_survey(world, survey, now)
        for each in world.invite(survey, *[STAFF] * people):
            world.answer(questionnaire, world.enter(each.token), value="1")
        close_survey(world, survey, now)

    assert load_newest_release(world, survey).number == 2
    assert find_assessment(world, survey).held_back


def test_later_close_is_not_compared_with_a_withheld_one(world, questionnaire, now):
    """One comes, is held back, and goes again: then nothing differs from what was published."""
    survey, invited, _, first = close_with_unsent_answers(world, questionnaire, now)
    reopen_survey(world, survey, now)
    world.answer(questionnaire, world.enter(invited[-1].token), value="4")
    close_survey(world, survey, now)
    reopen_survey(world, survey, now)
    world.set_aside(max(invited, key=lambda each: each.invitation.position))
    with world.writing() as session:  # the draft that was answered is the second one of this person
        second = (tables.response.c.invitation_id == invited[-1].invitation.id) & (tables.response.c.draft_number == 2)
        session.execute(update(tables.response).where(second).values(state="set-aside"))

    close_survey(world, survey, now)

    assert find_assessment(world, survey).held_back == []
    assert decode_figures(load_newest_release(world, survey)) == decode_figures(first)


def test_reasons_name_areas_but_no_items_and_no_numbers(world, questionnaire, now):
    survey, _, _ = publish_after_attack(world, questionnaire, now, list_attacks()[0])

    found = find_assessment(world, survey).held_back

    assert found == ["functions.marketing"]
    assert not any(item.id in " ".join(found) for item in questionnaire.items)


@pytest.mark.parametrize("value", ["2", "4"])
def test_reasons_do_not_reveal_whether_a_late_person_was_careless(world, questionnaire, now, value):
    survey, invited, _, _ = close_with_unsent_answers(world, questionnaire, now)
    reopen_survey(world, survey, now)
    world.answer(questionnaire, world.enter(invited[-1].token), value=value)

    close_survey(world, survey, now)

    assert find_assessment(world, survey).held_back == ["functions.marketing"]


def test_late_import_of_few_responses_is_withheld(world, half, file, now):
    survey, first = half
    import_rows(world, survey, file.part(50, 53), now)

    close_survey(world, survey, now)

    assert load_newest_release(world, survey).content == first.content


def test_second_release_equals_a_single_release_of_all_answers(world, half, file, questionnaire, now):
    survey, _ = half
    crowd = (GOLDEN / "contested-60.csv").read_text("utf-8").replace("\nr", "\nlate")
    import_rows(world, survey, crowd, now)
    close_survey(world, survey, now)

    whole = world.open()
    import_rows(world, whole, file.part(50), now)
    import_rows(world, whole, crowd, now)
    expected = close_survey(world, whole, now)

    second = load_newest_release(world, survey)
    assert second.number == 2
    assert read_figures(second) == read_figures(expected)


@pytest.mark.parametrize("terms", [{"confidentiality": "attributable"}, {"mode": "consensus"}])
def test_attributable_and_consensus_answers_are_always_published_again(world, questionnaire, now, terms):
    survey = world.open(**terms)
    role = "consensus" if "mode" in terms else "staff"
    *first, ben = world.invite(survey, *[(role, ("marketing",))] * 2, (role, ("hr",)))
    for each in first:
        world.answer(questionnaire, world.enter(each.token))
    close_survey(world, survey, now)
    reopen_survey(world, survey, now)
    world.answer(questionnaire, world.enter(ben.token))

    second = close_survey(world, survey, now)

    assert second.number == 2
    assert find_assessment(world, survey).held_back == []
    assert count_copies(world) == 0


def test_raw_export_has_the_answers_behind_the_newest_release(world, file, questionnaire, now):
    survey = world.open(confidentiality="attributable")
    import_rows(world, survey, file.part(50), now)
    close_survey(world, survey, now)
    reopen_survey(world, survey, now)
    with world.reading() as session, pytest.raises(ConflictError):
        answer_export.render_responses_csv(session, survey.key)
    import_rows(world, survey, file.part(50, 51), now)
    close_survey(world, survey, now)

    with world.reading() as session:
        exported = answer_export.render_responses_csv(session, survey.key)
        counted = published_results.load_result(session, survey.key).respondents

    assert len(list(csv.DictReader(io.StringIO(exported)))) == counted.counted == 51 - counted.careless


def test_reopening_clears_the_reasons_of_the_last_close(world, questionnaire, now):
    survey, _, _ = publish_after_attack(world, questionnaire, now, list_attacks()[0])

    assert reopen_survey(world, survey, now).held_back == []
