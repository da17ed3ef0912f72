"""Render pool: reports from worker processes, cached by content, never half-written."""

import hashlib
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import psutil
import pytest

from assessment.domain.report import ReportDetails
from assessment.domain.verification.provenance import ReportContents, hash_content, strip_careless_log
from assessment.errors import UnavailableError
from assessment.services.reports import render_pool as render_pool_module
from assessment.services.reports.render_pool import RenderError, RenderPool
from assessment.services.reports.rendering import RenderJob, render_pdf, unpack_job
from assessment.services.reports.report_cache import MAX_AGE_SECONDS, ReportCache
from tests import reports


def order(organisation="Norden"):
    release = msgspec.json.encode(reports.score_case("small-9"))
    contents = ReportContents(strip_careless_log(release), ReportDetails(organisation, "Autumn", reports.DATE))
    return RenderJob(contents, hash_content(release), "en", "board")


ONE, OTHER = "assessment-1", "assessment-2"


def about(packed):
    return unpack_job(packed)[1].contents.details.organisation


def hang(_):
    time.sleep(60)


def hang_after_first(packed):
    """Return the process id; hang from the second time on."""
    if about(packed) != "First":
        time.sleep(60)
    return str(os.getpid()).encode()


def fail(_):
    raise LookupError("no such figure")


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
def make(tmp_path, own_render_workers):
    """Makes render pools of one worker: each costs a second of processor time."""
    made = []

    def render_pool(folder=tmp_path / "reports", workers=1, **more):
        made.append(RenderPool(folder, workers=workers, **more))
        return made[-1]

    yield render_pool
    for each in made:
        each.close()


def list_cached_files(tmp_path):
    return sorted((tmp_path / "reports").glob("*/*"))


def test_report_from_the_render_pool_equals_one_rendered_in_process(make):
    assert make().render(reports.load_shipped_questionnaire(), order(), ONE) == render_pdf(
        reports.load_shipped_questionnaire(), order()
    )


def test_second_request_returns_the_cached_report(make, tmp_path):
    make(render=die).render(reports.load_shipped_questionnaire(), order(), ONE)

    again = make(render=hang, timeout=0.1).render(reports.load_shipped_questionnaire(), order(), ONE)

    assert again == b"%PDF made"
    assert [path.read_bytes() for path in list_cached_files(tmp_path)] == [b"%PDF made"]


def test_other_job_language_or_program_is_a_cache_miss(make, monkeypatch, tmp_path):
    render_pool = make(render=die)
    render_pool.render(reports.load_shipped_questionnaire(), order(), ONE)
    render_pool.render(reports.load_shipped_questionnaire(), order("Another"), ONE)
    render_pool.render(reports.load_shipped_questionnaire(), msgspec.structs.replace(order(), language="de"), ONE)
    monkeypatch.setattr(render_pool_module, "hash_program", lambda: "another")

    render_pool.render(reports.load_shipped_questionnaire(), order(), ONE)

    assert len(list_cached_files(tmp_path)) == 4


def test_killed_worker_fails_one_report_and_caches_nothing(make, tmp_path):
    render_pool = make(render=die)

    with pytest.raises(UnavailableError):
        render_pool.render(reports.load_shipped_questionnaire(), order("Deadly"), ONE)

    assert list_cached_files(tmp_path) == []
    assert render_pool.render(reports.load_shipped_questionnaire(), order(), ONE) == b"%PDF made"


def test_timed_out_report_kills_its_worker(make):
    render_pool = make(None, render=hang_after_first)
    worker = int(render_pool.render(reports.load_shipped_questionnaire(), order("First"), ONE))
    worker_processes = [psutil.Process(worker)]
    render_pool._timeout = 0.5

    with pytest.raises(UnavailableError):
        render_pool.render(reports.load_shipped_questionnaire(), order("Second"), ONE)

    psutil.wait_procs(worker_processes, timeout=10)
    assert not psutil.pid_exists(worker)
    assert render_pool._jobs == set()


def test_error_while_rendering_is_raised_with_its_traceback(make):
    render_pool = make(None, render=fail)

    with pytest.raises(RenderError, match="no such figure"):
        render_pool.render(reports.load_shipped_questionnaire(), order(), ONE)


def test_full_queue_refuses_a_request(make, monkeypatch):
    monkeypatch.setattr(render_pool_module, "MAX_QUEUED", 1)
    render_pool = make(None, render=hang, timeout=3)
    with ThreadPoolExecutor(2) as threads:
        waits = [
            threads.submit(render_pool.render, reports.load_shipped_questionnaire(), order(str(number)), ONE)
            for number in range(2)
        ]
        errors = [wait.exception().detail for wait in waits]

    assert sum(detail.startswith("Too many") for detail in errors) == 1


def test_concurrent_requests_share_one_rendering(make, tmp_path):
    (tmp_path / "made").mkdir()
    render_pool = make(render=note)
    with ThreadPoolExecutor(10) as threads:
        asked = order(str(tmp_path / "made"))
        waits = [
            threads.submit(render_pool.render, reports.load_shipped_questionnaire(), asked, ONE) for _ in range(10)
        ]

    assert {wait.result() for wait in waits} == {b"%PDF made"}
    assert len(list((tmp_path / "made").iterdir())) == 1


def test_request_after_a_failure_renders_again(make):
    render_pool = make(render=die)
    with pytest.raises(UnavailableError):
        render_pool.render(reports.load_shipped_questionnaire(), order("Deadly"), ONE)

    with pytest.raises(UnavailableError):
        render_pool.render(reports.load_shipped_questionnaire(), order("Deadly"), ONE)

    assert render_pool._in_progress == {}


def test_killed_worker_does_not_affect_a_concurrent_report(make, tmp_path):
    render_pool = make(render=die_beside, workers=2)
    with ThreadPoolExecutor(2) as threads:
        deadly = threads.submit(
            render_pool.render, reports.load_shipped_questionnaire(), order(str(tmp_path / "deadly")), ONE
        )
        beside = threads.submit(
            render_pool.render, reports.load_shipped_questionnaire(), order(str(tmp_path / "beside")), ONE
        )

    assert isinstance(deadly.exception(), UnavailableError)
    assert beside.result() == b"%PDF made"
    assert len(list_cached_files(tmp_path)) == 1


def test_closed_render_pool_refuses_new_jobs(make):
    render_pool = make(None, render=hang, timeout=30)
    with ThreadPoolExecutor(1) as threads:
        wait = threads.submit(render_pool.render, reports.load_shipped_questionnaire(), order(), ONE)
        _until(lambda: render_pool._jobs)

        render_pool.close()

    assert "could not be made" in wait.exception().detail


def test_eviction_deletes_only_reports_of_the_assessment(make, tmp_path):
    render_pool = make(render=die)
    render_pool.render(reports.load_shipped_questionnaire(), order("Canary"), ONE)
    render_pool.render(reports.load_shipped_questionnaire(), order("Canary"), OTHER)

    render_pool.delete_reports(ONE)

    assert len(list_cached_files(tmp_path)) == 1
    assert not (tmp_path / "reports" / hashlib.sha256(ONE.encode()).hexdigest()).exists()


def test_report_evicted_during_rendering_is_not_cached(make, tmp_path):
    (tmp_path / "made").mkdir()
    render_pool = make(render=note)
    with ThreadPoolExecutor(1) as threads:
        wait = threads.submit(
            render_pool.render, reports.load_shipped_questionnaire(), order(str(tmp_path / "made")), ONE
        )
        while not list((tmp_path / "made").iterdir()):
            time.sleep(0.05)

        render_pool.delete_reports(ONE)

    assert wait.result() == b"%PDF made"
    assert list_cached_files(tmp_path) == []


def test_eviction_without_cached_reports_is_a_no_op(make):
    make().delete_reports(ONE)

    make(None).delete_reports(ONE)


def cache_reports(folder, name):
    return folder / hashlib.sha256(ONE.encode()).hexdigest() / f"{name}.pdf"


def test_full_cache_evicts_the_least_recently_used_first(tmp_path):
    cache, now = ReportCache(tmp_path, 35), time.time()
    cache.create_folder(ONE)
    for number, name in enumerate("abc"):
        cache.put(ONE, f"{name}.pdf", b"0123456789")
        os.utime(cache_reports(tmp_path, name), (now - 100 + number, now - 100))
    cache.get(ONE, "a.pdf")

    cache.put(ONE, "d.pdf", b"0123456789")

    assert sorted(path.name for path in tmp_path.glob("*/*")) == ["a.pdf", "c.pdf", "d.pdf"]


def test_expired_report_is_a_cache_miss_and_is_deleted(tmp_path):
    cache, old = ReportCache(tmp_path, 100), time.time() - MAX_AGE_SECONDS - 1
    cache.create_folder(ONE)
    cache.put(ONE, "a.pdf", b"old")
    (cache_reports(tmp_path, "a").parent / ".b.new").write_bytes(b"half")
    for name in ("a.pdf", ".b.new"):
        os.utime(cache_reports(tmp_path, "a").parent / name, (time.time(), old))

    given = cache.get(ONE, "a.pdf")
    cache.put(ONE, "c.pdf", b"new")

    assert given is None
    assert [path.name for path in tmp_path.glob("*/*")] == ["c.pdf"]


def test_cache_hit_does_not_extend_expiry(tmp_path):
    cache, written = ReportCache(tmp_path, 100), time.time() - 1000
    cache.create_folder(ONE)
    cache.put(ONE, "a.pdf", b"content")
    os.utime(cache_reports(tmp_path, "a"), (written, written))

    assert cache.get(ONE, "a.pdf") == b"content"
    assert cache_reports(tmp_path, "a").stat().st_mtime == pytest.approx(written, abs=1)


def test_unwritable_cache_stores_nothing_and_raises_no_error(tmp_path):
    (tmp_path / "reports").write_bytes(b"in the way")
    cache = ReportCache(tmp_path / "reports", 100)
    cache.create_folder(ONE)

    cache.put(ONE, "a.pdf", b"content")

    assert cache.get(ONE, "a.pdf") is None


def test_started_report_says_how_many_are_made_before_it(make):
    render_pool = make(render=hang)
    questionnaire = reports.load_shipped_questionnaire()

    places = [render_pool.start(questionnaire, order(name), ONE, 0).ahead for name in ("One", "Two", "Three", "Two")]

    assert places == [0, 1, 2, 1]


def test_started_report_is_ready_in_the_cache_and_rendered_once(make, tmp_path):
    folder = tmp_path / "noted"
    folder.mkdir()
    render_pool = make(render=note)
    questionnaire, job = reports.load_shipped_questionnaire(), order(str(folder))

    first = render_pool.start(questionnaire, job, ONE, 0)
    second = render_pool.start(questionnaire, job, ONE, 60)

    assert (first.is_ready, second.is_ready) == (False, True)
    assert render_pool.render(questionnaire, job, ONE) == b"%PDF made"
    assert len(list(folder.iterdir())) == 1


def test_background_failure_is_raised_once_by_the_next_start(make):
    render_pool = make(render=fail)
    questionnaire = reports.load_shipped_questionnaire()
    render_pool.start(questionnaire, order(), ONE, 0)
    _until(lambda: not render_pool._in_progress)

    with pytest.raises(RenderError, match="no such figure"):
        render_pool.start(questionnaire, order(), ONE, 60)

    assert not render_pool._failed
