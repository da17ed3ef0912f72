"""Opening again: what a second close may publish beside the first, on each database."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from sqlalchemy import delete, func, select, update

from assessment.domain.answers import EVIDENCE_KINDS
from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey.answer import Answer
from assessment.errors import ChangedError, ConflictError
from assessment.services.assessments import assessment_setup, closing, reopening, setting_locks
from assessment.services.assessments.assessment_fields import AssessmentPatch
from assessment.services.auth import tokens
from assessment.services.people import response_import
from assessment.services.people.response_files import read_responses
from assessment.services.results import answer_export, published_results
from assessment.services.survey import draft_keys, draft_transfer, response_lifecycle
from assessment.services.survey.answer_validation import map_asked_items
from assessment.storage import tables
from assessment.storage.results import release_snapshots, releases
from tests.services.conftest import SECRET

pytestmark = pytest.mark.slow  # most tests close an assessment two or three times

GOLDEN = Path(__file__).parents[2] / "golden"
SERVICES = Path(closing.__file__).parents[1]
SECONDS = 30
STAFF = ("staff", ("marketing",))
DAY = timedelta(days=1)


@pytest.fixture
def file():
    """Sixty responses, cut into parts by rows."""
    return Rows((GOLDEN / "contested-60.csv").read_text("utf-8"))


class Rows:
    def __init__(self, text):
        self.head, *self.rows = text.splitlines()

    def part(self, *rows):
        """A file of some rows; `rows` as for a slice."""
        return "\n".join([self.head, *self.rows[slice(*rows)]]) + "\n"


def take_in(world, survey, text, now):
    with world.writing() as session:
        response_import.import_responses(session, survey.key, text, now)


def close(world, survey, now):
    with world.writing() as session:
        return closing.close_assessment(session, survey.key, now, without_results=True)


def reopen(world, survey, now):
    with world.writing() as session:
        return reopening.reopen_assessment(session, survey.key, now)


def find_assessment(world, survey):
    with world.reading() as session:
        return assessment_setup.get_assessment(session, survey.key)


def newest(world, survey):
    with world.reading() as session:
        return published_results.load_release(session, survey.key)


def figures_of(release):
    """All of a release but who was invited, where revoked people are counted."""
    return msgspec.structs.replace(published_results.decode_result(release), invited=None)


def copies(world):
    with world.reading() as session:
        return session.scalar(select(func.count()).select_from(tables.basis))


@pytest.fixture
def half(world, file, now):
    """A closed assessment that 50 of 60 have answered, opened again; and what was published."""
    survey = world.open()
    take_in(world, survey, file.part(50), now)
    first = close(world, survey, now)
    reopen(world, survey, now)
    return survey, first


def invited_and_closed(world, questionnaire, now, people=12):
    """Twelve who have answered everything and not sent it; closed."""
    survey = world.open()
    invited = world.invite(survey, *[STAFF] * (people + 1))
    entered = [world.enter(each.token) for each in invited]
    for number, person in enumerate(entered[:people]):
        world.answer(questionnaire, person, value=str(number % 5))
    return survey, invited, entered, close(world, survey, now)


def edit(world, questionnaire, person, now):
    """Somebody no longer knows what they knew."""
    item = next(iter(map_asked_items(questionnaire, person)))
    response_lifecycle.save_answer(world.writer, questionnaire, person, item, Answer("dk", sequence=99), now).result(
        SECONDS
    )


def test_reopening_preserves_the_release(world, half, now):
    survey, first = half

    found = find_assessment(world, survey)

    assert (found.state, found.closed_on, found.is_reopened) == ("open", None, True)
    assert newest(world, survey).content == first.content


def test_only_a_closed_assessment_can_be_reopened(world, now):
    for survey in (world.draft(), world.open()):
        with pytest.raises(ConflictError):
            reopen(world, survey, now)


def test_reopening_with_a_stale_revision_is_refused(world, now):
    survey = world.open()
    close(world, survey, now)

    with world.writing() as session, pytest.raises(ChangedError):
        reopening.reopen_assessment(session, survey.key, now, revision=survey.revision)


def test_reopening_an_anonymous_assessment_is_refused_with_a_remedy(world, now):
    survey = world.open(confidentiality="anonymous")
    close(world, survey, now)

    with pytest.raises(ConflictError, match="Begin a new wave"):
        reopen(world, survey, now)

    assert find_assessment(world, survey).state == "closed"


def test_reopening_drops_a_past_closing_date_only(world, now):
    soon, late = (world.open(closes_on=(now + span).date()) for span in (DAY, 9 * DAY))
    for survey in (soon, late):
        close(world, survey, now)
        reopen(world, survey, now + 2 * DAY)

    assert find_assessment(world, soon).closes_on is None
    assert find_assessment(world, late).closes_on == (now + 9 * DAY).date()


def test_respondent_returns_with_link_and_code_after_reopening(world, questionnaire, now):
    survey = world.open()
    invited = world.invite(survey, STAFF)
    begun = world.begin(invited[0].token)
    world.answer(questionnaire, begun.respondent)
    close(world, survey, now)
    reopen(world, survey, now)

    code = tokens.derive_code(draft_keys.get_token(begun.session))
    with world.writing() as session:
        anna = draft_transfer.transfer_draft(session, invited[0].token, code, now, secret=SECRET).respondent

    with world.reading() as session:
        kept = response_lifecycle.load_answers(session, anna)
    assert len([each for each in kept.values() if each.value]) == len(map_asked_items(questionnaire, anna))
    edit(world, questionnaire, anna, now)
    world.send(anna)


def test_sent_response_stays_sent_after_reopening(world, questionnaire, now):
    survey = world.open()
    invited = world.invite(survey, STAFF)
    anna = world.enter(invited[0].token)
    world.answer(questionnaire, anna)
    world.send(anna)
    close(world, survey, now)
    reopen(world, survey, now)

    anna = world.come_back(invited[0])

    with pytest.raises(ConflictError):
        world.send(anna)
    with pytest.raises(ConflictError):
        edit(world, questionnaire, anna, now)


# What a second close may publish


def attacks():
    """Each changes what few people said; the world is as after `invited_and_closed`, opened again."""

    def edited(world, questionnaire, survey, invited, now):
        edit(world, questionnaire, world.come_back(invited[0]), now)

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
        who = world.come_back(invited[0])
        with world.writing() as session:
            response_lifecycle.withdraw_response(session, who, now)

    def handful(world, questionnaire, survey, invited, now):
        for each in world.invite(survey, *[STAFF] * 4):
            world.answer(questionnaire, world.enter(each.token), value="1")
        late(world, questionnaire, survey, invited, now)

    def of_another_function(world, questionnaire, survey, invited, now):
        with world.writing() as session:  # as a program before the lock could leave it
            of_first = tables.response.c.invitation_id == invited[0].invitation.id
            session.execute(update(tables.response).where(of_first).values(functions="marketing;hr"))

    return (edited, late, late_and_careless, gone, swapped, withdrawn, handful, of_another_function)


def attacked(world, questionnaire, now, attack):
    """The release before and the one that readers get after the second close."""
    survey, invited, _, first = invited_and_closed(world, questionnaire, now)
    reopen(world, survey, now)
    attack(world, questionnaire, survey, invited, now)
    close(world, survey, now + DAY)
    return survey, first, newest(world, survey)


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.__name__)
def test_second_release_that_would_reveal_few_people_is_withheld(world, questionnaire, now, attack):
    survey, first, second = attacked(world, questionnaire, now, attack)

    found = find_assessment(world, survey)

    assert (second.number, second.digest, second.content) == (1, first.digest, first.content)
    assert found.state == "closed"
    assert found.held_back


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.__name__)
def test_mutant_without_the_rule_publishes_the_second_release_of_every_attack(
    world, questionnaire, now, attack, monkeypatch
):
    monkeypatch.setattr(reopening, "find_forbidden_areas", lambda *_: ())

    _, first, second = attacked(world, questionnaire, now, attack)

    assert second.number == 2
    assert figures(second) != figures(first)


def figures(release):
    found = msgspec.json.decode(release.content)
    return {name: part for name, part in found.items() if name not in ("computed_at", "careless")}


@pytest.mark.parametrize(("late", "number"), [(5, 1), (6, 2)])
def test_k_late_people_are_withheld_and_one_more_is_published(world, questionnaire, now, late, number):
    survey, _, _, first = invited_and_closed(world, questionnaire, now)
    reopen(world, survey, now)
    for each in world.invite(survey, *[STAFF] * late):
        world.answer(questionnaire, world.enter(each.token), value="1")

    close(world, survey, now + DAY)

    second = newest(world, survey)
    assert second.number == number
    assert (second.content == first.content) is (number == 1)
    assert bool(find_assessment(world, survey).held_back) is (number == 1)
    assert find_assessment(world, survey).release == number


def test_second_release_does_not_replace_the_first(world, questionnaire, now):
    survey, _, _, first = invited_and_closed(world, questionnaire, now)
    reopen(world, survey, now)
    for each in world.invite(survey, *[STAFF] * 6):
        world.answer(questionnaire, world.enter(each.token), value="1")
    close(world, survey, now + DAY)

    with world.reading() as session:
        kept = session.execute(select(tables.release.c.number, tables.release.c.content)).all()

    assert sorted(number for number, _ in kept) == [1, 2]
    assert dict(kept)[1] == first.content
    assert releasing_date(world, survey) == "2026-03-03"


def releasing_date(world, survey):
    with world.reading() as session:
        return published_results.load_result(session, survey.key).computed_at


def test_close_without_changes_publishes_the_same_figures(world, questionnaire, now):
    survey, _, _, first = invited_and_closed(world, questionnaire, now)
    reopen(world, survey, now)

    close(world, survey, now)

    second = newest(world, survey)
    assert (second.number, second.content) == (2, first.content)


def test_later_close_is_compared_with_every_release_not_only_the_last(world, questionnaire, now):
    """Six come, then five of them go: against the second release nothing is told, against the first one person is."""
    survey, _, _, _ = invited_and_closed(world, questionnaire, now)
    reopen(world, survey, now)
    late = world.invite(survey, *[STAFF] * 7)
    for each in late:
        world.answer(questionnaire, world.enter(each.token), value="1")
    close(world, survey, now)
    reopen(world, survey, now)
    for each in late[:6]:
        world.set_aside(each)

    close(world, survey, now)

    assert newest(world, survey).number == 2
    assert find_assessment(world, survey).held_back


def test_later_close_is_compared_with_every_release_not_only_the_first(world, questionnaire, now):
    """Six come, then one more: against the first release it is seven, against the second that one."""
    survey, _, _, _ = invited_and_closed(world, questionnaire, now)
    for people in (6, 1):
        reopen(world, survey, now)
        for each in world.invite(survey, *[STAFF] * people):
            world.answer(questionnaire, world.enter(each.token), value="1")
        close(world, survey, now)

    assert newest(world, survey).number == 2
    assert find_assessment(world, survey).held_back


def test_later_close_is_not_compared_with_a_withheld_one(world, questionnaire, now):
    """One comes, is held back, and goes again: then nothing differs from what was published."""
    survey, invited, _, first = invited_and_closed(world, questionnaire, now)
    reopen(world, survey, now)
    world.answer(questionnaire, world.enter(invited[-1].token), value="4")
    close(world, survey, now)
    reopen(world, survey, now)
    world.set_aside(max(invited, key=lambda each: each.invitation.position))
    with world.writing() as session:  # the draft that was answered is the second one of this person
        second = (tables.response.c.invitation_id == invited[-1].invitation.id) & (tables.response.c.draft_number == 2)
        session.execute(update(tables.response).where(second).values(state="set-aside"))

    close(world, survey, now)

    assert find_assessment(world, survey).held_back == []
    assert figures_of(newest(world, survey)) == figures_of(first)


def test_reasons_name_areas_but_no_items_and_no_numbers(world, questionnaire, now):
    survey, _, _ = attacked(world, questionnaire, now, attacks()[0])

    found = find_assessment(world, survey).held_back

    assert found == ["functions.marketing"]
    assert not any(item.id in " ".join(found) for item in questionnaire.items)


@pytest.mark.parametrize("value", ["2", "4"])
def test_reasons_do_not_reveal_whether_a_late_person_was_careless(world, questionnaire, now, value):
    survey, invited, _, _ = invited_and_closed(world, questionnaire, now)
    reopen(world, survey, now)
    world.answer(questionnaire, world.enter(invited[-1].token), value=value)

    close(world, survey, now)

    assert find_assessment(world, survey).held_back == ["functions.marketing"]


def test_reopening_clears_the_reasons_of_the_last_close(world, questionnaire, now):
    survey, _, _ = attacked(world, questionnaire, now, attacks()[0])

    assert reopen(world, survey, now).held_back == []


def test_late_import_of_few_responses_is_withheld(world, half, file, now):
    survey, first = half
    take_in(world, survey, file.part(50, 53), now)

    close(world, survey, now)

    assert newest(world, survey).content == first.content


def test_second_release_equals_a_single_release_of_all_answers(world, half, file, questionnaire, now):
    survey, _ = half
    crowd = (GOLDEN / "contested-60.csv").read_text("utf-8").replace("\nr", "\nlate")
    take_in(world, survey, crowd, now)
    close(world, survey, now)

    whole = world.open()
    take_in(world, whole, file.part(50), now)
    take_in(world, whole, crowd, now)
    expected = close(world, whole, now)

    second = newest(world, survey)
    assert second.number == 2
    assert figures(second) == figures(expected)


# Where everybody may know what was answered


@pytest.mark.parametrize("terms", [{"confidentiality": "attributable"}, {"mode": "consensus"}])
def test_attributable_and_consensus_answers_are_always_published_again(world, questionnaire, now, terms):
    survey = world.open(**terms)
    role = "consensus" if "mode" in terms else "staff"
    *first, ben = world.invite(survey, *[(role, ("marketing",))] * 2, (role, ("hr",)))
    for each in first:
        world.answer(questionnaire, world.enter(each.token))
    close(world, survey, now)
    reopen(world, survey, now)
    world.answer(questionnaire, world.enter(ben.token))

    second = close(world, survey, now)

    assert second.number == 2
    assert find_assessment(world, survey).held_back == []
    assert copies(world) == 0


def test_raw_export_has_the_answers_behind_the_newest_release(world, file, questionnaire, now):
    survey = world.open(confidentiality="attributable")
    take_in(world, survey, file.part(50), now)
    close(world, survey, now)
    reopen(world, survey, now)
    with world.reading() as session, pytest.raises(ConflictError):
        answer_export.render_responses_csv(session, survey.key)
    take_in(world, survey, file.part(50, 51), now)
    close(world, survey, now)

    with world.reading() as session:
        exported = answer_export.render_responses_csv(session, survey.key)
        counted = published_results.load_result(session, survey.key).respondents

    assert len(list(csv.DictReader(io.StringIO(exported)))) == counted.counted == 51 - counted.careless


# What is copied, and what becomes of it


def test_reopening_copies_counted_responses_and_closing_copies_none(world, questionnaire, now):
    survey, _, _, _ = invited_and_closed(world, questionnaire, now)
    at_the_close = copies(world)

    reopen(world, survey, now)

    assert (at_the_close, copies(world)) == (0, 12)


def test_copy_has_answers_role_and_seconds(world, file, questionnaire, now, half):
    survey, _ = half

    with world.reading() as session:
        copied = reopening.load_release_answers(session, find_assessment(world, survey), questionnaire)

    direct = read_responses(file.part(50), questionnaire).answers
    assert sorted(map(bytes, copied.values)) == sorted(map(bytes, direct.values))
    assert np.sort(copied.seconds).tolist() == pytest.approx(np.sort(direct.seconds).tolist(), nan_ok=True)
    assert sorted(copied.roles) == sorted(direct.roles)
    assert copied.functions.sum() == direct.functions.sum()


def test_copy_has_kinds_of_evidence(world, questionnaire, now):
    survey = world.open()
    anna, *others = (world.enter(each.token) for each in world.invite(survey, *[STAFF] * 6))
    for each in (anna, *others):
        world.answer(questionnaire, each)
    item = next(iter(map_asked_items(questionnaire, anna)))
    given = Answer("3", evidence="data", sequence=99)
    response_lifecycle.save_answer(world.writer, questionnaire, anna, item, given, now).result(SECONDS)
    close(world, survey, now)
    reopen(world, survey, now)

    with world.reading() as session:
        copied = reopening.load_release_answers(session, find_assessment(world, survey), questionnaire)

    column = [each.id for each in questionnaire.items].index(item)
    assert [EVIDENCE_KINDS[code] for code in copied.evidence[:, column] if code >= 0] == ["data"]


def test_answers_behind_a_release_do_not_change_with_later_answers(world, half, file, questionnaire, now):
    survey, _ = half
    with world.reading() as session:
        before = reopening.load_release_answers(session, find_assessment(world, survey), questionnaire)
    take_in(world, survey, file.part(50, 53), now)
    close(world, survey, now)

    with world.reading() as session:
        after = reopening.load_release_answers(session, find_assessment(world, survey), questionnaire)

    assert after.respondents == before.respondents
    assert len(after) == 50


def test_only_close_raw_export_and_copy_load_current_answers():
    """Whatever else needs answers takes `answers_behind`: newer ones could be told from what is released."""
    modules = {path.name for path in SERVICES.rglob("*.py") if "answer_loader.load_answers(" in path.read_text("utf-8")}

    assert modules == {"answer_export.py", "closing.py", "reopening.py"}


def test_withdrawal_deletes_the_copy_and_makes_the_release_final(world, questionnaire, now):
    survey, invited, _, first = invited_and_closed(world, questionnaire, now)
    reopen(world, survey, now)
    anna = world.come_back(invited[0])
    world.send(anna)
    with world.writing() as session:
        response_lifecycle.withdraw_response(session, anna, now)
    for each in world.invite(survey, *[STAFF] * 9):
        world.answer(questionnaire, world.enter(each.token), value="1")

    close(world, survey, now)

    assert copies(world) == 0
    assert newest(world, survey).content == first.content
    assert find_assessment(world, survey).held_back == [reopening.ANSWERS_WITHDRAWN]
    with pytest.raises(ConflictError, match="withdrawn"):
        reopen(world, survey, now)


def test_withdrawal_of_a_late_person_does_not_make_the_release_final(world, questionnaire, now):
    survey, invited, _, first = invited_and_closed(world, questionnaire, now)
    reopen(world, survey, now)
    late = world.enter(invited[-1].token)
    world.answer(questionnaire, late)
    with world.writing() as session:
        response_lifecycle.withdraw_response(session, late, now)

    close(world, survey, now)

    assert find_assessment(world, survey).held_back == []
    assert figures_of(newest(world, survey)) == figures_of(first)


def test_erasure_after_the_close_prevents_a_further_release(world, questionnaire, now):
    survey, _, entered, first = invited_and_closed(world, questionnaire, now)
    with world.writing() as session:
        release_snapshots.delete_snapshots_with_response(session, world.alice, entered[0].response_id)
        session.execute(delete(tables.answer).where(tables.answer.c.response_id == entered[0].response_id))

    with pytest.raises(ConflictError):
        reopen(world, survey, now)

    assert newest(world, survey).content == first.content


def test_deleting_an_assessment_deletes_its_copies(world, half):
    survey, _ = half

    with world.writing() as session:
        session.execute(delete(tables.assessment).where(tables.assessment.c.id == survey.id))

    assert copies(world) == 0


def test_copies_of_other_assessments_are_unchanged(world, half, questionnaire, now):
    survey, _ = half
    with world.writing() as session:
        release_snapshots.delete_snapshots(session, AssessmentKey(world.bob, survey.id))

    with world.reading() as session:
        assert releases.list_bases(session, survey.key) == {1: "kept"}
        assert releases.list_bases(session, AssessmentKey(world.bob, survey.id)) == {}
    assert copies(world) == 50


# What the first close has locked


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weights", {"marketing": 3.0}),
        ("targets", {"marketing": 60.0}),
        ("contacts", {"marketing": {"email": 1.0}}),
        ("importance", {"one-purpose": 5}),
        ("minimum_group", 3),
        ("mode", "consensus"),
        ("confidentiality", "attributable"),
        ("questionnaire", "social-media-pulse"),
        ("share_results", True),
    ],
)
def test_settings_behind_figures_stay_locked_after_reopening(world, now, file, name, value):
    survey = world.open()
    take_in(world, survey, file.part(50), now)
    close(world, survey, now)
    reopen(world, survey, now)

    with world.writing() as session, pytest.raises(ConflictError) as refused:
        assessment_setup.update_assessment(
            session, survey.key, AssessmentPatch(**{name: value}), world.catalogue, now=now
        )

    assert [each.pointer for each in refused.value.problems] == [f"/{name}"]


def test_displayed_texts_can_be_changed_after_reopening(world, now, file):
    survey = world.open()
    take_in(world, survey, file.part(50), now)
    close(world, survey, now)
    reopen(world, survey, now)

    with world.writing() as session:
        changes = AssessmentPatch(title="Once more", closes_on=(now + DAY).date())
        changed = assessment_setup.update_assessment(session, survey.key, changes, world.catalogue, now=now)

    assert changed.title == "Once more"


def test_mutant_without_release_locks_reveals_answers(world, now, file, monkeypatch):
    monkeypatch.setattr(setting_locks, "_refuse_after_release", lambda *_: None)
    survey = world.open()
    take_in(world, survey, file.part(50), now)
    close(world, survey, now)
    reopen(world, survey, now)

    with world.writing() as session:
        changes = AssessmentPatch(weights={"marketing": 3.0})
        changed = assessment_setup.update_assessment(session, survey.key, changes, world.catalogue, now=now)

    assert changed.weights == {"marketing": 3.0}
