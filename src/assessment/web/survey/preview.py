"""Preview of the survey for consultants, by role and functions; nothing is stored."""

from litestar.response import Template

from assessment.domain.questionnaire import Questionnaire
from assessment.errors import NotFoundError
from assessment.services.principals import Respondent
from assessment.web.pages import page
from assessment.web.survey.paths import Paths
from assessment.web.survey.places import Place
from assessment.web.survey.respondents import page_words
from assessment.web.survey.sections import Survey


def preview(
    questionnaire: Questionnaire, nobody: Respondent, *, base: str, section: str | None = None, back: str = ""
) -> Template:
    """Render one section, by default the first; raises `NotFoundError` if this role is asked nothing.

    Links to other sections are `{base}/{section}`; `back` is the target of Back on the first page.
    """
    survey = Survey.of(questionnaire, nobody, {})
    if not survey.pages:
        raise NotFoundError("Nobody in this role is asked anything.")
    return page(
        "survey/section.html",
        page=survey.page(section or survey.pages[0][0].id),
        urls=Paths(base, back),
        preview=True,
        response="",
        place=Place(),
        unresolved=0,
        window=0,
        is_anonymous=False,
        shown="",
        **page_words(nobody, None),
    )
