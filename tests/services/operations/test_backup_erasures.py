"""Erasures after a backup are repeated when it is restored."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from assessment.domain.closed_sets import ErasureKind
from assessment.services.assessments import client_erasure
from assessment.services.operations import erasure_replay
from assessment.services.people import respondent_data
from assessment.storage import database, erasures, retention, tables
from assessment.storage.erasures import Erasure
from tests.services.operations.backup_steps import make_backup, restore
from tests.services.operations.conftest import CANARY, NOW, SECRET
from tests.storage import rows


def erase_first_person(engine):
    with database.write_session(engine) as session:
        person = respondent_data.find_person(session, CANARY)
        respondent_data.erase_person(session, person, NOW, SECRET)


@pytest.mark.parametrize("source", ["replaced database", "newer backup"])
def test_person_erased_after_the_backup_is_erased_again(filled, sqlite_target, tmp_path, source):
    path = make_backup(filled, tmp_path / "one.backup").path
    erase_first_person(filled)
    newer = make_backup(filled, tmp_path / "two.backup").path
    options = {"newer_backups": [newer]}
    if source == "replaced database":
        restore(sqlite_target, newer)
        options = {"replace": True}

    restored = restore(sqlite_target, path, **options)

    content = Path(sqlite_target.url.database).read_bytes()
    assert restored.erased == 1
    assert CANARY.encode() not in content
    assert b"canary reason" not in content
    assert b"person-1@example.org" in content


def test_person_without_a_name_since_retention_is_erased_again(filled, sqlite_target, tmp_path):
    """Retention erased names and links before the backup; the person's answers were erased after it."""
    with database.write_session(filled) as session:
        person = respondent_data.find_person(session, CANARY)
        retention.erase_people(session, person[0].assessment.key)
    path = make_backup(filled, tmp_path / "one.backup").path
    with database.write_session(filled) as session:
        respondent_data.erase_person(session, person, NOW, SECRET)
    newer = make_backup(filled, tmp_path / "two.backup").path

    restored = restore(sqlite_target, path, newer_backups=[newer])
    again = restore(sqlite_target, newer, replace=True)

    assert (restored.erased, again.erased) == (1, 0)
    with database.read_session(sqlite_target) as session:
        own = tables.response.c.invitation_id == person[0].invitation_id
        assert session.scalars(select(tables.response.c.state).where(own)).all() == ["withdrawn"]
        assert session.scalar(select(func.count(tables.answer.c.response_id.distinct()))) == 2


def test_mutant_without_replay_brings_the_person_back(filled, sqlite_target, tmp_path, monkeypatch):
    path = make_backup(filled, tmp_path / "one.backup").path
    erase_first_person(filled)
    newer = make_backup(filled, tmp_path / "two.backup").path
    monkeypatch.setattr(erasure_replay, "replay_erasures", lambda *_: 0)

    restore(sqlite_target, path, newer_backups=[newer])

    assert CANARY.encode() in Path(sqlite_target.url.database).read_bytes()


def test_withdrawn_response_is_erased_again(filled, sqlite_target, tmp_path):
    path = make_backup(filled, tmp_path / "one.backup").path
    restore(sqlite_target, path)
    with database.write_session(sqlite_target) as session:
        erasures.record_erasure(session, Erasure(rows.WORKSPACE, ErasureKind.RESPONSE, "response-0", NOW.date()))

    restore(sqlite_target, path, replace=True)

    with database.read_session(sqlite_target) as session:
        left = set(session.scalars(select(tables.answer.c.response_id)))
        state = session.scalar(select(tables.response.c.state).where(tables.response.c.id == "response-0"))
    assert left == {"response-1", "response-2"}
    assert state == "withdrawn"


def test_client_erased_after_the_backup_is_erased_again(filled, sqlite_target, tmp_path):
    path = make_backup(filled, tmp_path / "one.backup").path
    restore(sqlite_target, path)
    with database.read_session(sqlite_target) as session:
        organisation_id = session.scalar(select(tables.organisation.c.id))
    with database.write_session(sqlite_target) as session:
        session.execute(tables.assessment.update().values(state="draft"))
        client_erasure.erase_client(session, rows.WORKSPACE, organisation_id, NOW)
        recorded = erasures.list_erasures(session)

    restored = restore(sqlite_target, path, replace=True)

    assert [(erasure.kind, erasure.subject) for erasure in recorded] == [(ErasureKind.ORGANISATION, organisation_id)]
    assert restored.erased == 1
    with database.read_session(sqlite_target) as session:
        for table in (tables.organisation, tables.assessment, tables.invitation, tables.response, tables.answer):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.name
