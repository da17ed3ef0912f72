"""Reports for the tests of what is said, drawn and printed: the shipped instrument on the worked cases."""

import tomllib
from functools import lru_cache
from pathlib import Path

import msgspec

from assessment.domain import report
from assessment.domain.answers import Settings
from assessment.domain.method import score
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Details, Report
from assessment.domain.result import Result
from assessment.intake import read_responses
from assessment.library import load, shipped

GOLDEN = Path(__file__).parent / "golden"
CASES = tuple(sorted(path.stem for path in GOLDEN.glob("*.csv")))
DATE = "2026-11-02"


@lru_cache(maxsize=1)
def questionnaire() -> Questionnaire:
    """The shipped one; there is only one folder."""
    folder = next(path for path in sorted(shipped().iterdir()) if path.is_dir())
    return load(folder)


@lru_cache(maxsize=64)
def result(case: str, *, unsuppressed: bool = False) -> Result:
    """The result of a worked case."""
    settings, written = Settings(), GOLDEN / f"{case}.settings.toml"
    if written.exists():
        settings = msgspec.convert(tomllib.loads(written.read_text(encoding="utf-8")), Settings)
    text = (GOLDEN / f"{case}.csv").read_text(encoding="utf-8")
    answers = read_responses(text, questionnaire(), mode=settings.mode).answers
    return score(questionnaire(), answers, settings, date=DATE, unsuppressed=unsuppressed)


def made(case: str, *, unsuppressed: bool = False, organisation: str = "Norden", title: str = "Autumn") -> Report:
    """The report of a worked case."""
    details = Details(organisation, title, DATE, "1")
    return report.build(questionnaire(), result(case, unsuppressed=unsuppressed), details)
