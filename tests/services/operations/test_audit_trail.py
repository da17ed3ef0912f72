"""Audit log: entries are chained, and every alteration is detected."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from assessment.services.auth import users
from assessment.services.operations import audit_trail
from assessment.storage import database, tables

SECRET = "a-secret-of-the-server-for-tests-0123456789"
NOW = datetime(2026, 11, 2, 9, 30, 15, 123456, tzinfo=UTC)
ALTERATIONS = 1000
ENTRIES = 12
entry, head = tables.audit_entry, tables.audit_head


@pytest.fixture
def engine(engine):
    audit_trail.attach_secret(engine, SECRET)
    return engine


@pytest.fixture
def workspace(engine):
    """A workspace with a log; the first entry is that it was created."""
    with database.write_session(engine) as session:
        made = users.find_or_create_workspace(session, "Alice", NOW)
        audit_trail.set_actor(session, "alice@example.org")
        for number in range(1, ENTRIES):
            at = NOW + timedelta(minutes=number)
            audit_trail.record_event(
                session, made, at, audit_trail.LINK_CREATED, f"invitation-{number % 3}", number=number
            )
    return made


def faults_of(engine, secret=SECRET):
    with database.read_session(engine) as session:
        return [(each.workspace_id, each.number) for each in audit_trail.verify_logs(session, secret)]


def test_unaltered_log_has_no_fault(engine, workspace):
    assert faults_of(engine) == []


def test_log_records_actor_event_and_time(engine, workspace):
    with database.read_session(engine) as session:
        rows = session.execute(select(entry).order_by(entry.c.number)).all()

    assert [row.number for row in rows] == list(range(1, ENTRIES + 1))
    assert (rows[0].actor, rows[0].action) == (audit_trail.SERVER_ACTOR, audit_trail.WORKSPACE_CREATED)
    assert (rows[1].actor, rows[1].action, rows[1].subject) == ("alice@example.org", "link.made", "invitation-1")
    assert rows[1].details == {"number": 1}


def test_links_of_an_invitation_are_listed_with_day_and_actor(engine, workspace):
    with database.read_session(engine) as session:
        found = audit_trail.list_links(session, workspace, "invitation-1")

    assert [each.number for each in found] == [1, 4, 7, 10]
    assert {(each.made_on, each.actor) for each in found} == {(NOW.date(), "alice@example.org")}


def test_rolled_back_event_leaves_no_entry(engine, workspace):
    with Session(engine.execution_options(**{database.WRITE_OPTION: True})) as session:
        audit_trail.record_event(session, workspace, NOW, audit_trail.LINK_CREATED, "invitation-9", number=1)
        session.rollback()

    assert faults_of(engine) == []
    with database.read_session(engine) as session:
        assert audit_trail.list_links(session, workspace, "invitation-9") == ()


def test_engine_without_secret_records_nothing(database_url):
    bare = database.make_engine(database_url)
    with database.write_session(bare) as session:
        made = users.find_or_create_workspace(session, "Bob", NOW)
        found = session.execute(select(entry).where(entry.c.workspace_id == made)).all()
    bare.dispose()

    assert found == []


def test_other_secret_is_detected(engine, workspace):
    assert faults_of(engine, SECRET + "x") == [(workspace, 1)]


def test_workspace_without_log_is_a_fault_until_its_log_is_started(engine, workspace):
    with database.write_session(engine) as session:
        session.execute(tables.workspace.insert().values(id="old", name="Old", created_at=NOW))
    before = faults_of(engine)

    with database.write_session(engine) as session:
        audit_trail.start_logs(session, NOW)

    assert before == [("old", 0)]
    assert faults_of(engine) == []


def alter_column(session, rows, row, choose):
    name = choose.choice(("at", "actor", "action", "subject", "details"))
    change = {
        "at": row.at + timedelta(microseconds=choose.randint(1, 10**9)),
        "details": {"number": choose.randint(1000, 2000)},
    }.get(name, f"{getattr(row, name)}{choose.choice('abcxyz')}")
    session.execute(update(entry).where(entry.c.number == row.number).values({name: change}))


def flip_bit(session, rows, row, choose):
    mac = bytearray(row.mac)
    mac[choose.randrange(len(mac))] ^= 1 << choose.randrange(8)
    session.execute(update(entry).where(entry.c.number == row.number).values(mac=bytes(mac)))


def remove_entry(session, rows, row, choose):
    session.execute(delete(entry).where(entry.c.number == row.number))


def cut_end(session, rows, row, choose):
    session.execute(delete(entry).where(entry.c.number >= row.number))
    if choose.random() < 0.5 and row.number > 1:
        last = rows[row.number - 2]
        mac = {"mac": last.mac} if choose.random() < 0.5 else {}
        session.execute(update(head).values(number=last.number, **mac))


def swap_entries(session, rows, row, choose):
    other = choose.choice([each for each in rows if each.number != row.number])
    columns = ("at", "actor", "action", "subject", "details", "mac")
    for to, source in ((row, other), (other, row)):
        values = {name: getattr(source, name) for name in columns}
        session.execute(update(entry).where(entry.c.number == to.number).values(values))


def repeat_entry(session, rows, row, choose):
    session.execute(entry.insert().values(**{**row._mapping, "number": len(rows) + 1}))
    if choose.random() < 0.5:
        session.execute(update(head).values(number=len(rows) + 1))


def alter_head(session, rows, row, choose):
    is_number = choose.random() < 0.5
    value = {"number": choose.randint(len(rows) + 1, 99)} if is_number else {"mac": choose.randbytes(32)}
    session.execute(update(head).values(value))


def move_entry(session, rows, row, choose):
    number = row.number + choose.randint(50, 99)
    session.execute(update(entry).where(entry.c.number == row.number).values(number=number))


def delete_log(session, rows, row, choose):
    session.execute(delete(entry))
    session.execute(delete(head))


KINDS = (
    *[alter_column] * 3,
    flip_bit,
    remove_entry,
    cut_end,
    swap_entries,
    repeat_entry,
    alter_head,
    move_entry,
    delete_log,
)


def alter(session, rows, choose):
    """Change one thing at random; return what, for the message of a failure."""
    kind, row = choose.choice(KINDS), choose.choice(rows)
    kind(session, rows, row, choose)
    return f"{kind.__name__} {row.number}"


def detected(engine, number):
    """Alter a log, verify it, and take the alteration back; return whether it was seen, and what it was."""
    with Session(engine.execution_options(**{database.WRITE_OPTION: True})) as session:
        rows = session.execute(select(entry).order_by(entry.c.number)).all()
        what = alter(session, rows, random.Random(number))  # noqa: S311  # the same alterations in each run
        seen = any(True for _ in audit_trail.verify_logs(session, SECRET))
        session.rollback()
    return seen, what


@pytest.mark.slow
def test_every_one_of_a_thousand_alterations_is_detected(engine, workspace):
    missed = [what for seen, what in (detected(engine, number) for number in range(ALTERATIONS)) if not seen]

    assert missed == []
    assert faults_of(engine) == []


@pytest.mark.parametrize("guard", ["_sign_entry", "_sign_head"])
def test_alterations_are_not_detected_without_the_hmac(engine, workspace, monkeypatch, guard):
    monkeypatch.setattr(audit_trail, guard, lambda *_: b"always the same")
    _begin_again(engine, workspace)

    missed = [what for seen, what in (detected(engine, number) for number in range(ALTERATIONS // 5)) if not seen]

    assert missed


@pytest.mark.parametrize("is_chained", [True, False])
def test_entry_of_another_history_is_detected_by_the_chain_alone(engine, workspace, monkeypatch, is_chained):
    """Someone with two backups can exchange entries that the server itself has signed."""
    if not is_chained:
        kept = audit_trail._sign_entry
        monkeypatch.setattr(audit_trail, "_sign_entry", lambda key, each, _: kept(key, each, b""))
    _begin_again(engine, workspace, "mallory")
    with database.read_session(engine) as session:
        other = session.execute(select(entry).where(entry.c.number == 5)).one()
    _begin_again(engine, workspace, "alice")

    with database.write_session(engine) as session:
        session.execute(delete(entry).where(entry.c.number == 5))
        session.execute(entry.insert().values(**other._mapping))

    assert bool(faults_of(engine)) == is_chained


def _begin_again(engine, workspace, actor="alice"):
    with database.write_session(engine) as session:
        session.execute(delete(entry))
        session.execute(delete(head))
        audit_trail.set_actor(session, actor)
        for number in range(ENTRIES):
            audit_trail.record_event(
                session, workspace, NOW, audit_trail.LINK_CREATED, f"invitation-{number % 3}", number=number
            )
