"""Large bodies: in encrypted temporary files, with little memory whatever their size."""

import json
import tracemalloc

import pytest

from assessment.api.http import long_lists, request_bodies, spooled_bodies
from assessment.api.http.spooled_bodies import PIECE_BYTES, EncryptedSpool, SpooledText
from assessment.api.resources.wire.invitations import NewInvitation
from assessment.domain.csv_parser import CsvError, decode_pieces
from tests.api.api_steps import CSV, STAFF, create_open_assessment
from tests.api.bulk_steps import HEAD, list_people, read_job
from tests.api.response_checks import check_problem


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def fill_spool(pieces):
    spool = EncryptedSpool()
    for piece in pieces:
        spool.add_piece(piece)
    return spool


def iterate_body(count):
    """Yield the pieces of a list of so many people."""
    yield b"["
    for number in range(count):
        yield (b", " if number else b"") + json.dumps(STAFF | {"email": f"p{number}@example.org"}).encode()
    yield b"]"


def join_pieces(chunks):
    buffer = b""
    for chunk in chunks:
        buffer += chunk
        if len(buffer) >= PIECE_BYTES:
            yield buffer
            buffer = b""
    if buffer:
        yield buffer


def measure_peak(work):
    """Bytes in memory at most, above those before."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def parse_people(count):
    spool = fill_spool(join_pieces(iterate_body(count)))
    people = long_lists.parse_long_list(spool, NewInvitation, 100_000)
    assert (len(people), sum(1 for _ in people)) == (count, count)


def test_memory_does_not_grow_with_the_number_of_people():
    parse_people(10)  # what is loaded once

    few, many = measure_peak(lambda: parse_people(4000)), measure_peak(lambda: parse_people(16_000))

    assert many < 1.2 * few


def read_file(rows):
    lines = (b"r%d,staff,customer-service,,3\n" % number for number in range(rows))
    assert SpooledText(decode_pieces(fill_spool(join_pieces(lines)))).line_count == rows


def test_memory_does_not_grow_with_the_length_of_a_file():
    few, many = measure_peak(lambda: read_file(40_000)), measure_peak(lambda: read_file(160_000))

    assert many < 1.2 * few


def test_spooled_file_on_the_disk_is_encrypted(monkeypatch):
    monkeypatch.setattr(spooled_bodies, "MEMORY_BYTES", 10)

    spool = fill_spool([b"ann@example.org", b"ben@example.org"])

    assert spool._file._rolled
    spool._file.seek(0)
    assert b"example" not in spool._file.read()
    assert list(spool) == [b"ann@example.org", b"ben@example.org"]
    assert list(spool) == [b"ann@example.org", b"ben@example.org"]


@pytest.mark.parametrize("text", ["a,b\r\né,€\r\n" * 5, "\ufeffa,b\n1,2\n", "", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_pieces_are_decoded_like_the_whole(text, encoding):
    content = text.removeprefix("\ufeff" if encoding == "utf-16" else "").encode(encoding)
    pieces = [content[:4], *(content[start : start + 1] for start in range(4, len(content)))]

    assert "".join(decode_pieces(piece for piece in pieces if piece)) == text.removeprefix("\ufeff")


def test_wrong_letter_is_named_by_its_line_in_pieces_too():
    content = b"a,b\r\n1,2\r\n\xe4,2\n"

    for size in (3, 4, 7, 100):
        with pytest.raises(CsvError) as refused:
            list(decode_pieces(content[start : start + size] for start in range(0, len(content), size)))

        assert refused.value.line == 3


async def test_large_body_of_unknown_length_is_taken(worker, alice, monkeypatch):
    monkeypatch.setattr(request_bodies, "MAX_JSON_BYTES", 1000)
    made = await create_open_assessment(alice)
    people = json.dumps(list_people(30)).encode()

    async def send_pieces(content):
        for start in range(0, len(content), 100):
            yield content[start : start + 100]

    head = {"Content-Type": "application/json", "Prefer": "respond-async", "Idempotency-Key": "once"}
    path = f"/assessments/{made}/invitations"
    queued = await alice.post(path, content=send_pieces(people), headers=head)
    again = await alice.post(path, content=people, headers=head)
    other = await alice.post(path, content=people.replace(b"p29@", b"p30@"), headers=head)
    small = await alice.post(
        path, content=send_pieces(json.dumps([STAFF]).encode()), headers=head | {"Idempotency-Key": "2"}
    )
    while worker.work_once():
        pass

    assert queued.status_code == 202, queued.text
    assert again.headers["idempotency-replayed"] == "true"
    assert check_problem(other, 422)["type"] == "/api/docs#idempotency-mismatch"
    assert small.status_code == 202
    assert (await read_job(alice, queued))["done"] == 30


async def test_large_file_of_few_lines_is_taken_in_at_once(alice, monkeypatch):
    monkeypatch.setattr(request_bodies, "MAX_JSON_BYTES", 1000)
    made = await create_open_assessment(alice)
    content = (HEAD + "".join(f"r{number},staff,customer-service,,3\n" for number in range(60))).encode()

    taken = await alice.post(f"/assessments/{made}/responses", content=content, headers=CSV)
    wrong = await alice.post(f"/assessments/{made}/responses", content=content + b"\xe4", headers=CSV)

    assert taken.json() == {"responses": 60}
    assert check_problem(wrong, 400)["errors"][0]["line"] == 62
