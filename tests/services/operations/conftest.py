"""A database with one of everything that a backup has to keep: text, bytes, JSON, days, moments, an audit log."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from assessment.services.operations import audit_trail
from assessment.storage import database, tables
from tests.storage import rows

NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
CANARY = "canary.kim@example.org"


def fill_database(engine, count=3):
    """Insert an open assessment with invitations, links, responses and answers."""
    audit_trail.attach_secret(engine, SECRET)
    with database.write_session(engine) as session:
        rows.insert_assessment(session, NOW)
        for number in range(count):
            insert_person(session, number)
        audit_trail.start_logs(session, NOW)
        audit_trail.record_event(session, rows.WORKSPACE, NOW, "assessment.opened", rows.ASSESSMENT, revision=2)


def insert_person(session, number):
    address = CANARY if number == 0 else f"person-{number}@example.org"
    session.execute(
        insert(tables.invitation).values(
            id=f"invitation-{number}",
            workspace_id=rows.WORKSPACE,
            assessment_id=rows.ASSESSMENT,
            position=number,
            email=address,
            name="Zoë Canaryname" if number == 0 else "Ünal Ö.",
            role="leader",
            functions="sales",
            created_on=date(2026, 3, 1),
            sort_key=bytes([number, 255, 0]),
        )
    )
    session.execute(
        insert(tables.invitation_link).values(
            token_hash=f"token-{number}".encode(),
            workspace_id=rows.WORKSPACE,
            invitation_id=f"invitation-{number}",
            created_on=date(2026, 3, 1),
        )
    )
    response = f"response-{number}"
    rows.insert_response(session, response, invitation_id=f"invitation-{number}", draft_number=1, seconds=61.5)
    for item in range(4):
        session.execute(
            insert(tables.answer).values(
                response_id=response,
                item_id=f"A{item}",
                workspace_id=rows.WORKSPACE,
                value=str(item),
                reason="canary reason" if number == 0 else "",
                sequence=2**40 + item,
                saved_at=NOW + timedelta(microseconds=item),
            )
        )


@pytest.fixture
def engine(migrated_url):
    engine = database.make_engine(migrated_url)
    yield engine
    engine.dispose()


@pytest.fixture
def filled(engine):
    fill_database(engine)
    return engine


@pytest.fixture
def sqlite_target(tmp_path):
    (tmp_path / "restored").mkdir()
    engine = database.make_engine(f"sqlite:///{tmp_path / 'restored' / 'new.sqlite3'}")
    yield engine
    engine.dispose()
