"""A canary of an erased person is gone from every file of the data folder: database, indexes, WAL, jobs, reports."""

import re
import zlib

import msgspec
import psycopg
import pytest
from sqlalchemy import insert, select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import closing
from assessment.services.auth import encryption
from assessment.services.reports.render_pool import CACHE_FOLDER
from assessment.services.reports.report_cache import MAX_CACHE_BYTES, ReportCache
from assessment.storage import database, tables
from assessment.storage.answer_writer import AnswerWriter
from tests.cli.conftest import data, run  # noqa: F401  # fixtures
from tests.cli.test_respondents import KIM, NAME, NOW, World, find_response_id, world  # noqa: F401  # the last is a fixture

SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
CANARIES = (KIM.encode(), NAME.encode(), b"canary reason", b"canary payload")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


@pytest.fixture
def traces(world, data):  # noqa: F811
    return leave_traces(world, data)


def leave_traces(world, data):  # noqa: F811
    """Leave Kim's canaries wherever the program writes something about a person; return the content of a mail."""
    response = find_response_id(world, world.kim).id
    payload = encryption.make_cipher(world.secret, b"mail").encrypt(b"canary payload " + KIM.encode())
    with database.write_session(world.engine) as session:
        answer = tables.answer
        session.execute(update(answer).where(answer.c.response_id == response).values(reason="canary reason"))
        mailing = {"id": "m", "workspace_id": world.home, "assessment_id": world.confidential, "kind": "invitation"}
        texts = {"language": "en", "subject": "s", "body": "b", "shown_count": 1, "queued_at": NOW}
        session.execute(insert(tables.mailing).values(**mailing, **texts))
        session.execute(
            insert(tables.outbox).values(
                id="o",
                workspace_id=world.home,
                mailing_id="m",
                kind="invitation",
                assessment_id=world.confidential,
                invitation_id=world.kim.invitation.id,
                payload=payload,
                not_before=NOW,
            )
        )
    cache = ReportCache(data / CACHE_FOLDER, MAX_CACHE_BYTES)
    cache.create_folder(world.confidential)
    packed = zlib.compress(b"(They said: canary reason) Tj")
    cache.put(world.confidential, "report.pdf", b"%PDF-1.7\nstream\n" + packed + b"endstream")
    return payload


def find_canaries(folder, payload):
    """Canaries in any file, compressed streams of reports included."""
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for packed in STREAM.findall(content):
        try:
            content += zlib.decompress(packed)
        except zlib.error:
            continue
    return {canary for canary in (*CANARIES, payload) if canary in content}


def erase_while_server_runs(world, run):  # noqa: F811
    """Erase; the last connection to close would empty SQLite's log by itself, so another one stays open."""
    with world.engine.connect() as connection:
        connection.execute(select(1)).all()
        connection.rollback()
        return run("respondent", "erase", KIM, "--confirm")


def test_canary_of_erased_person_is_in_no_file(world, run, data, traces):  # noqa: F811
    before = find_canaries(data, traces)

    said = erase_while_server_runs(world, run)

    assert said.exit_code == 0, said.stderr
    assert before >= {KIM.encode(), NAME.encode(), b"canary reason", traces}
    assert find_canaries(data, traces) == set()


def test_mutant_without_secure_deletion_leaves_the_canary(world, run, data, traces, monkeypatch):  # noqa: F811
    real = database._set_pragmas

    def set_pragmas(connection, entry):
        real(connection, entry)
        connection.execute("PRAGMA secure_delete = OFF").close()

    monkeypatch.setattr(database, "_set_pragmas", set_pragmas)

    erase_while_server_runs(world, run)

    assert find_canaries(data, traces) != set()


def test_mutant_without_eviction_leaves_the_canary_in_cached_reports(world, run, data, traces, monkeypatch):  # noqa: F811
    monkeypatch.setattr(ReportCache, "delete_all", lambda *_: None)

    erase_while_server_runs(world, run)

    assert find_canaries(data, traces) == {b"canary reason"}


@pytest.fixture
def postgres_world(run, data, migrated_postgres_url, monkeypatch):  # noqa: F811
    settings = {"DATABASE_URL": migrated_postgres_url, "PUBLIC_URL": "https://survey.example.org", "SECRET": SECRET}
    for name, value in settings.items():
        monkeypatch.setenv(f"ASSESSMENT_{name}", value)
    data.mkdir()
    engine = database.make_engine(migrated_postgres_url)
    yield World(engine, SECRET)
    engine.dispose()


def list_relation_files(url):
    """Content of each file of the database: tables, indexes and what is stored outside of a row."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        content = connection.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class"
            " WHERE relkind IN ('r', 'i', 't') AND relnamespace <> 'pg_catalog'::regnamespace"
        )
        return b"".join(row[0] for row in content)


def list_rows(url):
    """Every row of every table as text, bytes included."""
    with psycopg.connect(url) as connection:
        connection.execute("SET bytea_output = 'escape'")
        rows = [
            str(row[0])
            for name in tables.metadata.tables
            for row in connection.execute(f'SELECT part::text FROM "{name}" AS part'.encode())  # noqa: S608  # our names
        ]
    return "\n".join(rows).encode()


def find_in(content, payload):
    return {canary for canary in (*CANARIES, payload) if canary in content}


@pytest.mark.parametrize("is_vacuumed", [True, False])
def test_canary_of_erased_person_is_in_no_row_of_postgresql(
    postgres_world,
    migrated_postgres_url,
    run,  # noqa: F811
    data,  # noqa: F811
    is_vacuumed,
):
    """Files of PostgreSQL have it until `VACUUM FULL`, as decision 0047 says: both is seen."""
    payload = leave_traces(postgres_world, data)
    before = find_in(list_rows(migrated_postgres_url), payload)

    said = run("respondent", "erase", KIM, "--confirm")

    if is_vacuumed:
        with psycopg.connect(migrated_postgres_url, autocommit=True) as connection:
            connection.execute("VACUUM FULL")
    assert said.exit_code == 0, said.stderr
    assert before >= {KIM.encode(), NAME.encode()}
    assert find_in(list_rows(migrated_postgres_url), payload) == set()
    assert bool(find_in(list_relation_files(migrated_postgres_url), payload)) != is_vacuumed
    assert find_canaries(data, payload) == set()


def close_attributable(world):  # noqa: F811
    """Close an attributable assessment whose Kim gave the highest answer throughout, and is left out as careless."""
    world.writer = AnswerWriter(world.engine, lambda: NOW)
    world.writer.start()
    assessment, invited = world.open("Attributable", "attributable", functions=("marketing",))
    for number, each in enumerate(invited):
        world.answer(each.token, "4" if number == 0 else str(1 + number % 3), is_sent=True)
    world.writer.stop()
    with database.write_session(world.engine) as session:
        return closing.close_assessment(session, AssessmentKey(world.home, assessment), NOW)


def test_name_of_erased_careless_person_is_in_no_file(world, run, data):  # noqa: F811
    release = close_attributable(world)
    before = find_canaries(data, b"no mail")

    said = erase_while_server_runs(world, run)

    assert said.exit_code == 0, said.stderr
    assert msgspec.json.decode(release.content)["respondents"]["careless"] == 1
    assert KIM.encode() in before
    assert find_canaries(data, b"no mail") == set()


def test_mutant_that_releases_the_names_leaves_the_canary(world, run, data, monkeypatch):  # noqa: F811
    real = closing.replace
    monkeypatch.setattr(
        closing, "replace", lambda part, **values: part if "careless_log" in values else real(part, **values)
    )
    load = closing.answer_loader.load_answers
    monkeypatch.setattr(closing.answer_loader, "load_answers", lambda *where: load(*where, named=True))
    close_attributable(world)

    erase_while_server_runs(world, run)

    assert find_canaries(data, b"no mail") == {KIM.encode()}
