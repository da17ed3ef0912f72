"""A migrated database of each kind, with an open assessment in it."""

from datetime import UTC, datetime

import pytest

from assessment.storage import database
from tests.storage import rows

NOW = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)


@pytest.fixture
def database_url(migrated_url):
    """Each test begins with a migrated database, except the tests of the schema."""
    return migrated_url


@pytest.fixture
def engine(database_url):
    engine = database.make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def survey(engine):
    """An open assessment with one response, `response-1`."""
    with database.write_session(engine) as session:
        rows.insert_assessment(session, NOW)
        rows.insert_response(session, "response-1")
    return engine
