"""A read-only database: the error is shown, nothing is acknowledged, and saving resumes without a restart."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import httpx
import psycopg
import pytest
from litestar import Litestar
from sqlalchemy import Engine, event, select

from assessment.components import Components
from assessment.storage import database, tables
from assessment.storage.answer_writer import AnswerWriter
from tests.trust.conftest import Place
from tests.web import people

ReadOnly: TypeAlias = Callable[[], Any]

# The driver's error is that of a server that takes no changes; its setting would be overruled by our own BEGIN.
REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'cannot execute in a read-only transaction' USING ERRCODE = '25006'; END $$;
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION refuse()', name);
  END LOOP; END $$;
"""
TAKE_BACK = "DROP FUNCTION refuse() CASCADE"


@pytest.fixture
def read_only(place: Place, app: Litestar) -> ReadOnly:
    """Makes the database so that it can only be read, as its operator or a broken disk would."""
    engine: Engine = app.state.engine

    @contextmanager
    def on_sqlite() -> Iterator[None]:
        event.listen(engine, "do_connect", _open_to_read)
        engine.dispose()
        _renew_writer(app)
        yield
        event.remove(engine, "do_connect", _open_to_read)
        engine.dispose()

    @contextmanager
    def on_postgresql() -> Iterator[None]:
        with psycopg.connect(place.url, autocommit=True) as connection:
            connection.execute(REFUSE)
            yield
            connection.execute(TAKE_BACK)

    return on_sqlite if database.is_sqlite(engine) else on_postgresql


def _renew_writer(app: Litestar) -> None:
    """Let a new writer take over: the one before has an open connection, which can write."""
    components: Components = app.components  # type: ignore[attr-defined]
    components.writer.stop()
    components.writer = app.state.writer = AnswerWriter(app.state.engine, components.clock)
    components.writer.start()


def _open_to_read(_dialect: Any, _entry: Any, arguments: list[Any], named: dict[str, Any]) -> None:
    arguments[0] = f"file:{arguments[0]}?mode=ro"
    named["uri"] = True


def find_state(place: Place) -> list[str]:
    with people.open_read_session(place.url) as session:
        return list(session.scalars(select(tables.answer.c.value)))


async def test_read_only_database_is_reported_until_it_is_writable_again(
    place: Place, client: httpx.AsyncClient, read_only: ReadOnly
):
    alice = people.Person(client, place.links[0], "practitioner")
    await alice.enter()
    section = (await alice.get("/survey")).headers["location"].rpartition("/")[2]
    form = await alice.form(f"/survey/{section}")
    save = f"/survey/answers/{_item(place)}", form | {_item(place): "3", f"{_item(place)}:sequence": "1"}

    with read_only():
        refused = await alice.post(*save, **{"HX-Request": "true"})
        page = await client.post(f"/s/{place.links[1]}", headers=people.OWN_PAGE)
        read = await alice.get("/survey/check")
    kept_meanwhile = find_state(place)
    saved = await alice.post(*save, **{"HX-Request": "true"})

    assert (refused.status_code, page.status_code, kept_meanwhile) == (503, 503, [])
    assert "Please try again in a minute" in page.text
    assert read.status_code == 200
    assert (saved.status_code, find_state(place)) == (200, ["3"])


def _item(place: Place) -> str:
    return next(item.id for item in people.load_shipped_questionnaire().items if item.id.startswith("MK"))


async def test_mutant_without_read_only_handling_causes_a_server_error(
    place: Place, client: httpx.AsyncClient, read_only: ReadOnly, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database, "UNAVAILABLE_ERRORS", ())

    with read_only():
        page = await client.post(f"/s/{place.links[1]}", headers=people.OWN_PAGE)

    assert page.status_code == 500


async def test_read_only_database_still_answers_an_api_key(
    place: Place, client: httpx.AsyncClient, read_only: ReadOnly
):
    headers = {"Authorization": f"Bearer {place.key(place.home, 'read:assessments')}"}

    with read_only():
        answer = await client.get("/api/v1/organisations", headers=headers)

    assert answer.status_code == 200
