"""Export and erase a person's data, for the server's operator.

Outside attributable mode only the operator can do this: console and API export and erase the invitation, respondents
their answers, in their own browser or with link and code.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.answers import BLANK, EVIDENCE, NOT_ASKED, codes
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.spelling import clean_address
from assessment.errors import NotFoundError
from assessment.services import auditing, tokens
from assessment.services.shelf import questionnaire_of
from assessment.storage import assessments, audit, database, invitations, marks, personal
from assessment.storage.assessments import Assessment

MARKS = ("sent", "used", "done")  # the last two are of older versions


class Found(Struct, frozen=True):
    """Invitation of a person, with its assessment."""

    invitation_id: str
    assessment: Assessment


def find_person(session: Session, address_or_id: str, workspace_id: str | None = None) -> tuple[Found, ...]:
    """Return the invitations with an address or id, each with those it replaces and its replacements.

    Raises `NotFoundError`.
    """
    address = clean_address(address_or_id)
    if "@" in address:
        start = invitations.with_address(session, address, workspace_id)
    else:
        home = invitations.workspace_of(session, address)
        start = [(home, address)] if home is not None and workspace_id in (None, home) else []
    found: dict[str, Found] = {}
    for home, invitation_id in start:
        held = personal.find_invitation(session, home, invitation_id)
        assessment = assessments.find(session, home, held["assessment_id"])
        for each in invitations.chain(session, home, assessment.id, invitation_id):
            found[each] = Found(each, assessment)
    if not found:
        raise NotFoundError("Nobody was invited under this address or id.")
    return tuple(found.values())


def export_person(session: Session, person: Sequence[Found], now: datetime, secret: str) -> dict[str, Any]:
    """Return everything stored about a person as plain JSON values, and record the export."""
    exported = [_exported(session, each, secret) for each in person]
    for each in person:
        home = each.assessment.workspace_id
        auditing.record(
            session, home, now, auditing.RESPONDENT_EXPORTED, each.invitation_id, assessment=each.assessment.id
        )
    content: dict[str, Any] = msgspec.to_builtins({"invitations": exported})
    return content


def erase_person(session: Session, person: Sequence[Found], now: datetime, secret: str) -> None:
    """Erase answers, copies of answers, links, name and address; record the erasure without any of them.

    Releases stay as they are. Anonymous answers can't be found by the invitation.
    """
    for key in sorted({(each.assessment.workspace_id, each.assessment.id) for each in person}):
        assessments.find(session, *key, lock=True)
    for each in person:
        home = each.assessment.workspace_id
        held = invitations.find(session, home, each.assessment.id, each.invitation_id)
        if held.revoked_on is None:
            invitations.change(session, home, held, revoked_on=now.date())
        personal.erase(session, home, each.invitation_id)
        personal.erase_marks(session, home, set(_mark_names(each.invitation_id, secret).values()))
        auditing.record(
            session, home, now, auditing.RESPONDENT_ERASED, each.invitation_id, assessment=each.assessment.id
        )
    database.forget_the_way(session)


def _exported(session: Session, found: Found, secret: str) -> dict[str, Any]:
    held, id_ = found.assessment, found.invitation_id
    home = held.workspace_id
    names = _mark_names(id_, secret)
    marked = marks.among(session, home, held.id, set(names.values()))
    return {
        **personal.find_invitation(session, home, id_),
        "assessment": {
            "id": held.id,
            "title": held.title,
            "organisation": held.organisation,
            "confidentiality": held.confidentiality,
            "mode": held.mode,
        },
        "links": personal.links_of(session, home, id_),
        "responses": [_response(session, held, row) for row in personal.responses_of(session, home, id_)],
        "marks": [kind for kind, name in names.items() if name in marked],
        "audit_entries": [
            {"number": each.number, "at": each.at, "actor": each.actor, "action": each.action, "details": each.details}
            for each in audit.entries_of_subject(session, home, id_)
        ],
    }


def _response(session: Session, held: Assessment, row: dict[str, Any]) -> dict[str, Any]:
    parts = personal.parts_of(session, held.workspace_id, row["id"])
    parts["copies"] = [_copy(questionnaire_of(session, held), copy) for copy in parts["copies"]]
    return row | parts


def _copy(questionnaire: Questionnaire, copy: dict[str, Any]) -> dict[str, Any]:
    """Decode a copy for the comparison of releases: one byte per item of the questionnaire."""
    answers, evidence = {}, {}
    for item, value, kind in zip(questionnaire.items, _codes(copy["answers"]), _codes(copy["evidence"]), strict=True):
        if value not in (BLANK, NOT_ASKED):
            answers[item.id] = {code: text for text, code in codes(item.options).items()}[value]
        if kind != BLANK:
            evidence[item.id] = EVIDENCE[kind]
    return copy | {"answers": answers, "evidence": evidence}


def _codes(packed: bytes) -> list[int]:
    return memoryview(packed).cast("b").tolist()


def _mark_names(invitation_id: str, secret: str) -> dict[str, bytes]:
    return {kind: tokens.signature(secret, f"invitation {kind}", invitation_id) for kind in MARKS}
