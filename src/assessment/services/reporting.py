"""Report requests: choose release, audience and language, and assemble the contents of the report."""

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment import wording
from assessment.domain.comparison import compare
from assessment.domain.provenance import NOTHING, Contents, enclosed
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Details, Earlier, Report
from assessment.domain.report.audiences import FULL, audiences
from assessment.errors import InvalidError, Problem, with_values
from assessment.services import commenting, comparing, releasing
from assessment.services.commenting import Kept
from assessment.services.printing import Order, said
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments
from assessment.storage.assessments import Assessment


class Asked(Struct, frozen=True):
    """Requested report with its questionnaire and the consultant's own comments."""

    questionnaire: Questionnaire
    order: Order
    own: Kept

    def filename(self, assessment_id: str) -> str:
        """Return a file name that is unique per audience and language."""
        return f"report-{assessment_id}-{self.order.audience.replace(':', '-')}-{self.order.language}.pdf"


def report(
    session: Session, workspace_id: str, assessment_id: str, audience: str | None = None, language: str | None = None
) -> Report:
    """Return the report for pages; parameters as in `ask`."""
    asked = ask(session, workspace_id, assessment_id, audience, language)
    return said(asked.questionnaire, asked.order)


def ask(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    audience: str | None = None,
    language: str | None = None,
    preferred: str | None = None,
) -> Asked:
    """Assemble the report of the newest release.

    Language: `language`, otherwise `preferred` if available, otherwise the assessment's. `ConflictError` before the
    close; `InvalidError` lists the available audiences and languages.
    """
    held = assessments.find(session, workspace_id, assessment_id)
    release = releasing.release(session, workspace_id, assessment_id)
    result = releasing.read(release)
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
    spoken = language or (preferred if preferred in languages(questionnaire) else held.language)
    own = commenting.kept(session, workspace_id, assessment_id)
    details = commenting.added(details, own, questionnaire, result, spoken)
    earlier, before = _earlier(session, held)
    contents = Contents(enclosed(release.content), details, earlier, before)
    return Asked(questionnaire, Order(contents, release.digest, spoken, audience or FULL), own)


def _earlier(session: Session, held: Assessment) -> tuple[Earlier | None, msgspec.Raw]:
    """Return the comparison with the earlier wave, and its release; nothing without a comparable earlier wave."""
    found = comparing.before(session, held)
    if found is None:
        return None, NOTHING
    compared = compare(found.earlier.wave, found.later.wave)
    split = {} if isinstance(found.attribution, str) else found.attribution
    earlier = Earlier(compared, split, date=found.earlier.wave.result.computed_at)
    return earlier, enclosed(found.earlier.release.content)


def languages(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the languages available in both the program and the questionnaire."""
    known = {wording.SOURCE_LANGUAGE, *wording.languages()}
    return tuple(sorted(known & set(questionnaire.texts)))


def _unknown(name: str, value: str | None, offered: tuple[str, ...]) -> list[Problem]:
    if value is None or value in offered:
        return []
    return [Problem("This is not offered.", with_values("There is {known}.", known=offered), column=name)]
