"""What those who answered may see after the close: the published figures beside what they said."""

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.figures import Figure, Figures, figures, out_of_scope
from assessment.domain.result import FunctionResult, ItemResult
from assessment.errors import ForbiddenError
from assessment.services import releasing
from assessment.services.principals import Respondent


class Published(Struct, frozen=True):
    """The figures of items and of the whole, as everybody sees them; an item that is not scored is absent."""

    items: dict[str, Figure]
    overall: Figure


def are_shared(who: Respondent) -> bool:
    """Tell whether this respondent may see the results: closed, allowed by the consultant, and not withdrawn."""
    return who.assessment_state == "closed" and who.share_results and who.state in ("started", "sent")


def published(session: Session, questionnaire: Questionnaire, who: Respondent) -> Published:
    """Read the release, and nothing but the release; `ForbiddenError` where it is not shared."""
    if not are_shared(who):
        raise ForbiddenError("The results are not shown here.")
    result = releasing.result(session, who.workspace_id, who.assessment_id)
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
