"""A report of a release made with method 1.0 says what 1.0 said: the words of 1.1 would claim other rules."""

import pytest
from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.report import ReportDetails
from tests import reports
from tests.consistency.case import messages_of

WORDS_OF_1_0 = ("lifting.assumption", "method.interval-first", "note.verdicts-first", "verdict-first.strong")
WORDS_OF_1_1 = (
    *("effort.assumption", "method.interval", "method.interval-released", "method.ranks"),
    *("note.gap-chance", "note.verdicts", "verdict.strong"),
)


def list_messages(method):
    result = replace(reports.score_case("gap-50"), method=method)
    built = report.build_report(
        reports.load_shipped_questionnaire(), result, ReportDetails("Norden", "Autumn", reports.DATE, "1")
    )
    return {message.id for message in messages_of(built)}


@pytest.mark.parametrize(
    ("method", "own", "others"),
    [("1.0", WORDS_OF_1_0, WORDS_OF_1_1), ("1.1", WORDS_OF_1_1, [one for one in WORDS_OF_1_0 if "-first" in one])],
)
def test_report_has_the_words_of_its_method_only(method, own, others):
    found = list_messages(method)

    assert set(own) <= found
    assert not set(others) & found
