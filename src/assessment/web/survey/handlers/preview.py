"""Preview of the survey for consultants, by role and functions; nothing is stored."""

from litestar.response import Template

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import NotFoundError
from assessment.services.auth.principals import Respondent
from assessment.web.http.page_responses import render_page
from assessment.web.survey.dependencies import build_page_context
from assessment.web.survey.navigation import SectionNavigation, SurveyPaths
from assessment.web.survey.survey_pages import RespondentSurvey


def render_preview(
    questionnaire: Questionnaire, respondent: Respondent, *, base: str, section: str | None = None, back: str = ""
) -> Template:
    """Render one section, by default the first; raises `NotFoundError` if this role is asked nothing.

    Links to other sections are `{base}/{section}`; `back` is the target of Back on the first page.
    """
    survey = RespondentSurvey.of(questionnaire, respondent, {})
    if not survey.pages:
        raise NotFoundError("Nobody in this role is asked anything.")
    return render_page(
        "survey/section.html",
        page=survey.build_page(section or survey.pages[0][0].id),
        urls=SurveyPaths(base, back),
        preview=True,
        response="",
        navigation=SectionNavigation(),
        unresolved=0,
        window=0,
        is_anonymous=False,
        shown_at="",
        **build_page_context(respondent, None),
    )
