"""The raw answers as the contract's CSV, where respondents were told that they can be attributed to them."""

import csv
import io
import math

from sqlalchemy.orm import Session

from assessment.domain.answers import BLANK, EVIDENCE, NOT_ASKED, codes
from assessment.errors import ConflictError, ForbiddenError
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments, gathering

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def responses_csv(session: Session, workspace_id: str, assessment_id: str) -> str:
    """Return everybody who counts; refused where answers were given in confidence."""
    held = assessments.find(session, workspace_id, assessment_id)
    if held.confidentiality != "attributable":
        raise ForbiddenError("These answers were given in confidence: nobody can see a single person's.")
    if held.state != "closed":
        raise ConflictError("Answers can be exported once the assessment is closed.")
    questionnaire = questionnaire_of(session, held)
    gathered = gathering.gather(session, workspace_id, assessment_id, questionnaire, named=True)
    answers = gathered.counted(questionnaire.scoring.submitted_share)
    texts = [
        {code: text for text, code in codes(item.options).items()} | {NOT_ASKED: ""} for item in questionnaire.items
    ]
    kinds = {BLANK: ""} | dict(enumerate(EVIDENCE))
    evidence = answers.evidence if answers.evidence is not None else answers.values * 0 + BLANK
    functions = [function.id for function in questionnaire.functions]
    rated = [column for column, item in enumerate(questionnaire.items) if not item.options]
    file = io.StringIO(newline="")
    out = csv.writer(file, lineterminator="\r\n")
    items = [item.id for item in questionnaire.items]
    out.writerow(["respondent", "role", "functions", "seconds", *items, *(f"{items[c]}:evidence" for c in rated)])
    for index, name in enumerate(answers.respondents):
        seconds = answers.seconds[index]
        out.writerow(
            [
                f"'{name}" if name.startswith(FORMULA) else name,
                answers.roles[index],
                ";".join(each for each, member in zip(functions, answers.functions[index], strict=True) if member),
                "" if math.isnan(seconds) else f"{seconds:g}",
                *(texts[column][code] for column, code in enumerate(answers.values[index].tolist())),
                *(kinds[int(evidence[index, column])] for column in rated),
            ]
        )
    return file.getvalue()
