"""Run as a program: answers without end, and says on standard output what was acknowledged.

With `hasty` behind its arguments it acknowledges what it has not committed yet: that must be caught.
"""

import sys
import threading
from datetime import UTC, datetime

from assessment.storage import answer_connection, database
from assessment.storage.answer_writer import AnswerWriter, store_answers
from tests.storage import rows

COMMIT_INTERVAL = 25


class HastyWriter(AnswerWriter):
    """Commits now and then only."""

    _batches = 0

    def _run_transaction(self, saves):
        if self._connection is None:
            self._connection = answer_connection.open_connection(self._engine)
        if self._batches % COMMIT_INTERVAL == 0:
            self._connection.commit()
            self._connection.begin()
        self._batches += 1
        return store_answers(self._connection, saves, self._clock)


def current_time():
    return datetime.now(UTC)


def save_repeatedly(writer, item, begin):
    """One item of one respondent, changed again and again."""
    sequence = begin
    while True:
        sequence += 1
        kept = writer.save(rows.make_save(item, str(sequence % 5), sequence, now=current_time())).result()
        sys.stdout.write(f"{kept.item} {kept.sequence} {kept.value}\n")
        sys.stdout.flush()


def main(url, begin, *, is_hasty):
    """Answer with eight at once until killed."""
    writer = (HastyWriter if is_hasty else AnswerWriter)(database.make_engine(url), current_time)
    writer.start()
    threads = [threading.Thread(target=save_repeatedly, args=(writer, f"A{number}", begin)) for number in range(8)]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), is_hasty="hasty" in sys.argv[3:])
