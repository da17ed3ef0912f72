"""kill -9 in the middle of a migration: the old schema or the new one, never something in between."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assessment.storage import database
from tests.storage.test_migrations import SCHEMAS, load_schema

pytestmark = pytest.mark.slow
STEP = 1 if os.environ.get("ASSESSMENT_TEST_SOAK") else 40  # statements between two kills
LEAST = 80 // STEP  # a migration from the sixth schema has more than eighty statements


@pytest.fixture
def old_url(empty_url):
    engine = database.make_engine(empty_url)
    load_schema(engine, (SCHEMAS / f"0006.{engine.dialect.name}.sql").read_text("utf-8"))
    load_schema(engine, (SCHEMAS / "0006.rows.sql").read_text("utf-8"))
    engine.dispose()
    return empty_url


def migrate_with_kills(url, *how):
    command = [sys.executable, "-m", "tests.storage.killed_migrations", url, str(STEP), *how]
    return subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)


def test_migration_killed_after_any_statement_leaves_old_or_new_schema(old_url):
    result = migrate_with_kills(old_url)

    assert result.returncode == 0, result.stderr
    print(f"{old_url.partition(':')[0]}: {int(result.stdout)} kills, never in between")  # noqa: T201
    assert int(result.stdout) >= LEAST


def test_mutant_that_commits_after_each_statement_is_caught(old_url):
    result = migrate_with_kills(old_url, "hasty")

    assert result.returncode != 0
    assert "something in between" in result.stderr
