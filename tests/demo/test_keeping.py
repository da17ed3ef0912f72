"""The demo's folder: whole or not at all, private, and never somebody else's."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from assessment.demo import keeping
from assessment.errors import ConflictError
from assessment.library import Library, shipped

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da5"


def load(folder, progress=int):
    return keeping.load(folder, Library([shipped()]), SECRET, NOW, nullcontext(progress))


@pytest.fixture
def folder(tmp_path):
    return keeping.Folder(tmp_path)


def test_what_was_loaded_is_there_again(folder):
    loaded = load(folder)

    assert folder.loaded() == loaded


def test_credentials_are_readable_by_their_owner_only(folder):
    load(folder)

    assert (folder.path / keeping.CREDENTIALS).stat().st_mode & 0o077 == 0
    assert folder.database.stat().st_mode & 0o077 == 0


def test_a_finished_report_lies_beside(folder):
    load(folder)

    assert len(PdfReader(folder.report).pages) >= 8


def test_a_load_that_is_broken_off_leaves_nothing_that_looks_whole(folder):
    def stop(_count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(folder, stop)

    assert folder.loaded() is None
    assert load(folder)


def test_a_database_that_is_no_demos_is_refused_and_kept(folder):
    folder.database.write_bytes(b"precious")

    with pytest.raises(ConflictError, match="not a demo's database"):
        folder.reset()

    assert folder.database.read_bytes() == b"precious"


def test_a_reset_removes_the_demo_and_nothing_else(folder):
    load(folder)
    (folder.path / "mine.txt").write_text("mine", encoding="utf-8")

    folder.reset()

    assert [path.name for path in folder.path.iterdir()] == ["mine.txt"]
