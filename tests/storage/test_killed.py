"""kill -9 in the middle of saving: whatever was acknowledged is there afterwards."""

import subprocess
import sys
from pathlib import Path

from tests.storage import rows

KILLS = 3
ACKNOWLEDGED = 300


def test_no_acknowledged_answer_is_lost(survey, database_url):
    for kill in range(KILLS):
        begin = kill * 1_000_000
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.answering", database_url, str(begin)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        lines = [process.stdout.readline() for _ in range(ACKNOWLEDGED)]
        process.kill()
        lines += [line for line in process.stdout.read().splitlines() if line.count(" ") == 2]
        process.wait()
        process.stdout.close()

        acknowledged = {}
        for item, sequence, value in (line.split() for line in lines[:-1]):
            acknowledged[item] = max(acknowledged.get(item, (0, "")), (int(sequence), value))
        stored = rows.stored(survey)

        assert len(acknowledged) == 8
        for item, (sequence, value) in acknowledged.items():
            held_value, held_sequence = stored["response-1", item]
            assert (held_sequence, held_value) == (sequence, value) or held_sequence > sequence
