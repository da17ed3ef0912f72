"""An attacker who wants to know whose anonymous answers are whose, with all that is kept: tables, files, log, backups.

Everyone has the same role and functions, so that guessing blindly hits one in all, whatever their number.
"""

import hashlib
import itertools
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import text

from assessment.services.auth import tokens
from assessment.storage import database, schema

TIED = ("invitation", "invitation_link")
UNTIED = ("response", "answer", "section_time", "respondent_session")
PAGE = 4096
KINDS = ("used", "done", "sent")
GUESSES = ("", "secret", "assessment")  # secrets that someone could have forgotten to set


class Seen:
    """Snapshot of an attacker: rows, their places and writers, and the bytes of the files."""

    def __init__(self, engine, folder):
        self.rows = {name: list(_rows(engine, name)) for name in (*TIED, *UNTIED, "mark")}
        self.files = dict(_files(engine, folder))
        self.history = _history(self.files) if database.is_sqlite(engine) else {}

    def ids(self, name, column="id"):
        return [row.values[column] for row in self.rows[name]]


def _rows(engine, name):
    place = "ctid::text AS place, xmin::text AS author, " if not database.is_sqlite(engine) else ""
    with database.read_session(engine) as session:
        for number, row in enumerate(session.execute(text(f"SELECT {place}* FROM {name}")).mappings()):  # noqa: S608
            values = {key: value for key, value in row.items() if key not in ("place", "author")}
            yield SimpleNamespace(
                values=values, place=_place(row.get("place"), number), author=int(row.get("author", 0))
            )


def _place(written, number):
    return number if written is None else tuple(map(int, written.strip("()").split(",")))


def _files(engine, folder):
    """The database as it lies on the disk; on SQLite a backup of it as well, on PostgreSQL the log."""
    if database.is_sqlite(engine):
        path = Path(engine.url.database)
        yield "database", path.read_bytes()
        log = path.with_name(path.name + "-wal")
        yield "log", log.read_bytes() if log.exists() else b""
        copy = folder / "copy.sqlite3"
        schema.copy_database(path, copy)
        yield "backup", copy.read_bytes()
        copy.unlink()
        return
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM pg_ls_waldir() ORDER BY name")).scalars().all()
        read = text("SELECT pg_read_binary_file('pg_wal/' || :name)")
        yield "log", b"".join(bytes(connection.scalar(read, {"name": name})) for name in names)


def _history(files):
    """Return what SQLite's log tells: in which order invitations were changed, and marks and responses made."""
    seen, order = {}, {"invitation": {}, "mark": {}, "response": {}}
    for image in _images(files["database"], files["log"]):
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(image)
            for name, found in order.items():
                key = "name" if name == "mark" else "id"
                for held in connection.execute(f"SELECT {key}, * FROM {name}"):  # noqa: S608
                    if seen.get((name, held[0])) != held:
                        if name == "invitation":
                            found.pop(held[0], None)  # its last change counts
                        found[held[0]] = None
                        seen[name, held[0]] = held
    return {name: list(found) for name, found in order.items()}


def _images(content, log):
    """Yield the database as each commit in the log has left it."""
    size = int.from_bytes(log[8:12], "big") if log else 0
    pages = bytearray(content)
    for at in range(32, len(log) - size, 24 + size) if size else ():
        number, committed = (int.from_bytes(log[at + start : at + start + 4], "big") for start in (0, 4))
        page = log[at + 24 : at + 24 + size]
        pages.extend(bytes(max(0, number * size - len(pages))))
        pages[(number - 1) * size : number * size] = page
        if committed:
            image = bytearray(pages[: committed * size])
            image[18:20] = b"\1\1"  # as if it had no log, for it is read from memory
            yield bytes(image)


def share_in_order(seen, arrived):
    """Return how many of those who lie next to one another came one after the other: a half by chance."""
    rank = {response: number for number, response in enumerate(arrived)}
    if not seen.files.get("database"):
        written = [[row.values["id"] for row in sorted(seen.rows["response"], key=_written)]]
    elif seen.history["response"]:
        written = [seen.history["response"]]
    else:  # what came later lies before what came earlier, on each page
        content = seen.files["database"]
        pages = (content[start : start + PAGE] for start in range(0, len(content), PAGE))
        written = [_in_bytes({response: response.encode() for response in arrived}, page)[::-1] for page in pages]
    pairs = [pair for page in written for pair in itertools.pairwise(page)]
    return sum(rank[one] < rank[other] for one, other in pairs) / len(pairs)


def guesses(first, later, clicks=()):
    """Yield every way of matching that there is: its name, and pairs of an invitation and a response."""
    yield "equality", by_equality(later)
    invitations, responses = dict(_orders_of_invitations(first, later, clicks)), dict(_orders_of_responses(later))
    for one, other in itertools.product(invitations, responses):
        yield f"{one}, {other}", list(zip(invitations[one], responses[other], strict=False))
    if clicks:
        yield "time", by_time(later, clicks)
    yield "two backups", by_two_backups(first, later)


def by_equality(seen):
    """Match where something said of one invitation, plain or digested, is said of one response."""
    said_of = {}
    for row in seen.rows["response"]:
        for value in row.values.values():
            said_of.setdefault(_plain(value), set()).add(row.values["id"])
    found = []
    for name in TIED:
        for row in seen.rows[name]:
            owner = row.values.get("invitation_id", row.values["id"] if name == "invitation" else None)
            values = {_plain(value) for value in row.values.values()}
            digests = {hashlib.sha256(value).digest() for value in values} | {
                tokens.sign_text(guess, f"invitation {kind}", owner)
                for guess in GUESSES
                for kind in ("used", "done", "sent")
            }
            said = (said_of.get(value, ()) for value in values | digests)
            found += [(owner, next(iter(responses))) for responses in said if len(responses) == 1]
    return list(dict.fromkeys(found))


def by_time(seen, clicks):
    """Match those who were seen to open their link with what was written soonest after."""
    times = {}
    for row in seen.rows["answer"]:
        moment = str(row.values["saved_at"])[:26].replace("T", " ")
        times.setdefault(row.values["response_id"], moment)
    ordered = sorted(times, key=lambda response: (times[response], response))
    if len(set(times.values())) == 1:
        return []
    return [(invitation, response) for (invitation, _), response in zip(clicks, ordered, strict=False)]


def by_two_backups(first, later):
    """Match invitations that changed between two backups with responses that are new."""
    before = {row.values["id"]: row.values for row in first.rows["invitation"]}
    changed = [
        row.values["id"] for row in later.rows["invitation"] if before.get(row.values["id"], row.values) != row.values
    ]
    known = set(first.ids("response"))
    new = [row.values["id"] for row in sorted(later.rows["response"], key=_written) if row.values["id"] not in known]
    return list(zip(changed, new, strict=False))


def _orders_of_invitations(first, later, clicks):
    """Orders in which invitations may have been used."""
    rows = later.rows["invitation"]
    yield "as listed", [row.values["id"] for row in sorted(rows, key=lambda row: row.values["position"])]
    yield "as written", [row.values["id"] for row in sorted(rows, key=_written)]
    if clicks:
        yield "as clicked", [invitation for invitation, _ in clicks]
    marks = {bytes(row.values["name"]): row for row in (*first.rows["mark"], *later.rows["mark"])}
    for guess in GUESSES:
        named = {tokens.sign_text(guess, "invitation sent", row.values["id"]): row.values["id"] for row in rows}
        known = sorted((marks[name].author, marks[name].place, owner) for name, owner in named.items() if name in marks)
        if known:
            yield f"marks by {guess!r}", [owner for *_, owner in known]
            told = later.history.get("mark", ())
            yield f"marks by {guess!r} in the history", [named[name] for name in told if name in named]
    if later.history:
        yield "history", later.history["invitation"][-len(rows) :]
    for name, content in later.files.items():
        yield f"{name}, first", _in_bytes({row.values["id"]: row.values["id"].encode() for row in rows}, content)
        last = {row.values["id"]: row.values["id"].encode() for row in rows}
        yield f"{name}, last", _in_bytes(last, content, last=True)


def _orders_of_responses(later):
    rows = later.rows["response"]
    yield "as written", [row.values["id"] for row in sorted(rows, key=_written)]
    if later.history:
        yield "history", later.history["response"]
    for table in ("respondent_session", "answer"):
        written = sorted(later.rows[table], key=_written)
        yield f"as {table} is", list(dict.fromkeys(row.values["response_id"] for row in written))
    for name, content in later.files.items():
        searched = {row.values["id"]: row.values["id"].encode() for row in rows}
        yield f"{name}, first", _in_bytes(searched, content)
        yield f"{name}, last", _in_bytes(searched, content, last=True)
        yield f"{name}, from behind", _in_bytes(searched, content)[::-1]


def _in_bytes(names, content, *, last=False):
    """Order of owners by where their name stands in a file; who is not in it comes nowhere."""
    find = content.rfind if last else content.find
    places = {owner: find(name) for owner, name in names.items()}
    return sorted((owner for owner, place in places.items() if place >= 0), key=places.__getitem__)


def _written(row):
    return row.author, row.place


def _plain(value):
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    return str(value).encode()


def best(truth, ways: Iterable):
    """Return the most hits of any way of matching, and its name."""
    return max(
        (sum(truth.get(invitation) == response for invitation, response in set(found)), name) for name, found in ways
    )
