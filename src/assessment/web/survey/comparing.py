"""After the close: what was published of the whole organisation, and nobody's own answers."""

from litestar.response import Template
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.figures import Figure
from assessment.services import sharing
from assessment.services.entering import Welcome
from assessment.web.pages import page
from assessment.web.survey.sections import Question, Survey
from assessment.wording import wording


class Row(Struct, frozen=True):
    """One question with its published figure."""

    question: Question
    figure: Figure


class Group(Struct, frozen=True):
    """The questions of one section that have a published figure, or one that is hidden."""

    title: str
    rows: tuple[Row, ...]


def results_page(session: Session, questionnaire: Questionnaire, welcome: Welcome) -> Template:
    """Render the published figures, through the release only, of what the invited person was asked."""
    published = sharing.published(session, questionnaire, welcome.workspace_id, welcome.assessment_id)
    survey = Survey(questionnaire, welcome.role, welcome.functions, welcome.language, {})
    groups = [
        Group(
            part.title,
            tuple(
                Row(question, published.items[question.id])
                for question in part.questions
                if question.id in published.items
            ),
        )
        for each in survey.all_pages()
        for part in each.parts
    ]
    return page(
        "survey/results.html",
        groups=[group for group in groups if group.rows],
        overall=published.overall,
        words=wording(welcome.language),
        promises=welcome.promises,
        stands=welcome.stands,
        heading=f"{welcome.organisation} · {welcome.title}",
        language=welcome.language,
    )
