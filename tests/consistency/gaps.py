"""Gaps: six verdicts, each in its own words (method 5)."""

import re
from collections.abc import Iterator

from assessment.domain.report.message import Message
from tests.consistency.case import WORDS, Case, Messages, without

SURE = ("confirmed", "strong")
DIRECTED = ("indicative", *SURE)
EXPLAINED = ("method.", "note.change-", "note.gap-chance", "changed.", "change.", "cut.", "note.verdicts")


def gap_title(case: Case, messages: Messages) -> Iterator[str]:
    """Contradictions between the title of the page and the verdicts below it."""
    part, verdicts = case.report.perception_gap, _verdicts(case)
    name = part.title.id if part else ""
    fits = {
        "gap.alike": set(verdicts) == {"none"},
        "gap.may": "indicative" in verdicts and not set(verdicts) & set(SURE),
        "gap.leaders": bool(set(verdicts) & set(SURE)),
        "gap.practitioners": bool(set(verdicts) & set(SURE)),
        "gap.mixed": bool(set(verdicts) & set(SURE)),
        "gap.open": "open" in verdicts and not set(verdicts) & set(DIRECTED),
        "gap.untested": "untested" in verdicts and not set(verdicts) & set(DIRECTED),
        "gap.hint": False,  # words of method 1.0
        "gap.closed": False,
    }
    for start, is_fitting in fits.items():
        if name.startswith(start) and not is_fitting:
            yield f"{name} of {verdicts}"


def gap_rows(case: Case, messages: Messages) -> Iterator[str]:
    """Words of each verdict, and who is more positive from `indicative` up."""
    for row in case.report.perception_gap.rows if case.report.perception_gap else ():
        if row.verdict and row.verdict_text != Message(f"verdict.{row.verdict}"):
            yield f"{row.name} is {row.verdict}, in words {row.verdict_text}"
        if row.verdict and (row.direction is not None) != (row.verdict in DIRECTED):
            yield f"{row.name} is {row.verdict}, and names {row.direction}"


def gaps_on_pages(case: Case, messages: Messages) -> Iterator[str]:
    """Check that pages say "much the same" only where every dimension is `none`, "chance" only of `indicative`."""
    verdicts = _verdicts(case)
    explained = [WORDS.render_message(one) for one in messages if one.id.startswith(EXPLAINED)]
    for name, text in case.editions.items():
        rest = without(text, explained)
        if set(verdicts) != {"none"} and re.search(r"\bsees? much the same", rest):
            yield f"{name} says that both sides see much the same"
        if "indicative" not in verdicts and re.search(r"\bchance\b", rest):
            yield f"{name} speaks of chance"
        if re.search(r"\bno gap is confirmed\b", rest):
            yield f"{name} says that no gap is confirmed: {verdicts}"


def _verdicts(case: Case) -> list[str]:
    return [row.verdict for row in case.report.perception_gap.rows if row.verdict] if case.report.perception_gap else []
