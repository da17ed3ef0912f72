"""Reports for the tests of what is said, drawn and printed: the shipped instrument on the worked cases."""

import tomllib
from functools import lru_cache
from pathlib import Path

import msgspec

from assessment.domain import report
from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import score_answers
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Report, ReportDetails
from assessment.domain.result import Result
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from assessment.services.people.response_files import read_responses

GOLDEN = Path(__file__).parent / "golden"
CASES = tuple(sorted(path.stem for path in GOLDEN.glob("*.csv")))
DATE = "2026-11-02"


@lru_cache(maxsize=1)
def load_shipped_questionnaire() -> Questionnaire:
    """The shipped one; there is only one folder."""
    folder = next(path for path in sorted(find_shipped_folder().iterdir()) if path.is_dir())
    return load_questionnaire(folder)


@lru_cache(maxsize=64)
def score_case(case: str, *, unsuppressed: bool = False) -> Result:
    """The result of a worked case."""
    settings, written = AssessmentSettings(), GOLDEN / f"{case}.settings.toml"
    if written.exists():
        settings = msgspec.convert(tomllib.loads(written.read_text(encoding="utf-8")), AssessmentSettings)
    text = (GOLDEN / f"{case}.csv").read_text(encoding="utf-8")
    answers = read_responses(text, load_shipped_questionnaire(), mode=settings.mode).answers
    return score_answers(load_shipped_questionnaire(), answers, settings, date=DATE, unsuppressed=unsuppressed)


def build_case_report(
    case: str, *, unsuppressed: bool = False, organisation: str = "Norden", title: str = "Autumn"
) -> Report:
    """The report of a worked case."""
    details = ReportDetails(organisation, title, DATE, "1")
    return report.build_report(load_shipped_questionnaire(), score_case(case, unsuppressed=unsuppressed), details)
