"""The command line, called in this process, over a data folder of the test's own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from assessment.cli import main
from assessment.storage import database

Run = Callable[..., Result]
PASSWORD = "seven purple ladders lean"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("ASSESSMENT_DATA", str(folder))
    return folder


@pytest.fixture
def run(data: Path) -> Run:
    """Call a command; `given` stands on its standard input."""

    def run(*arguments: object, given: str | bytes = "") -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments], input=given, catch_exceptions=False)

    assert not data.exists()
    return run


@pytest.fixture
def golden() -> Path:
    """The worked cases."""
    return Path(__file__).parents[1] / "golden"


@pytest.fixture
def migrated(run: Run, data: Path, migrated_file: Path) -> Run:
    """Copy of a database made by `assessment migrate`: `test_users.py` runs it."""
    data.mkdir(mode=0o700)
    shutil.copy(migrated_file, data)
    return run


@pytest.fixture
def session(data: Path) -> Iterator[Session]:
    engine = database.make_engine(f"sqlite:///{data / 'assessment.sqlite3'}")
    with database.read_session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def alice(migrated: Run, session: Session) -> None:
    migrated("user", "add", "alice@example.org", "--workspace", "agency", given=PASSWORD)
