"""After the close: what one said, beside what was published of the whole organisation."""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.figures import Figure
from assessment.policies import RESPONDENT
from assessment.services import responding, sharing
from assessment.services.answering import RUNGS
from assessment.services.principals import Respondent
from assessment.web.pages import page
from assessment.web.survey.sections import Question, Survey, held_of
from assessment.wording import wording

TOP = 100


class Row(Struct, frozen=True):
    """One question: one's own answer, from 0 to 100 where it has a place there, and the published figure."""

    question: Question
    own: int | None
    figure: Figure


class Group(Struct, frozen=True):
    """The questions of one section that have a published figure, or one that is hidden."""

    title: str
    rows: tuple[Row, ...]


@get("/survey/results", policy=RESPONDENT, sync_to_thread=True)
def compare(
    respondent: NamedDependency[Respondent],
    questionnaire: NamedDependency[Questionnaire],
    reading: NamedDependency[Session],
) -> Template:
    """Show the published figures, through the release only, beside one's own answers."""
    published = sharing.published(reading, questionnaire, respondent)
    survey = Survey.of(questionnaire, respondent, held_of(responding.answers(reading, respondent)))
    parts = (part for each in survey.all_pages() for part in each.parts)
    groups = [
        Group(
            part.title,
            tuple(
                Row(question, _own(question.held.value), published.items[question.id])
                for question in part.questions
                if question.id in published.items
            ),
        )
        for part in parts
    ]
    return page(
        "survey/results.html",
        groups=[group for group in groups if group.rows],
        overall=published.overall,
        words=wording(respondent.language),
        asker=respondent.asker,
        people=respondent.minimum_group + 1,
        hides=respondent.confidentiality != "attributable" and respondent.mode != "consensus",
        heading=f"{respondent.organisation} · {respondent.title}",
        language=respondent.language,
    )


def _own(value: str) -> int | None:
    """A rung's place from 0 to 100 (method 4)."""
    return TOP * RUNGS.index(value) // (len(RUNGS) - 1) if value in RUNGS else None
