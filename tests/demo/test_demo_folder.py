"""The demo's folder: whole or not at all, private, and never someone else's."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from assessment.demo import demo_folder
from assessment.errors import ConflictError
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da5"


def load(folder, progress=int):
    return demo_folder.load_demo(
        folder, QuestionnaireCatalogue([find_shipped_folder()]), SECRET, NOW, nullcontext(progress)
    )


@pytest.fixture
def folder(tmp_path):
    return demo_folder.DemoFolder(tmp_path)


def test_loaded_demo_is_found_again(folder):
    loaded = load(folder)

    assert folder.read_access() == loaded


def test_credentials_file_is_readable_by_owner_only(folder):
    load(folder)

    assert (folder.path / demo_folder.CREDENTIALS_FILE).stat().st_mode & 0o077 == 0
    assert folder.database.stat().st_mode & 0o077 == 0


def test_report_is_in_the_demo_folder(folder):
    load(folder)

    assert len(PdfReader(folder.report).pages) >= 8


def test_interrupted_load_leaves_no_incomplete_demo(folder):
    def stop(_count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(folder, stop)

    assert folder.read_access() is None
    assert load(folder)


def test_database_of_another_program_is_refused_and_unchanged(folder):
    folder.database.write_bytes(b"precious")

    with pytest.raises(ConflictError, match="not a demo's database"):
        folder.delete_files()

    assert folder.database.read_bytes() == b"precious"


def test_reset_deletes_only_the_demo(folder):
    load(folder)
    (folder.path / "mine.txt").write_text("mine", encoding="utf-8")

    folder.delete_files()

    assert [path.name for path in folder.path.iterdir()] == ["mine.txt"]
