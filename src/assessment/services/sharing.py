"""Shared results: released figures that a survey link shows after the close, never anyone's own answers."""

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.figures import Figure, Figures, figures, out_of_scope
from assessment.domain.result import FunctionResult, ItemResult
from assessment.services import releasing


class Published(Struct, frozen=True):
    """Figures by item and overall, the same for everyone; items without a score are absent."""

    items: dict[str, Figure]
    overall: Figure


def are_shared(state: str, *, share_results: bool, is_released: bool) -> bool:
    """Return whether a link shows the results: closed, shared by the consultant, and released."""
    return state == "closed" and share_results and is_released


def published(session: Session, questionnaire: Questionnaire, workspace_id: str, assessment_id: str) -> Published:
    """Load the figures from the release only; answers are not read."""
    result = releasing.result(session, workspace_id, assessment_id)
    made = figures(questionnaire, result)
    whole = result.overall
    return Published(
        items={
            item: _figure(made, f"functions.{function}.{place}.{item}.score", found)
            for function, each in result.functions.items()
            for place, item, found in _items(each)
        },
        overall=made.score(whole.score, "overall.score", whole.interval, whole.n),
    )


def _items(function: FunctionResult) -> Iterator[tuple[str, str, ItemResult]]:
    for name, dimension in function.dimensions.items():
        yield from ((f"dimensions.{name}.items", item, found) for item, found in dimension.items.items())
    yield from (("hand_off.rows", item, found) for item, found in function.hand_off.rows.items())


def _figure(made: Figures, path: str, item: ItemResult) -> Figure:
    return out_of_scope() if item.out_of_scope else made.step(item.score, path, item.bound, item.n)
