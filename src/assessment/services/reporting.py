"""Reports: what a published result says, ready to be drawn."""

from sqlalchemy.orm import Session

from assessment import wording
from assessment.domain.comparison import Wave, compare
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Details, Earlier, Report, build
from assessment.domain.report.audiences import audiences
from assessment.errors import ConflictError, InvalidError, NotFoundError, Problem
from assessment.services import releasing
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments
from assessment.storage.assessments import Assessment


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
        *_unknown("audience", audience, audiences(questionnaire, result)),
        *_unknown("language", language, languages(questionnaire)),
    ]
    if problems:
        raise InvalidError("There is no such report.", problems)
    details = Details(
        organisation=held.organisation, title=held.title, date=result.computed_at, protection=held.confidentiality
    )
    earlier = _earlier(session, held, Wave(questionnaire, result))
    return build(questionnaire, result, details, language or held.language, earlier=earlier)


def _earlier(session: Session, held: Assessment, later: Wave) -> Earlier | None:
    """The wave before, as it was released; None for a first wave, or where the one before has no release.

    Why a figure changed is not said here: that takes the answers, and a report is made from releases.
    """
    if held.wave_of is None:
        return None
    try:
        before = assessments.find(session, held.workspace_id, held.wave_of)
        result = releasing.result(session, held.workspace_id, before.id)
    except (ConflictError, NotFoundError):
        return None
    if before.questionnaire_id != held.questionnaire_id:
        return None
    wave = Wave(questionnaire_of(session, before), result)
    return Earlier(compare(wave, later), date=result.computed_at)


def languages(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the languages that both the program and the questionnaire speak."""
    known = {wording.SOURCE_LANGUAGE, *wording.languages()}
    return tuple(sorted(known & set(questionnaire.texts)))


def _unknown(name: str, value: str | None, offered: tuple[str, ...]) -> list[Problem]:
    if value is None or value in offered:
        return []
    return [Problem("This is not offered.", f"There is {', '.join(offered)}.", column=name)]
