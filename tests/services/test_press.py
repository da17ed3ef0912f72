"""The press: reports from processes of their own, kept by content, never half-written."""

import hashlib
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from assessment.domain.provenance import Contents, digest, enclosed
from assessment.domain.report import Details
from assessment.errors import UnavailableError
from assessment.services import press as pressing
from assessment.services.press import LONGEST_KEPT, Press, Shelf
from assessment.services.printing import Order, printed, unpack
from tests import reports


def order(organisation="Norden"):
    release = msgspec.json.encode(reports.result("small-9"))
    contents = Contents(enclosed(release), Details(organisation, "Autumn", reports.DATE))
    return Order(contents, digest(release), "en", "board")


ONE, OTHER = "assessment-1", "assessment-2"


def about(packed):
    return unpack(packed)[1].contents.details.organisation


def hang(_):
    time.sleep(60)


def note(packed):
    """Say in a folder that one was made: the organisation's name is the folder's."""
    (Path(about(packed)) / str(time.monotonic_ns())).touch()
    time.sleep(0.5)
    return b"%PDF made"


def die_beside(packed):
    """The deadly one dies while the other is being made."""
    folder = Path(about(packed))
    begun, died = (folder.parent / name for name in ("begun", "died"))
    if folder.name == "deadly":
        _until(begun.exists)
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    begun.touch()
    _until(died.exists)
    time.sleep(1)
    return b"%PDF made"


def _until(so):
    while not so():
        time.sleep(0.05)


def die(packed):
    if b"Deadly" in packed:
        os.kill(os.getpid(), signal.SIGKILL)
    return b"%PDF made"


@pytest.fixture
def make(tmp_path):
    made = []

    def press(folder=tmp_path / "reports", **more):
        made.append(Press(folder, **more))
        return made[-1]

    yield press
    for each in made:
        each.close()


def kept(tmp_path):
    return sorted((tmp_path / "reports").glob("*/*"))


def test_a_report_from_the_press_is_the_one_made_here(make):
    assert make().print(reports.questionnaire(), order(), ONE) == printed(reports.questionnaire(), order())


def test_what_was_printed_is_kept_and_not_made_again(make, tmp_path):
    make(work=die).print(reports.questionnaire(), order(), ONE)

    again = make(work=hang, seconds=0.1).print(reports.questionnaire(), order(), ONE)

    assert again == b"%PDF made"
    assert [path.read_bytes() for path in kept(tmp_path)] == [b"%PDF made"]


def test_another_order_another_language_or_another_program_is_another_report(make, monkeypatch, tmp_path):
    press = make(work=die)
    press.print(reports.questionnaire(), order(), ONE)
    press.print(reports.questionnaire(), order("Another"), ONE)
    press.print(reports.questionnaire(), msgspec.structs.replace(order(), language="de"), ONE)
    monkeypatch.setattr(pressing, "hash_program", lambda: "another")

    press.print(reports.questionnaire(), order(), ONE)

    assert len(kept(tmp_path)) == 4


def test_a_killed_worker_costs_one_report_and_nothing_is_kept_of_it(make, tmp_path):
    press = make(work=die)

    with pytest.raises(UnavailableError):
        press.print(reports.questionnaire(), order("Deadly"), ONE)

    assert kept(tmp_path) == []
    assert press.print(reports.questionnaire(), order(), ONE) == b"%PDF made"


def test_a_report_that_takes_too_long_is_given_up_and_its_worker_ended(make):
    press = make(None, work=hang, seconds=0.5)

    with pytest.raises(UnavailableError):
        press.print(reports.questionnaire(), order(), ONE)

    assert press._workers == set()


def test_no_more_wait_than_may(make, monkeypatch):
    monkeypatch.setattr(pressing, "MAX_QUEUED", 1)
    press = make(None, work=hang, seconds=3)
    with ThreadPoolExecutor(2) as threads:
        waits = [threads.submit(press.print, reports.questionnaire(), order(str(number)), ONE) for number in range(2)]
        errors = [wait.exception().detail for wait in waits]

    assert sum(detail.startswith("Too many") for detail in errors) == 1


def test_who_asks_for_what_is_being_made_waits_for_that(make, tmp_path):
    (tmp_path / "made").mkdir()
    press = make(work=note)
    with ThreadPoolExecutor(10) as threads:
        asked = order(str(tmp_path / "made"))
        waits = [threads.submit(press.print, reports.questionnaire(), asked, ONE) for _ in range(10)]

    assert {wait.result() for wait in waits} == {b"%PDF made"}
    assert len(list((tmp_path / "made").iterdir())) == 1


def test_nobody_waits_for_one_that_failed_before_they_asked(make):
    press = make(work=die)
    with pytest.raises(UnavailableError):
        press.print(reports.questionnaire(), order("Deadly"), ONE)

    with pytest.raises(UnavailableError):
        press.print(reports.questionnaire(), order("Deadly"), ONE)

    assert press._making == {}


def test_a_killed_worker_does_not_cost_the_report_beside_it(make, tmp_path):
    press = make(work=die_beside)
    with ThreadPoolExecutor(2) as threads:
        deadly = threads.submit(press.print, reports.questionnaire(), order(str(tmp_path / "deadly")), ONE)
        beside = threads.submit(press.print, reports.questionnaire(), order(str(tmp_path / "beside")), ONE)

    assert isinstance(deadly.exception(), UnavailableError)
    assert beside.result() == b"%PDF made"
    assert len(kept(tmp_path)) == 1


def test_a_closed_press_begins_nothing_new(make):
    press = make(None, work=hang, seconds=30)
    with ThreadPoolExecutor(1) as threads:
        wait = threads.submit(press.print, reports.questionnaire(), order(), ONE)
        _until(lambda: press._workers)

        press.close()

    assert "could not be made" in wait.exception().detail


def test_what_is_forgotten_is_gone_and_nothing_else(make, tmp_path):
    press = make(work=die)
    press.print(reports.questionnaire(), order("Canary"), ONE)
    press.print(reports.questionnaire(), order("Canary"), OTHER)

    press.forget(ONE)

    assert len(kept(tmp_path)) == 1
    assert not (tmp_path / "reports" / hashlib.sha256(ONE.encode()).hexdigest()).exists()


def test_what_is_forgotten_while_it_is_made_is_not_kept(make, tmp_path):
    (tmp_path / "made").mkdir()
    press = make(work=note)
    with ThreadPoolExecutor(1) as threads:
        wait = threads.submit(press.print, reports.questionnaire(), order(str(tmp_path / "made")), ONE)
        while not list((tmp_path / "made").iterdir()):
            time.sleep(0.05)

        press.forget(ONE)

    assert wait.result() == b"%PDF made"
    assert kept(tmp_path) == []


def test_to_forget_what_was_never_made_is_no_mistake(make):
    make().forget(ONE)

    make(None).forget(ONE)


def shelved(folder, name):
    return folder / hashlib.sha256(ONE.encode()).hexdigest() / f"{name}.pdf"


def test_the_oldest_go_first_when_the_shelf_is_full(tmp_path):
    shelf, now = Shelf(tmp_path, 35), time.time()
    shelf.open(ONE)
    for number, name in enumerate("abc"):
        shelf.put(ONE, name, b"0123456789")
        os.utime(shelved(tmp_path, name), (now - 100 + number, now - 100))
    shelf.get(ONE, "a")

    shelf.put(ONE, "d", b"0123456789")

    assert sorted(path.name for path in tmp_path.glob("*/*")) == ["a.pdf", "c.pdf", "d.pdf"]


def test_what_was_kept_too_long_is_not_given_and_goes(tmp_path):
    shelf, old = Shelf(tmp_path, 100), time.time() - LONGEST_KEPT - 1
    shelf.open(ONE)
    shelf.put(ONE, "a", b"old")
    (shelved(tmp_path, "a").parent / ".b.new").write_bytes(b"half")
    for name in ("a.pdf", ".b.new"):
        os.utime(shelved(tmp_path, "a").parent / name, (time.time(), old))

    given = shelf.get(ONE, "a")
    shelf.put(ONE, "c", b"new")

    assert given is None
    assert [path.name for path in tmp_path.glob("*/*")] == ["c.pdf"]


def test_to_be_used_does_not_make_a_report_younger(tmp_path):
    shelf, written = Shelf(tmp_path, 100), time.time() - 1000
    shelf.open(ONE)
    shelf.put(ONE, "a", b"content")
    os.utime(shelved(tmp_path, "a"), (written, written))

    assert shelf.get(ONE, "a") == b"content"
    assert shelved(tmp_path, "a").stat().st_mtime == pytest.approx(written, abs=1)


def test_a_shelf_that_can_not_be_written_keeps_nothing_and_fails_nobody(tmp_path):
    (tmp_path / "reports").write_bytes(b"in the way")
    shelf = Shelf(tmp_path / "reports", 100)
    shelf.open(ONE)

    shelf.put(ONE, "a", b"content")

    assert shelf.get(ONE, "a") is None
