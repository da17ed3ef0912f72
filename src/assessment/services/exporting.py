"""Export raw answers as CSV, for attributable assessments only."""

import csv
import io
import math
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from assessment.domain.answers import BLANK, CONSENSUS, EVIDENCE, NOT_ASKED, Answers, codes
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.scoring.careless import screen
from assessment.errors import NotAttributableError, NotClosedError
from assessment.services import auditing
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments, gathering
from assessment.wording.sentences import N_

MEDIA_TYPE = "text/csv"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
IN_CONFIDENCE = N_("Respondents were promised that nobody sees a single person's answers.")
NOT_YET = N_("Answers can be exported once the assessment is closed.")


def export_responses(session: Session, workspace_id: str, assessment_id: str, now: datetime) -> str:
    """Render the CSV and record the export in the audit log."""
    content = responses_csv(session, workspace_id, assessment_id)
    auditing.record(session, workspace_id, now, auditing.RESPONSES_EXPORTED, assessment_id)
    return content


def responses_csv(session: Session, workspace_id: str, assessment_id: str) -> str:
    """Render one row per counted response, without careless ones.

    `NotAttributableError` if answers were given in confidence, `NotClosedError` before the close.
    """
    held = assessments.find(session, workspace_id, assessment_id)
    if held.confidentiality != "attributable":
        raise NotAttributableError(IN_CONFIDENCE)
    if held.state != "closed":
        raise NotClosedError(NOT_YET)
    questionnaire = questionnaire_of(session, held)
    gathered = gathering.gather(session, workspace_id, assessment_id, questionnaire, named=True)
    answers = gathered.counted(questionnaire.scoring.submitted_share)
    if held.mode != CONSENSUS:
        answers = answers.only(screen(questionnaire, answers).keep)
    file = io.StringIO(newline="")
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow(_head(questionnaire))
    out.writerows(_rows(questionnaire, answers))
    return file.getvalue()


def _head(questionnaire: Questionnaire) -> list[str]:
    items = [item.id for item in questionnaire.items]
    return ["respondent", "role", "functions", "seconds", *items, *(f"{id_}:evidence" for id_ in _rated(questionnaire))]


def _rated(questionnaire: Questionnaire) -> dict[str, int]:
    """Map the ids of rated items, which ask for evidence, to their columns."""
    return {item.id: column for column, item in enumerate(questionnaire.items) if not item.options}


def _rows(questionnaire: Questionnaire, answers: Answers) -> Iterator[list[str]]:
    texts = [
        {code: text for text, code in codes(item.options).items()} | {NOT_ASKED: ""} for item in questionnaire.items
    ]
    kinds = {BLANK: ""} | dict(enumerate(EVIDENCE))
    evidence = answers.evidence if answers.evidence is not None else answers.values * 0 + BLANK
    functions = [function.id for function in questionnaire.functions]
    for index, name in enumerate(answers.respondents):
        seconds = answers.seconds[index]
        yield [
            f"'{name}" if name.startswith(FORMULA) else name,
            answers.roles[index],
            ";".join(each for each, member in zip(functions, answers.functions[index], strict=True) if member),
            "" if math.isnan(seconds) else f"{seconds:g}",
            *(texts[column][code] for column, code in enumerate(answers.values[index].tolist())),
            *(kinds[int(evidence[index, column])] for column in _rated(questionnaire).values()),
        ]
