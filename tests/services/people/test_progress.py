"""Progress: people counted by role or by function, never by both, and once an hour (method 6.5, 6.11)."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from assessment.services.assessments import closing, reopening
from assessment.services.operations import retention
from assessment.services.people import invitation_changes, people_invitations, progress, response_import
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.services.people.progress import Counts, refresh_counts
from assessment.storage import tables
from assessment.storage.people import invitation_counts

LEADERS, STAFF = ("leader", ("hr",)), ("staff", ("hr", "marketing"))
GOLDEN = Path(__file__).parents[2] / "golden" / "plain-24.csv"
MINUTES, DAYS = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def come(world, questionnaire):
    """Invites people; of them so many begin, and of these so many send."""

    def come(survey, begun, sent, *guests, share=0.1):
        invited = world.invite(survey, *guests)
        for number, each in enumerate(invited[:begun]):
            respondent = world.enter(each.token)
            world.answer(questionnaire, respondent, share=share, value=str(number % 5))
            if number < sent:
                world.send(respondent)
        return invited

    return come


def count(world, survey, now):
    refresh_counts(world.engine, world.alice, [survey.id], now)
    with world.reading() as session:
        found = progress.load_progress(session, survey.key)
        assert progress.load_totals(session, world.alice, [survey.id]) == {survey.id: found.total}
    return found


def test_progress_counts_people_by_role_and_by_function(world, come, now):
    survey = world.open()
    come(survey, 8, 6, *[LEADERS] * 9)
    come(survey, 7, 7, *[STAFF] * 7)

    found = count(world, survey, now)

    assert found.total == Counts(16, 15, 13)
    assert found.by_role == {"leader": Counts(9, 8, 6), "staff": Counts(7, 7, 7)}
    assert found.by_function == {"hr": Counts(16, 15, 13), "marketing": Counts(7, 7, 7)}
    assert found.counted_at == now


def test_progress_has_no_counts_by_role_within_a_function(world, come, now):
    survey = world.open()
    come(survey, 2, 2, LEADERS, STAFF)

    found = msgspec.to_builtins(count(world, survey, now))

    assert set(found) == {"counted_at", "total", "by_role", "by_function"}
    assert not set(found["by_role"]) & set(found["by_function"])
    assert all(set(each) == {"invited", "started", "sent"} for each in found["by_role"].values())
    with world.reading() as session:
        stored = msgspec.json.decode(session.scalar(select(tables.hourly_count.c.content)))
    assert set(stored) == {"total", "by_role", "by_function", "course", "unsubscribed", "is_final"}
    assert stored["course"] is None  # fewer than 2k have begun


def test_counts_are_the_same_whatever_was_answered(world, questionnaire, now):
    counts = []
    for value in ("0", "4"):
        survey = world.open()
        for each in world.invite(survey, LEADERS, *[STAFF] * 2):
            respondent = world.enter(each.token)
            world.answer(questionnaire, respondent, value=value)
            world.send(respondent)
        progress_now = count(world, survey, now)
        counts.append((progress_now.total, progress_now.by_role, progress_now.by_function))

    assert counts[0] == counts[1]
    assert counts[0][0] == Counts(3, 3, 3)


def test_counts_do_not_change_within_the_hour(world, come, now):
    survey = world.open()
    come(survey, 2, 1, *[STAFF] * 5)
    before = count(world, survey, now)
    come(survey, 3, 3, *[STAFF] * 3)

    within = count(world, survey, now + 59 * MINUTES)
    later = count(world, survey, now + 60 * MINUTES)

    assert (within.total, within.counted_at) == (Counts(8, before.total.started, before.total.sent), now)
    assert (later.total, later.counted_at) == (Counts(8, 5, 4), now + 60 * MINUTES)


def test_mutant_without_the_guard_changes_counts_within_the_hour(world, come, now, monkeypatch):
    monkeypatch.setattr(progress, "COUNT_INTERVAL", timedelta(0))
    survey = world.open()
    before = count(world, survey, now).total
    come(survey, 1, 1, STAFF)

    assert count(world, survey, now + MINUTES).total.sent > before.sent


def test_second_process_does_not_count_again_within_the_hour(world, come, now):
    """Both found the count an hour old; the later one must not replace the earlier one's."""
    survey = world.open()
    due = now + 60 * MINUTES
    count(world, survey, now)
    count(world, survey, due)
    come(survey, 1, 1, STAFF)

    with world.writing() as session:
        progress._save_counts(session, world.alice, [survey.id], due + MINUTES, due + MINUTES - progress.COUNT_INTERVAL)

    assert count(world, survey, due + MINUTES).total.sent == 0


def test_count_from_the_future_is_replaced(world, come, now):
    survey = world.open()
    count(world, survey, now + timedelta(days=400))
    come(survey, 1, 1, STAFF)

    assert count(world, survey, now).total.sent == 1


def test_revoked_invitation_counts_as_invited_in_every_response_state(world, come, now):
    survey = world.open()
    invited = come(survey, 2, 1, LEADERS, LEADERS, LEADERS)
    before = count(world, survey, now)

    with world.writing() as session:
        for each in invited:
            people_invitations.revoke_invitation(session, survey.key, each.invitation.id, now)

    assert count(world, survey, now) == before
    assert count(world, survey, now + 60 * MINUTES).total == Counts(3, 2, 1)


@pytest.mark.parametrize("begun", [0, 1])
def test_moving_a_person_to_an_empty_role_does_not_show_whether_they_began(world, come, now, begun):
    survey = world.open()
    invited = come(survey, begun, 0, *[STAFF] * 3)
    count(world, survey, now)

    with world.writing() as session:
        moved = InvitationPatch(role="practitioner")
        invitation_changes.replace_invitation(
            session, survey.key, invited[0].invitation.id, moved, world.catalogue, now
        )
    found = count(world, survey, now + 61 * MINUTES)

    assert found.by_role["practitioner"] == Counts(1, 0, 0)
    assert found.by_role["staff"] == Counts(2, begun, 0)


@pytest.mark.parametrize("has_begun", [False, True])
def test_beginning_with_another_persons_link_does_not_show_whether_they_began(
    world, come, now, questionnaire, has_begun
):
    """A person who holds the link of another begins with it, and looks at what the count adds."""
    survey = world.open()
    invited = come(survey, int(has_begun), 0, *[STAFF] * 3)
    before = count(world, survey, now).total.started
    with world.writing() as session:
        session.execute(
            tables.response.insert().values(
                id="another-browser",
                workspace_id=world.alice,
                assessment_id=survey.id,
                invitation_id=invited[0].invitation.id,
                draft_number=2,
                role="staff",
                functions="hr;marketing",
                language="en",
            )
        )
        session.execute(
            tables.answer.insert().values(
                response_id="another-browser",
                item_id="HR-P1",
                workspace_id=world.alice,
                value="3",
                sequence=1,
                saved_at=now,
            )
        )

    assert count(world, survey, now + 60 * MINUTES).total.started == before + 1


def test_draft_without_answers_does_not_count_as_begun(world, now):
    survey = world.open()
    world.enter(world.invite(survey, STAFF)[0].token)

    assert count(world, survey, now).total == Counts(1, 0, 0)


def test_imported_responses_count_immediately(world, now):
    survey = world.open(confidentiality="attributable")
    count(world, survey, now)

    with world.writing() as session:
        response_import.import_responses(session, survey.key, GOLDEN.read_text(), now)

    assert count(world, survey, now + MINUTES).total == Counts(24, 24, 24)


def test_close_with_a_release_updates_the_count(world, come, now):
    survey = world.open()
    come(survey, 12, 12, *[STAFF] * 12, share=1)
    before = count(world, survey, now).total
    come(survey, 6, 6, *[STAFF] * 6, share=1)

    with world.writing() as session:
        closing.close_assessment(session, survey.key, now + MINUTES)

    assert before == Counts(12, 12, 12)
    assert count(world, survey, now + 2 * MINUTES).total == Counts(18, 18, 18)


def test_close_without_a_release_does_not_update_the_count(world, come, now, questionnaire):
    """Otherwise the person who closes and opens again would count as often as they like."""
    survey = world.open()
    come(survey, 12, 12, *[STAFF] * 12, share=1)
    late = world.invite(survey, STAFF)[0]
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now)
    with world.writing() as session:
        reopening.reopen_assessment(session, survey.key, now + MINUTES)
    respondent = world.enter(late.token)
    world.answer(questionnaire, respondent, value="1")
    world.send(respondent)

    with world.writing() as session:
        closing.close_assessment(session, survey.key, now + 2 * MINUTES)

    with world.reading() as session:
        assert session.scalar(select(tables.assessment.c.held_back).where(tables.assessment.c.id == survey.id))
    assert count(world, survey, now + 3 * MINUTES).total == Counts(13, 12, 12)


def test_unsent_answers_of_an_anonymous_assessment_count_as_begun_after_the_close(world, come, now):
    survey = world.open(confidentiality="anonymous")
    come(survey, 14, 12, *[STAFF] * 15, share=1)

    with world.writing() as session:
        closing.close_assessment(session, survey.key, now)

    assert count(world, survey, now + MINUTES).total == Counts(15, 14, 12)


def test_final_count_stays_when_answers_are_erased(world, come, now):
    survey = world.open()
    come(survey, 12, 12, *[STAFF] * 12, share=1)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now)
    erase_answers(world, now + 1200 * DAYS)

    found = count(world, survey, now + 1201 * DAYS)

    assert (found.total, found.counted_at) == (Counts(12, 12, 12), now)
    assert found.by_function["hr"] == Counts(12, 12, 12)


@pytest.mark.parametrize("is_viewed", [False, True])
def test_close_without_a_release_is_counted_once_more_before_answers_are_erased(world, come, now, is_viewed):
    survey = world.open()
    come(survey, 1, 1, *[STAFF] * 3)
    count(world, survey, now)
    come(survey, 1, 1, STAFF)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now + MINUTES, without_results=True)

    within = count(world, survey, now + 2 * MINUTES).total
    if is_viewed:
        count(world, survey, now + 61 * MINUTES)
    erase_answers(world, now + 1200 * DAYS)
    later = count(world, survey, now + 1201 * DAYS).total

    assert (within, later) == (Counts(4, 1, 1), Counts(4, 2, 2))


def test_reopened_assessment_is_counted_again(world, come, now):
    survey = world.open()
    come(survey, 12, 12, *[STAFF] * 12, share=1)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now)
    with world.writing() as session:
        reopening.reopen_assessment(session, survey.key, now + MINUTES)
    come(survey, 1, 1, STAFF)

    within = count(world, survey, now + 2 * MINUTES).total
    with world.writing() as session:  # held back: one person more
        closing.close_assessment(session, survey.key, now + 3 * MINUTES)
    later = count(world, survey, now + 60 * MINUTES).total

    assert (within, later) == (Counts(13, 12, 12), Counts(13, 13, 13))


def erase_answers(world, later):
    with world.reading() as session:
        plan = retention.plan_retention(session, (), retention.RetentionPeriods(), later.date())
    assert len(plan.erasures) == 2
    retention.apply_retention(world.engine, plan, later)


def test_uncounted_assessment_shows_only_invited_people(world):
    survey = world.open()
    world.invite(survey, STAFF)

    with world.reading() as session:
        found = progress.load_progress(session, survey.key)

    assert (found.total, found.counted_at) == (Counts(1, 0, 0), None)


def test_assessment_of_another_workspace_is_not_counted(world, now):
    survey = world.open()

    refresh_counts(world.engine, world.bob, [survey.id, "absent"], now)

    with world.reading() as session:
        assert invitation_counts.find_snapshots(session, world.alice, [survey.id]) == {}
