"""Preview of the survey by role and functions; nothing is stored."""

from collections.abc import Iterator
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from msgspec import structs
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.errors import NotFoundError
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.services.survey import survey_preview
from assessment.web.console.labels import QuestionnaireLabels, get_labels
from assessment.web.http.page_responses import redirect_to, render_page
from assessment.web.survey.handlers.preview import render_preview

PREVIEW_PATH = "/assessments/{assessment_id:str}/preview"
SEPARATOR = ","


@get(PREVIEW_PATH, name="console:preview", policy=CONSULTANT, sync_to_thread=True)
def show_preview_form(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    role: FromQuery[str] = "",
    functions: FromQuery[list[str] | None] = None,
) -> Response[Any]:
    """Show the form for role and functions; if both are chosen, redirect to the first page."""
    assessment = assessment_setup.get_assessment(read_session, AssessmentKey(consultant.workspace_id, assessment_id))
    labels = get_labels(find_questionnaire(read_session, assessment, catalogue), assessment, consultant.language)
    base = f"/console/assessments/{assessment_id}/preview"
    chosen = tuple(_select_functions(labels, functions or []))
    if role in labels.roles and chosen:
        return redirect_to(f"{base}/{role}/{SEPARATOR.join(chosen)}")
    return render_page(
        "console/preview.html",
        consultant=consultant,
        assessment=assessment,
        labels=labels,
        role=role,
        functions=chosen,
        is_incomplete=bool(role or functions),
    )


@get(
    f"{PREVIEW_PATH}/{{role:str}}/{{functions:str}}",
    name="console:rehearse-first",
    policy=CONSULTANT,
    sync_to_thread=True,
)
def preview_first_section(
    assessment_id: FromPath[str],
    role: FromPath[str],
    functions: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Template:
    return _render_section(read_session, consultant, catalogue, (assessment_id, role, functions), None)


@get(
    f"{PREVIEW_PATH}/{{role:str}}/{{functions:str}}/{{section:str}}",
    name="console:rehearse",
    policy=CONSULTANT,
    sync_to_thread=True,
)
def preview_section(
    assessment_id: FromPath[str],
    role: FromPath[str],
    functions: FromPath[str],
    section: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Template:
    return _render_section(read_session, consultant, catalogue, (assessment_id, role, functions), section)


def _render_section(
    session: Session,
    consultant: Consultant,
    catalogue: QuestionnaireCatalogue,
    preview_key: tuple[str, str, str],
    section: str | None,
) -> Template:
    assessment_id, role, functions = preview_key
    function_ids = [name for name in functions.split(SEPARATOR) if name]
    if not function_ids:
        raise NotFoundError
    questionnaire, respondent = survey_preview.preview_survey(
        session, AssessmentKey(consultant.workspace_id, assessment_id), catalogue, role, function_ids
    )
    if consultant.language in questionnaire.texts:  # respondents can switch the language too
        respondent = structs.replace(respondent, language=consultant.language)
    base = f"/console/assessments/{assessment_id}/preview"
    return render_preview(questionnaire, respondent, base=f"{base}/{role}/{functions}", section=section, back=base)


def _select_functions(labels: QuestionnaireLabels, functions: list[str]) -> Iterator[str]:
    yield from (function for function in labels.functions if function in functions)
