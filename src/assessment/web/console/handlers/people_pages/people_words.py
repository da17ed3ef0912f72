"""Words for roles and functions that are remembered for a client: see them, and remove one."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.services.people.list_import import remembered_words
from assessment.web.console.authentication import PAGE_OPTION
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.handlers.people_pages.people import PEOPLE_PATH
from assessment.web.console.labels import get_labels
from assessment.web.http.page_responses import redirect_to, render_page

TEMPLATE = "console/people-words.html"


@get(f"{PEOPLE_PATH}/words", name="console:people-words", policy=CONSULTANT, sync_to_thread=True)
def show_words(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Template:
    """Show the words of the assessment's client."""
    assessment = assessment_setup.get_assessment(read_session, AssessmentKey(consultant.workspace_id, assessment_id))
    questionnaire = find_questionnaire(read_session, assessment, catalogue)
    return render_page(
        TEMPLATE,
        consultant=consultant,
        assessment=assessment,
        can_change=consultant.can_edit,
        labels=get_labels(questionnaire, assessment, consultant.language),
        words=remembered_words.list_remembered_words(read_session, assessment),
    )


@post(
    f"{PEOPLE_PATH}/words",
    name="console:forget-word",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={PAGE_OPTION: "/console/assessments/{assessment_id}/people/words"},
)
def forget_word(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
) -> Response[Any]:
    """Remove one word; the next list asks what it means."""
    assessment = assessment_setup.get_assessment(write_session, AssessmentKey(consultant.workspace_id, assessment_id))
    remembered_words.forget_word(write_session, assessment, form.text("kind"), form.text("word"))
    return redirect_to(f"/console/assessments/{assessment_id}/people/words?done=word-removed")
