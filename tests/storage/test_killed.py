"""kill -9 in the middle of saving: whatever was acknowledged is there afterwards."""

import subprocess
import sys
from pathlib import Path

from tests.storage import rows

KILLS = 3
ACKNOWLEDGED = 300


def lost(survey, database_url, begin, *how):
    """Answer until killed; return what was acknowledged and is not there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.storage.answering", database_url, str(begin), *how],
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
    stored = rows.stored(survey)
    return [item for item, given in acknowledged.items() if not is_held(stored.get(("response-1", item)), *given)]


def is_held(held, sequence, value):
    """Whether it is there, or a later one that was stored and not yet told."""
    return held is not None and (held[1] > sequence or held == (value, sequence))


def test_no_acknowledged_answer_is_lost(survey, database_url):
    for kill in range(KILLS):
        assert lost(survey, database_url, kill * 1_000_000) == []


def test_a_writer_that_acknowledges_before_it_commits_is_caught(survey, database_url):
    assert any(lost(survey, database_url, kill * 1_000_000, "hasty") for kill in range(KILLS))
