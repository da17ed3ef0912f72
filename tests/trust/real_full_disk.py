"""Run as a program, as root on Linux: PostgreSQL with its tables on a file system that is really full.

    python -m tests.trust.real_full_disk

It mounts 24 MB for the tables, which nobody else sees, fills them through the program, saves answers, and adds space.
The log of the server (WAL) stays on another disk. Tests must run without such rights, so `test_full_disk.py` has the
errors of such a server instead.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from assessment.errors import UnavailableError
from assessment.storage import database
from assessment.storage.answer_writer import AnswerWriter
from tests.storage import rows
from tests.trust.test_database_faults import NOW, OwnServer, prepare_survey

SIZE, MORE = "24m", "64m"
MOST = 20_000
SAVES = 20
WAIT_SECONDS = 30
PRIVATE = ("unshare", "--mount", "--propagation", "private", "sh", "-ec")
START = """
mount -t tmpfs -o size={size},mode=0700,uid=65534,gid=65534 tmpfs {folder}/small
exec setpriv --reuid=65534 --regid=65534 --clear-groups \\
    {programs}/postgres -D {folder}/data -k {folder} -c listen_addresses=
"""


def create_small_database(server: OwnServer, url: str) -> str:
    """Create a database on the small file system, once the server answers; return its URL."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"CREATE TABLESPACE small LOCATION '{server.folder}/small'".encode())
                connection.execute("CREATE DATABASE small TABLESPACE small")
                return url.replace("/postgres?", "/small?")
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def fill_tables(engine):
    """Insert responses until the disk is full; return how many were acknowledged."""
    for number in range(MOST):
        try:
            with database.write_session(engine) as session:
                rows.insert_response(session, f"more-{number}", label=f"{number}-{os.urandom(1000).hex()}")
        except UnavailableError:
            return number
    raise AssertionError("the disk was never full")


def save_answers(writer, count, sequence):
    """Return the number of answers that were acknowledged."""
    acknowledged = 0
    for number in range(count):
        try:
            writer.save(rows.make_save(f"A{number}", "3", sequence, now=NOW)).result(WAIT_SECONDS)
            acknowledged += 1
        except UnavailableError:
            continue
    return acknowledged


def check_full_disk(server, process):
    """Fill, save, add space, save again; raises AssertionError if anything was acknowledged and is not stored."""
    engine = prepare_survey(create_small_database(server, server.url))
    writer = AnswerWriter(engine, lambda: NOW)
    writer.start()
    responses = fill_tables(engine)
    while_full, stored_then = save_answers(writer, SAVES, 1), len(rows.load_answers(engine))
    with engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT count(*) FROM response WHERE id LIKE 'more-%%'").scalar_one()
    mount = ("mount", "-o", f"remount,size={MORE}", f"{server.folder}/small")
    subprocess.run(("nsenter", "-t", str(process.pid), "-m", *mount), check=True)
    afterwards = save_answers(writer, SAVES, 2)
    writer.stop()
    engine.dispose()
    sys.stdout.write(
        f"{responses} responses acknowledged until the disk was full, {stored} stored; then {while_full} answers of "
        f"{SAVES} acknowledged, {stored_then} stored; with more space {afterwards} of {SAVES}\n"
    )
    assert stored == responses
    assert while_full == stored_then
    assert afterwards == SAVES


def main():
    """Start a server of our own in a mount namespace of its own."""
    with tempfile.TemporaryDirectory(prefix="assessment-pg-", ignore_cleanup_errors=True) as folder:
        server = OwnServer(folder)
        Path(folder, "small").mkdir()
        script = START.format(size=SIZE, folder=folder, programs=server.programs)
        process = subprocess.Popen((*PRIVATE, script), stderr=subprocess.DEVNULL)
        try:
            check_full_disk(server, process)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
