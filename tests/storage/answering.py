"""Run as a program: answers without end, and says on standard output what was acknowledged."""

import sys
import threading
from datetime import UTC, datetime

from assessment.storage import database
from assessment.storage.writer import Writer
from tests.storage import rows


def answer(writer, item, begin):
    """One item of one respondent, changed again and again."""
    sequence = begin
    while True:
        sequence += 1
        kept = writer.keep(rows.save(item, str(sequence % 5), sequence, now=datetime.now(UTC))).result()
        sys.stdout.write(f"{kept.item} {kept.sequence} {kept.value}\n")
        sys.stdout.flush()


def main(url, begin):
    """Answer with eight at once until killed."""
    writer = Writer(database.connect(url))
    writer.start()
    threads = [threading.Thread(target=answer, args=(writer, f"A{number}", begin)) for number in range(8)]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
