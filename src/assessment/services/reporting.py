"""Reports: what a published result says, ready to be drawn."""

from sqlalchemy.orm import Session

from assessment import wording
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Details, Report, build
from assessment.errors import InvalidError, Problem
from assessment.services import releasing
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments

FULL = "full"
AUDIENCES = (FULL,)


def report(
    session: Session, workspace_id: str, assessment_id: str, audience: str | None = None, language: str | None = None
) -> Report:
    """Return the report of the newest release, in the assessment's language unless another is asked for.

    `ConflictError` until the close; `InvalidError` says which audiences and languages there are.
    """
    held = assessments.find(session, workspace_id, assessment_id)
    result = releasing.result(session, workspace_id, assessment_id)
    questionnaire = questionnaire_of(session, held)
    problems = [
        *_unknown("audience", audience, AUDIENCES),
        *_unknown("language", language, languages(questionnaire)),
    ]
    if problems:
        raise InvalidError("There is no such report.", problems)
    details = Details(organisation=held.organisation, title=held.title, date=result.computed_at)
    return build(questionnaire, result, details, language or held.language)


def languages(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the languages that both the program and the questionnaire speak."""
    known = {wording.SOURCE_LANGUAGE, *wording.languages()}
    return tuple(sorted(known & set(questionnaire.texts)))


def _unknown(name: str, value: str | None, offered: tuple[str, ...]) -> list[Problem]:
    if value is None or value in offered:
        return []
    return [Problem("This is not offered.", f"There is {', '.join(offered)}.", column=name)]
