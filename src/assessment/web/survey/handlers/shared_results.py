"""Shared results after the close: released figures of the organisation, never answers of a person."""

from litestar.response import Template
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.figures import ReportFigure
from assessment.i18n import get_translator
from assessment.services.survey import shared_results
from assessment.services.survey.start_page import StartPage
from assessment.web.http.page_responses import render_page
from assessment.web.survey.survey_pages import Question, RespondentSurvey


class SharedFigure(Struct, frozen=True):
    question: Question
    figure: ReportFigure


class SharedSection(Struct, frozen=True):
    """Section with its questions that have a figure, released or withheld."""

    title: str
    rows: tuple[SharedFigure, ...]


def render_shared_results(session: Session, questionnaire: Questionnaire, welcome: StartPage) -> Template:
    """Render the released figures for the questions of the invitation; reads only the release, no answers."""
    figures = shared_results.load_shared_figures(session, questionnaire, welcome.assessment_key)
    survey = RespondentSurvey(questionnaire, welcome.role, welcome.functions, welcome.language, {})
    groups = [
        SharedSection(
            part.title,
            tuple(
                SharedFigure(question, figures.items[question.id])
                for question in part.questions
                if question.id in figures.items
            ),
        )
        for page in survey.all_pages()
        for part in page.parts
    ]
    return render_page(
        "survey/results.html",
        welcome=welcome,
        groups=[group for group in groups if group.rows],
        overall=figures.overall,
        translator=get_translator(welcome.language),
        promises=welcome.promises,
        stands=welcome.is_earlier_release_kept,
        heading=f"{welcome.organisation} · {welcome.title}",
        language=welcome.language,
    )
