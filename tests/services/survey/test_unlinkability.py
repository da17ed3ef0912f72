"""Promise 6: an anonymous answer can't be tied to its invitation; each way of tying them is caught."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import event

from assessment.domain.survey.answer import Answer
from assessment.services.assessments import closing
from assessment.services.auth import tokens
from assessment.services.people import people_invitations
from assessment.services.survey import response_lifecycle, section_times, sent_marks, survey_entry
from assessment.storage import database
from assessment.storage.survey import response_order, responses
from tests.services.survey import matching_attack

pytestmark = pytest.mark.slow

SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
PEOPLE = 200
FEW = 60  # enough for a mutant, which ties nearly everyone
CHANCE = 8  # blind guessing hits one on average, and more than this once in a million times
MOST = 45  # of the few
TOSSED = 0.15  # four standard deviations of as many tosses as there are neighbours
ANYBODY = ("staff", ("hr",))
SECONDS = 60


class Week:
    """People who come one after the other, not in the order of the list; seen twice, by their mail too."""

    def __init__(self, world, folder, questionnaire, writer, now, number):
        survey = world.open(confidentiality="anonymous")
        invited = world.invite(survey, *[ANYBODY] * number)
        coming = random.Random(7).sample(invited, number)  # noqa: S311  # no secret
        self.world, self.survey, self.folder, self.now = world, survey, folder, now
        self.truth, self.clicks = {}, []
        for place, each in enumerate(coming):
            moment = now + timedelta(minutes=7 * place)
            self.clicks.append((each.invitation.id, moment))
            with world.writing() as session:
                entered = survey_entry.enter_survey(session, each.token, secret=SECRET, now=moment)
            who = entered.respondent
            response_lifecycle.save_answer(writer, questionnaire, who, "HR-P1", Answer("3", sequence=1), moment).result(
                SECONDS
            )
            with world.writing() as session:
                person = each.invitation.id
                response_lifecycle.send_response(
                    session, who, moment, person_id=person, cookie=entered.session, secret=SECRET
                )
            self.truth[each.invitation.id] = who.response_id
            if place == number // 2:
                self.first = self.see()

    def see(self):
        return matching_attack.Seen(self.world.engine, self.folder)

    def close(self):
        with self.world.writing() as session:
            closing.close_assessment(session, self.survey.key, self.now)

    @property
    def arrived(self):
        return [self.truth[invitation] for invitation, _ in self.clicks]

    def hits(self):
        return matching_attack.best(self.truth, matching_attack.guesses(self.first, self.see()))


@pytest.fixture
def live(world, tmp_path, questionnaire, writer, now):
    """All that is written stays in the log: nobody tidies up between."""
    if database.is_sqlite(world.engine):
        world.engine.dispose()
        event.listen(world.engine, "connect", lambda connection, _: connection.execute("PRAGMA wal_autocheckpoint = 0"))
    return lambda number=FEW: Week(world, tmp_path, questionnaire, writer, now, number)


def test_attacker_with_tables_files_log_and_backups_matches_no_better_than_chance(live):
    week = live(PEOPLE)

    hits, way = week.hits()

    assert hits <= CHANCE, way


def test_stored_order_after_the_close_is_unrelated_to_time(live):
    """In the database, that is: older backups and PostgreSQL's log are its operator's to throw away."""
    week = live(PEOPLE)
    week.close()

    at_rest = week.see()

    assert abs(matching_attack.share_in_order(at_rest, week.arrived) - 0.5) < TOSSED
    assert at_rest.rows["mark"] == []
    assert at_rest.files["log"] == b"" or not database.is_sqlite(week.world.engine)


def test_mutant_with_a_foreign_key_to_the_invitation_is_caught(live, monkeypatch):
    real = survey_entry._make_response_row

    def tied(row, given):
        return real(row, given) | {"invitation_id": row.id, "draft_number": 1}

    monkeypatch.setattr(survey_entry, "_make_response_row", tied)

    assert live().hits()[0] >= MOST


def test_mutant_that_updates_the_invitation_at_entry_is_caught(live, monkeypatch):
    real = survey_entry._make_response_row

    def touch(row, given):
        changed.append(row)
        return real(row, given)

    def begin(session, values):
        row = changed.pop()
        held = people_invitations.invitations.find_invitation(session, row.assessment_key, row.id)
        people_invitations.invitations.update_invitation(session, row.workspace_id, held)
        begun(session, values)

    changed, begun = [], responses.add_draft
    monkeypatch.setattr(survey_entry, "_make_response_row", touch)
    monkeypatch.setattr(responses, "add_draft", begin)

    assert live().hits()[0] >= MOST // 2


def test_mutant_with_unkeyed_marks_is_caught(live, monkeypatch):
    monkeypatch.setattr(sent_marks, "_hash_person", lambda person, _: tokens.sign_text("", "invitation sent", person))

    assert live().hits()[0] >= MOST


def test_mutant_with_exact_times_is_caught(live, monkeypatch):
    for module in (response_lifecycle, section_times):
        monkeypatch.setattr(module, "choose_day", lambda _, now: now)
    week = live()

    found = matching_attack.by_time(week.see(), week.clicks)

    assert matching_attack.best(week.truth, [("time", found)])[0] >= MOST


def test_mutant_without_order_erasure_is_caught(live, monkeypatch):
    monkeypatch.setattr(response_order, "rewrite_rows", lambda *_: None)
    monkeypatch.setattr(database, "truncate_wal_after_commit", lambda _: None)
    week = live()
    week.close()

    assert abs(matching_attack.share_in_order(week.see(), week.arrived) - 0.5) > TOSSED
