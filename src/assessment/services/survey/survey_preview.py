"""Survey preview for a role: a respondent without a response, so nothing is stored."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from assessment.domain.answers import CONSENSUS_ROLE
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, Confidentiality, Mode, ResponseState
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import NotFoundError
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.principals import Respondent
from assessment.storage import assessments


def preview_survey(
    session: Session,
    key: AssessmentKey,
    catalogue: QuestionnaireCatalogue,
    role: str,
    functions: Collection[str] = (),
) -> tuple[Questionnaire, Respondent]:
    """Return the questionnaire and a respondent with this role; without `functions`, in all of them."""
    assessment = assessments.find_assessment(session, key)
    questionnaire = find_questionnaire(session, assessment, catalogue)
    function_ids = [function.id for function in questionnaire.functions]
    roles = {CONSENSUS_ROLE} if assessment.mode == Mode.CONSENSUS else {possible.id for possible in questionnaire.roles}
    if role not in roles or not set(functions) <= set(function_ids):
        raise NotFoundError
    return questionnaire, Respondent(
        response_id="preview",
        workspace_id=key.workspace_id,
        assessment_id=key.assessment_id,
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        questionnaire_digest=questionnaire.digest,
        role=role,
        functions=tuple(function_id for function_id in function_ids if not functions or function_id in functions),
        language=assessment.language,
        state=ResponseState.PREVIEW,
        assessment_state=assessment.state,
        confidentiality=assessment.confidentiality,
        minimum_group=assessment.minimum_group,
        title=assessment.title,
        organisation=assessment.organisation,
        asker=assessment.asker,
        mode=assessment.mode,
        closes_on=assessment.closes_on,
    )


def make_preview_respondent(
    questionnaire: Questionnaire, role: str, functions: Collection[str], language: str, asker: str
) -> Respondent:
    """Return a respondent for a questionnaire that no assessment has yet."""
    title = questionnaire.text(language).title
    return Respondent(
        response_id="preview",
        workspace_id="",
        assessment_id="",
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        questionnaire_digest=questionnaire.digest,
        role=role,
        functions=tuple(function.id for function in questionnaire.functions if function.id in functions),
        language=language if language in questionnaire.texts else questionnaire.source_language,
        state=ResponseState.PREVIEW,
        assessment_state=AssessmentState.DRAFT,
        confidentiality=Confidentiality.CONFIDENTIAL,
        minimum_group=questionnaire.disclosure.minimum_group,
        title=title,
        organisation=asker,
        asker=asker,
        mode=Mode.SURVEY,
        closes_on=None,
    )
