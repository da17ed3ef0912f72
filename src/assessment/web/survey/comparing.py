"""Shared results after the close: released figures of the organisation, never answers of a person."""

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
    question: Question
    figure: Figure


class Group(Struct, frozen=True):
    """Section with its questions that have a figure, released or withheld."""

    title: str
    rows: tuple[Row, ...]


def results_page(session: Session, questionnaire: Questionnaire, welcome: Welcome) -> Template:
    """Render the released figures for the questions of the invitation; reads only the release, no answers."""
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
