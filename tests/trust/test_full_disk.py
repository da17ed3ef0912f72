"""PostgreSQL on a full disk: the error is shown, nothing false is acknowledged, and saving resumes without a restart.

The errors are those of a server that can't extend a file, at the statement or only at the commit; the disk itself is
not filled. SQLite, which may not grow, is in `test_database_faults.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import select

from assessment.storage import database, tables
from assessment.storage.postgres_answer_connection import PostgresConnection
from tests.trust.conftest import Place
from tests.web import people

ITEM = "MK-P1"
MOMENTS = {
    "statement": "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON %I EXECUTE FUNCTION full_disk()",
    "commit": "CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT OR UPDATE ON %I DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION full_disk()",
}
FILL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('{trigger}', name);
  END LOOP; END $$;
"""
FREE = "DROP FUNCTION full_disk() CASCADE"


@pytest.fixture
def database_url(migrated_postgres_url: str) -> str:
    return migrated_postgres_url


@contextmanager
def fill_disk(place: Place, moment: str) -> Iterator[None]:
    """Let the server fail at every write, at one of the two moments at which it can."""
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(FILL.replace("{trigger}", MOMENTS[moment]).encode())
        try:
            yield
        finally:
            connection.execute(FREE)


def list_values(place: Place) -> list[str]:
    with people.open_read_session(place.url) as session:
        return list(session.scalars(select(tables.answer.c.value)))


class Respondent(people.Person):
    """Someone with a section open in the browser."""

    fields: dict[str, str]

    async def open_section(self) -> None:
        await self.enter()
        self.fields = await self.form((await self.get("/survey")).headers["location"])

    async def change(self, value: str, sequence: int) -> httpx.Response:
        fields = self.fields | {ITEM: value, f"{ITEM}:sequence": str(sequence)}
        return await self.post(f"/survey/answers/{ITEM}", fields, **{"HX-Request": "true"})


@pytest.fixture
async def alice(place: Place, client: httpx.AsyncClient) -> Respondent:
    alice = Respondent(client, place.links[0], "practitioner")
    await alice.open_section()
    return alice


@pytest.mark.parametrize("moment", MOMENTS)
async def test_full_disk_of_postgresql_is_reported_and_passes(
    place: Place, client: httpx.AsyncClient, alice: Respondent, moment: str
):
    with fill_disk(place, moment):
        refused = await alice.change("3", 1)
        page = await client.post(f"/s/{place.links[1]}", headers=people.OWN_PAGE)
        read = await alice.get("/survey/check")
        ready = await client.get("/readyz")
        meanwhile = list_values(place)
    saved = await alice.change("4", 2)

    assert (refused.status_code, page.status_code, meanwhile) == (503, 503, [])
    assert "Please try again in a minute" in page.text
    assert read.status_code == 200
    assert ready.json()["writes"] == ("not possible" if moment == "statement" else "ok")
    assert (saved.status_code, list_values(place)) == (200, ["4"])


async def test_mutant_that_ignores_a_failed_commit_acknowledges_a_lost_answer(
    place: Place, alice: Respondent, monkeypatch: pytest.MonkeyPatch
):
    def commit(connection: Any) -> None:
        try:
            connection._statements.commit()
        except psycopg.Error:
            connection.rollback()

    monkeypatch.setattr(PostgresConnection, "upsert_at_once", lambda *_, **_options: {})
    monkeypatch.setattr(PostgresConnection, "commit", commit)

    with fill_disk(place, "commit"):
        acknowledged = await alice.change("3", 1)

    assert (acknowledged.status_code, list_values(place)) == (200, [])


@pytest.mark.parametrize("moment", MOMENTS)
async def test_mutant_without_handling_of_a_full_disk_causes_a_server_error(
    place: Place, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, moment: str
):
    monkeypatch.setattr(database, "UNAVAILABLE_ERRORS", ())

    with fill_disk(place, moment):
        page = await client.post(f"/s/{place.links[1]}", headers=people.OWN_PAGE)

    assert page.status_code == 500
