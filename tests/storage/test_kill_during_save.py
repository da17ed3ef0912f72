"""kill -9 in the middle of saving: whatever was acknowledged is there afterwards."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.storage import rows

pytestmark = pytest.mark.slow
KILLS = 3
ACKNOWLEDGED = 300


def find_lost_answers(survey, database_url, begin, *how):
    """Answer until killed; return what was acknowledged and is not there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.endless_saves", database_url, str(begin), *how],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    said = "".join(process.stdout.readline() for _ in range(ACKNOWLEDGED))
    process.kill()
    said += process.stdout.read()
    process.wait()
    process.stdout.close()

    acknowledged = {}
    for item, sequence, value in (line.split() for line in said[: said.rindex("\n")].splitlines()):
        acknowledged[item] = max(acknowledged.get(item, (0, "")), (int(sequence), value))
    assert len(acknowledged) == 8
    stored = rows.load_answers(survey)
    return [item for item, given in acknowledged.items() if not is_stored(stored.get(("response-1", item)), *given)]


def is_stored(held, sequence, value):
    """Return True if this answer is stored, or a later one that was not yet acknowledged."""
    return held is not None and (held[1] > sequence or held == (value, sequence))


def test_acknowledged_answer_after_kill_is_stored(survey, database_url):
    for kill in range(KILLS):
        assert find_lost_answers(survey, database_url, kill * 1_000_000) == []


def test_writer_acknowledging_before_commit_loses_answers(survey, database_url):
    assert any(find_lost_answers(survey, database_url, kill * 1_000_000, "hasty") for kill in range(KILLS))
