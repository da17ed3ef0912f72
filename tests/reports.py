"""Reports for the tests of what is said, drawn and printed: the shipped instrument on the worked cases."""

import os
import tomllib
from functools import lru_cache
from pathlib import Path

import msgspec

from assessment.domain import report
from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import score_answers
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Report, ReportDetails
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.result import Result
from assessment.pdf import render_report
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from assessment.services.people.response_files import read_responses

GOLDEN = Path(__file__).parent / "golden"
CASES = tuple(sorted(path.stem for path in GOLDEN.glob("*.csv")))
DATE = "2026-11-02"
FOLDER_VARIABLE = "ASSESSMENT_TEST_SHARED"  # tests/conftest.py sets it


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


@lru_cache(maxsize=64)
def render_case(case: str, audience: str = FULL_EDITION, language: str = "en", *, unsuppressed: bool = False) -> bytes:
    """Render an edition of a worked case once in a test run: the processes of the run share a folder."""
    kind = "full" if unsuppressed else "released"
    path = Path(os.environ[FOLDER_VARIABLE]) / f"{case}-{kind}-{audience.replace(':', '-')}-{language}.pdf"
    if path.exists():
        return path.read_bytes()
    details = ReportDetails("Norden", "Autumn", DATE, "1")
    result = score_case(case, unsuppressed=unsuppressed)
    content = render_report(
        report.build_report(load_shipped_questionnaire(), result, details, language), language, audience
    )
    # Another process may render the same edition meanwhile; to rename is atomic, and the bytes are the same.
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_bytes(content)
    partial.rename(path)
    return content
