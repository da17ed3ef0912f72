"""The command line, called in this process, over a data folder of the test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assessment.cli import main

Run = Callable[..., Result]


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
