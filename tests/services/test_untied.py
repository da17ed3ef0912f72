"""Promise 6: an anonymous answer can't be tied to its invitation; each way of tying them is caught."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import event

from assessment.services import closing, entering, inviting, marking, responding, tokens
from assessment.services.answering import Given
from assessment.storage import database, responses
from tests.services import matching

pytestmark = pytest.mark.slow

SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
PEOPLE = 200
CHANCE = 8  # blind guessing hits one on average, and more than this once in a million times
MOST = 150
TOSSED = 0.15  # four standard deviations of as many tosses as there are neighbours
ANYBODY = ("staff", ("hr",))
SECONDS = 60


class Week:
    """Two hundred people who come one after the other, not in the order of the list; seen twice, by their mail too."""

    def __init__(self, world, folder, questionnaire, writer, now):
        survey = world.open(confidentiality="anonymous")
        invited = world.invite(survey, *[ANYBODY] * PEOPLE)
        coming = random.Random(7).sample(invited, PEOPLE)  # noqa: S311  # no secret
        self.world, self.survey, self.folder, self.now = world, survey, folder, now
        self.truth, self.clicks = {}, []
        for number, each in enumerate(coming):
            moment = now + timedelta(minutes=7 * number)
            self.clicks.append((each.invitation.id, moment))
            with world.writing() as session:
                entered = entering.enter(session, each.token, secret=SECRET, now=moment)
            who = entered.respondent
            responding.keep(writer, questionnaire, who, "HR-P1", Given("3", sequence=1), moment).result(SECONDS)
            with world.writing() as session:
                person = each.invitation.id
                responding.send(session, who, moment, person=person, cookie=entered.cookie, secret=SECRET)
            self.truth[each.invitation.id] = who.response_id
            if number == PEOPLE // 2:
                self.first = self.see()

    def see(self):
        return matching.Seen(self.world.engine, self.folder)

    def close(self):
        with self.world.writing() as session:
            closing.close(session, self.world.alice, self.survey.id, self.now)

    @property
    def arrived(self):
        return [self.truth[invitation] for invitation, _ in self.clicks]

    def hits(self):
        return matching.best(self.truth, matching.guesses(self.first, self.see()))


@pytest.fixture
def live(world, tmp_path, questionnaire, writer, now):
    """All that is written stays in the log: nobody tidies up between."""
    if database.is_sqlite(world.engine):
        world.engine.dispose()
        event.listen(world.engine, "connect", lambda connection, _: connection.execute("PRAGMA wal_autocheckpoint = 0"))
    return lambda: Week(world, tmp_path, questionnaire, writer, now)


def test_tables_files_log_and_two_backups_match_no_better_than_chance(live):
    week = live()

    hits, way = week.hits()

    assert hits <= CHANCE, way


def test_after_the_close_who_knows_when_each_came_finds_no_order(live):
    """In the database, that is: older backups and PostgreSQL's log are its operator's to throw away."""
    week = live()
    week.close()

    at_rest = week.see()

    assert abs(matching.share_in_order(at_rest, week.arrived) - 0.5) < TOSSED
    assert at_rest.rows["mark"] == []
    assert at_rest.files["log"] == b"" or not database.is_sqlite(week.world.engine)


def test_a_key_to_the_invitation_is_caught(live, monkeypatch):
    real = entering._new_response

    def tied(row, given):
        return real(row, given) | {"invitation_id": row.id, "draft_number": 1}

    monkeypatch.setattr(entering, "_make_response_row", tied)

    assert live().hits()[0] >= MOST


def test_a_change_of_the_invitation_at_the_entry_is_caught(live, monkeypatch):
    real = entering._new_response

    def touch(row, given):
        changed.append(row)
        return real(row, given)

    def begin(session, values):
        row = changed.pop()
        held = inviting.invitations.find(session, row.workspace_id, row.assessment_id, row.id)
        inviting.invitations.change(session, row.workspace_id, held)
        begun(session, values)

    changed, begun = [], responses.begin
    monkeypatch.setattr(entering, "_make_response_row", touch)
    monkeypatch.setattr(responses, "add_draft", begin)

    assert live().hits()[0] >= MOST // 2


def test_marks_without_the_secret_are_caught(live, monkeypatch):
    monkeypatch.setattr(marking, "_hash_person", lambda person, _: tokens.signature("", "invitation sent", person))

    assert live().hits()[0] >= MOST


def test_moments_are_caught(live, monkeypatch):
    monkeypatch.setattr(responding, "_coarsen_time", lambda _, now: now)
    week = live()

    found = matching.by_time(week.see(), week.clicks)

    assert matching.best(week.truth, [("time", found)])[0] >= MOST


def test_an_order_that_outlives_the_close_is_caught(live, monkeypatch):
    monkeypatch.setattr(responses, "rewrite_rows", lambda *_: None)
    monkeypatch.setattr(database, "truncate_wal_after_commit", lambda _: None)
    week = live()
    week.close()

    assert abs(matching.share_in_order(week.see(), week.arrived) - 0.5) > TOSSED
