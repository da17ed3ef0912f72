"""Taking in responses that were collected elsewhere: all of a file, or nothing."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.answers import BLANK, EVIDENCE, NOT_ASKED, Answers, codes
from assessment.domain.questionnaire import Questionnaire
from assessment.errors import ClosedError, ConflictError, InvalidError, Problem, with_values
from assessment.intake import Responses, read_responses
from assessment.services import auditing, tokens
from assessment.services.shelf import questionnaire_of
from assessment.services.tokens import RANDOM, Random
from assessment.storage import assessments, invitations, responses
from assessment.storage.assessments import Assessment


class TakenIn(Struct, frozen=True):
    """How many responses a file held."""

    responses: int


def take_in(
    session: Session, workspace_id: str, assessment_id: str, text: str, now: datetime, random: Random = RANDOM
) -> TakenIn:
    """Take in a CSV of the contract; every row counts as sent. `InvalidError` names each mistake by line."""
    held = assessments.find(session, workspace_id, assessment_id, lock=True)
    _refuse(session, held)
    questionnaire = questionnaire_of(session, held)
    found = read_responses(text, questionnaire, mode=held.mode)
    _refuse_known(found.answers, responses.labels(session, workspace_id, assessment_id))
    ids = [tokens.new_id(random) for _ in found.answers.respondents]
    rows = [_response(held, questionnaire, found.answers, index, ids[index], now) for index in range(len(ids))]
    responses.take_in(session, rows, _answers(held, questionnaire, found, ids, now))
    auditing.record(session, workspace_id, now, auditing.RESPONSES_IMPORTED, held.id, responses=len(ids))
    return TakenIn(len(ids))


def _refuse(session: Session, held: Assessment) -> None:
    if held.state != "open":
        raise ClosedError("Responses are taken in while the assessment is open.")
    if held.confidentiality != "attributable" and invitations.any_at_all(session, held.workspace_id, held.id):
        raise ConflictError("People were invited in confidence: responses from a file can't be mixed with theirs.")


def _refuse_known(answers: Answers, known: set[str]) -> None:
    problems = [
        Problem(
            with_values("{name} was taken in before.", name=repr(name)),
            "Keep each respondent once.",
            column="respondent",
        )
        for name in answers.respondents
        if name in known
    ]
    if problems:
        raise InvalidError("Some respondents were taken in before; nothing was taken in.", problems)


def _response(  # one row of the arrays, in its surroundings
    held: Assessment, questionnaire: Questionnaire, answers: Answers, index: int, response_id: str, now: datetime
) -> dict[str, Any]:
    seconds = float(answers.seconds[index])
    member = answers.functions[index]
    return {
        "id": response_id,
        "workspace_id": held.workspace_id,
        "assessment_id": held.id,
        "label": answers.respondents[index],
        "role": answers.roles[index],
        "functions": ";".join(each.id for each, flag in zip(questionnaire.functions, member, strict=True) if flag),
        "language": held.language,
        "state": "sent",
        "sent_at": now,
        "seconds": None if math.isnan(seconds) else seconds,
    }


def _answers(
    held: Assessment, questionnaire: Questionnaire, found: Responses, ids: list[str], now: datetime
) -> Iterator[dict[str, Any]]:
    for column, item in enumerate(questionnaire.items):
        texts = {code: text for text, code in codes(item.options).items()}
        reasons = found.reasons.get(item.id)
        evidence = found.answers.evidence
        for index, code in enumerate(found.answers.values[:, column].tolist()):
            if code in (BLANK, NOT_ASKED):
                continue
            kind = BLANK if evidence is None else int(evidence[index, column])
            yield {
                "workspace_id": held.workspace_id,
                "response_id": ids[index],
                "item_id": item.id,
                "value": texts[code],
                "reason": reasons[index] if reasons else "",
                "evidence": "" if kind == BLANK else EVIDENCE[kind],
                "sequence": 1,
                "saved_at": now,
            }
