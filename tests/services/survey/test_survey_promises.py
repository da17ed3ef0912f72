"""The number of people invited on start, check and sent page: counted once for each change, in each process."""

from contextlib import suppress

import pytest
from sqlalchemy import event, update

from assessment.services.survey import start_page, survey_promises
from assessment.storage import database, tables
from assessment.storage.people import people_summaries

STAFF = ("staff", ("marketing",))


class GivenUpError(Exception):
    """Ends a transaction that is to be rolled back."""


def read_invited(engine, token):
    with database.read_session(engine) as session:
        return start_page.load_start_page(session, token).promises.invited.invited


def count_statements(engine, act):
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return sum("count(" in statement and "FROM invitation" in statement for statement in statements)


@pytest.fixture
def other_process(database_url):
    """An engine of its own, as another process has."""
    engine = database.make_engine(database_url)
    yield engine
    engine.dispose()


def test_invited_people_are_not_counted_again_without_a_change(world):
    survey = world.open()
    token = world.invite(survey, STAFF)[0].token

    counted = [count_statements(world.engine, lambda: read_invited(world.engine, token)) for _ in range(3)]

    assert counted == [1, 0, 0]


def test_invitation_by_another_process_is_counted_at_the_next_page(world, other_process):
    survey = world.open()
    token = world.invite(survey, STAFF)[0].token
    before = read_invited(other_process, token)

    world.invite(survey, STAFF, STAFF)

    assert (before, read_invited(other_process, token)) == (1, 3)


def test_count_of_a_fixed_revision_misses_the_change(world, other_process, monkeypatch):
    monkeypatch.setattr(people_summaries, "find_revision", lambda *_: 0)
    survey = world.open()
    token = world.invite(survey, STAFF)[0].token
    read_invited(other_process, token)

    world.invite(survey, STAFF, STAFF)

    assert read_invited(other_process, token) == 1


def count_after_rollback(world):
    """Count two people in a transaction that is rolled back, and after another change with the same revision."""
    survey = world.open()
    first, second = world.invite(survey, STAFF, STAFF)
    away = update(tables.invitation).where(tables.invitation.c.id == second.invitation.id).values(functions="hr")
    within = 0
    with suppress(GivenUpError), world.writing() as session:
        session.execute(away)
        people_summaries.mark_outdated(session, survey.key)
        within = start_page.load_start_page(session, first.token).promises.invited.invited
        raise GivenUpError
    with world.writing() as session:
        people_summaries.mark_outdated(session, survey.key)
    return within, read_invited(world.engine, first.token)


def test_count_of_a_transaction_that_was_rolled_back_is_not_kept(world):
    assert count_after_rollback(world) == (1, 2)


def test_mutant_that_keeps_counts_of_writing_transactions_is_caught(world, monkeypatch):
    monkeypatch.setattr(survey_promises, "is_writing", lambda _: False)

    assert count_after_rollback(world) == (1, 1)
