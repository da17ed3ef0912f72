"""Shared results: released figures that a survey link shows after the close, never anyone's own answers."""

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.figures import (
    FigureRounder,
    ReportFigure,
    build_figure_rounder,
    build_out_of_scope_figure,
)
from assessment.domain.result import FunctionResult, ItemResult
from assessment.services.results import published_results


class SharedFigures(Struct, frozen=True):
    """Figures by item and overall, the same for everyone; items without a score are absent."""

    items: dict[str, ReportFigure]
    overall: ReportFigure


def is_result_shared(state: AssessmentState, *, share_results: bool, is_released: bool) -> bool:
    """Return whether a link shows the results: closed, shared by the consultant, and released."""
    return state == AssessmentState.CLOSED and share_results and is_released


def load_shared_figures(session: Session, questionnaire: Questionnaire, key: AssessmentKey) -> SharedFigures:
    """Load the figures from the release only; answers are not read."""
    result = published_results.load_result(session, key)
    rounder = build_figure_rounder(questionnaire, result)
    overall = result.overall
    return SharedFigures(
        items={
            item: _make_figure(rounder, f"functions.{function}.{place}.{item}.score", item_result)
            for function, function_result in result.functions.items()
            for place, item, item_result in _iterate_items(function_result)
        },
        overall=rounder.round_score(overall.score, "overall.score", overall.interval, overall.n),
    )


def _iterate_items(function: FunctionResult) -> Iterator[tuple[str, str, ItemResult]]:
    for name, dimension in function.dimensions.items():
        yield from ((f"dimensions.{name}.items", item, item_result) for item, item_result in dimension.items.items())
    yield from (("hand_off.rows", item, item_result) for item, item_result in function.hand_off.rows.items())


def _make_figure(rounder: FigureRounder, path: str, item: ItemResult) -> ReportFigure:
    return (
        build_out_of_scope_figure() if item.out_of_scope else rounder.round_step(item.score, path, item.bound, item.n)
    )
