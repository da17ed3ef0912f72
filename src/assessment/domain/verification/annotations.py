"""Consistency of a report's details with its figures: date, confidentiality promise, moderated scores."""

from collections.abc import Iterator

from assessment.domain.closed_sets import Confidentiality, Mode
from assessment.domain.questionnaire import QuestionnaireTexts
from assessment.domain.report import ReportDetails
from assessment.domain.result import Result
from assessment.domain.verification.discrepancies import Discrepancy


def check_annotations(details: ReportDetails, result: Result, text: QuestionnaireTexts) -> Iterator[Discrepancy]:
    """Yield every detail that disagrees with the figures."""
    if details.date != result.computed_at:
        yield Discrepancy("date", details.date, result.computed_at)
    if details.release:
        yield Discrepancy("release", details.release, "")  # reports take the release digest from the provenance
    if not _is_protection_consistent(details.protection, result):
        yield Discrepancy("protection", details.protection, "what the disclosure rules of the figures keep")
    scores_by_name = dict[str, list[float | None]]()
    for place, score in _list_scores(details, result, text):
        scores_by_name.setdefault(place, []).append(score)
    for moderated in details.moderations:
        path = f"moderations.{moderated.place}"
        if moderated.place not in scores_by_name:
            yield Discrepancy(path, moderated.place, "a score of this report")
        elif moderated.computed not in scores_by_name[moderated.place]:
            yield Discrepancy(path, moderated.computed, scores_by_name[moderated.place][0])


def _is_protection_consistent(protection: str | None, result: Result) -> bool:
    """Return whether the disclosure rules of the result match the promise; consensus records are never guarded."""
    if protection is None:
        return True
    if protection not in tuple(Confidentiality):
        return False
    return result.mode == Mode.CONSENSUS or (result.disclosure is None) is (protection == Confidentiality.ATTRIBUTABLE)


def _list_scores(
    details: ReportDetails, result: Result, text: QuestionnaireTexts
) -> Iterator[tuple[str, float | None]]:
    """Yield all scores that may be moderated, by their names in the report."""
    yield details.organisation, result.overall.score
    for name, function in result.functions.items():
        function_name = text.functions.get(name, name)
        yield function_name, function.score
        for dimension_id, dimension in function.dimensions.items():
            title = text.dimensions[dimension_id].title if dimension_id in text.dimensions else dimension_id
            yield f"{function_name} · {title}", dimension.score
