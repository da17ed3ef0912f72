"""Consistency of a report's details with its figures: date, confidentiality promise, moderated scores."""

from collections.abc import Iterator

from assessment.domain.answers import CONSENSUS
from assessment.domain.checking.differences import Difference
from assessment.domain.questionnaire import Texts
from assessment.domain.report import Details
from assessment.domain.report.details import PROTECTIONS
from assessment.domain.result import Result

ATTRIBUTABLE = "attributable"


def beside(details: Details, result: Result, text: Texts) -> Iterator[Difference]:
    """Yield every detail that disagrees with the figures."""
    if details.date != result.computed_at:
        yield Difference("date", details.date, result.computed_at)
    if details.release:
        yield Difference("release", details.release, "")  # reports take the release digest from the provenance
    if not _kept(details.protection, result):
        yield Difference("protection", details.protection, "what the disclosure rules of the figures keep")
    known = dict[str, list[float | None]]()
    for place, score in _scores(details, result, text):
        known.setdefault(place, []).append(score)
    for moderated in details.moderations:
        path = f"moderations.{moderated.place}"
        if moderated.place not in known:
            yield Difference(path, moderated.place, "a score of this report")
        elif moderated.computed not in known[moderated.place]:
            yield Difference(path, moderated.computed, known[moderated.place][0])


def _kept(protection: str | None, result: Result) -> bool:
    """Return whether the disclosure rules of the result match the promise; consensus records are never guarded."""
    if protection is None:
        return True
    if protection not in PROTECTIONS:
        return False
    return result.mode == CONSENSUS or (result.disclosure is None) is (protection == ATTRIBUTABLE)


def _scores(details: Details, result: Result, text: Texts) -> Iterator[tuple[str, float | None]]:
    """Yield all scores that may be moderated, by their names in the report."""
    yield details.organisation, result.overall.score
    for name, function in result.functions.items():
        named = text.functions.get(name, name)
        yield named, function.score
        for other, dimension in function.dimensions.items():
            title = text.dimensions[other].title if other in text.dimensions else other
            yield f"{named} · {title}", dimension.score
