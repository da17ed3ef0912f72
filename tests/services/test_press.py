"""The press: reports from processes of their own, kept by content, never half-written."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from assessment.domain.provenance import Contents, digest, enclosed
from assessment.domain.report import Details
from assessment.errors import UnavailableError
from assessment.services import press as pressing
from assessment.services.press import Press, Shelf
from assessment.services.printing import Order, printed
from tests import reports


def order(organisation="Norden"):
    release = msgspec.json.encode(reports.result("small-9"))
    contents = Contents(enclosed(release), Details(organisation, "Autumn", reports.DATE))
    return Order(contents, digest(release), "en", "board")


def hang(_):
    time.sleep(60)


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


def test_a_report_from_the_press_is_the_one_made_here(make):
    assert make().print(reports.questionnaire(), order()) == printed(reports.questionnaire(), order())


def test_what_was_printed_is_kept_and_not_made_again(make, tmp_path):
    make(work=die).print(reports.questionnaire(), order())

    again = make(work=hang, seconds=0.1).print(reports.questionnaire(), order())

    assert again == b"%PDF made"
    assert [path.read_bytes() for path in (tmp_path / "reports").iterdir()] == [b"%PDF made"]


def test_another_order_another_language_or_another_program_is_another_report(make, monkeypatch, tmp_path):
    press = make(work=die)
    press.print(reports.questionnaire(), order())
    press.print(reports.questionnaire(), order("Another"))
    press.print(reports.questionnaire(), msgspec.structs.replace(order(), language="de"))
    monkeypatch.setattr(pressing, "program", lambda: "another")

    press.print(reports.questionnaire(), order())

    assert len(list((tmp_path / "reports").iterdir())) == 4


def test_a_killed_worker_costs_one_report_and_nothing_is_kept_of_it(make, tmp_path):
    press = make(work=die)

    with pytest.raises(UnavailableError):
        press.print(reports.questionnaire(), order("Deadly"))

    assert not (tmp_path / "reports").exists()
    assert press.print(reports.questionnaire(), order()) == b"%PDF made"


def test_a_report_that_takes_too_long_is_given_up_and_its_worker_ended(make):
    press = make(None, work=hang, seconds=0.5)

    with pytest.raises(UnavailableError):
        press.print(reports.questionnaire(), order())

    assert press._pool is None


def test_no_more_wait_than_may(make, monkeypatch):
    monkeypatch.setattr(pressing, "MOST_WAITING", 1)
    press = make(None, work=hang, seconds=3)
    with ThreadPoolExecutor(2) as threads:
        waits = [threads.submit(press.print, reports.questionnaire(), order()) for _ in range(2)]
        errors = [wait.exception().detail for wait in waits]

    assert sum(detail.startswith("Too many") for detail in errors) == 1


def test_the_oldest_go_first_when_the_shelf_is_full(tmp_path):
    shelf = Shelf(tmp_path, 35)
    for number, name in enumerate("abc"):
        shelf.put(name, b"0123456789")
        os.utime(tmp_path / f"{name}.pdf", (number, number))
    shelf.get("a")

    shelf.put("d", b"0123456789")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "c.pdf", "d.pdf"]


def test_a_shelf_that_can_not_be_written_keeps_nothing_and_fails_nobody(tmp_path):
    (tmp_path / "reports").write_bytes(b"in the way")

    Shelf(tmp_path / "reports", 100).put("a", b"content")

    assert Shelf(tmp_path / "reports", 100).get("a") is None
