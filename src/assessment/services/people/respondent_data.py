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

from assessment.domain.answers import BLANK, EVIDENCE_KINDS, NOT_ASKED, list_answer_codes
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ErasureKind
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.text_normalisation import normalize_address
from assessment.errors import NotFoundError
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.auth import tokens
from assessment.services.operations import audit_trail
from assessment.storage import assessments, database, erasures
from assessment.storage.assessments import Assessment
from assessment.storage.auth import audit_log
from assessment.storage.erasures import Erasure
from assessment.storage.people import (
    counting_people,
    invitations,
    people_summaries,
    personal_data,
    replaced_invitations,
)
from assessment.storage.survey import anonymous_marks

MARK_KINDS = ("sent", "used", "done")  # the last two are of older versions


class PersonInvitation(Struct, frozen=True):
    """Invitation of a person, with its assessment."""

    invitation_id: str
    assessment: Assessment


def find_person(session: Session, address_or_id: str, workspace_id: str | None = None) -> tuple[PersonInvitation, ...]:
    """Return the invitations with an address or id, each with those it replaces and its replacements.

    Raises `NotFoundError`.
    """
    address = normalize_address(address_or_id)
    if "@" in address:
        start = invitations.find_invitations_of_address(session, address, workspace_id)
    else:
        home = invitations.find_workspace_id(session, address)
        start = [(home, address)] if home is not None and workspace_id in (None, home) else []
    invitations_by_id: dict[str, PersonInvitation] = {}
    for home, invitation_id in start:
        row = personal_data.load_invitation(session, home, invitation_id)
        assessment = assessments.find_assessment(session, AssessmentKey(home, row["assessment_id"]))
        for id_ in replaced_invitations.find_replacement_chain(session, assessment.key, invitation_id):
            invitations_by_id[id_] = PersonInvitation(id_, assessment)
    if not invitations_by_id:
        raise NotFoundError("Nobody was invited under this address or id.")
    return tuple(invitations_by_id.values())


def export_person(session: Session, person: Sequence[PersonInvitation], now: datetime, secret: str) -> dict[str, Any]:
    """Return everything stored about a person as plain JSON values, and record the export."""
    exported = [_export_invitation(session, invitation, secret) for invitation in person]
    for invitation in person:
        home = invitation.assessment.workspace_id
        audit_trail.record_event(
            session,
            home,
            now,
            audit_trail.RESPONDENT_EXPORTED,
            invitation.invitation_id,
            assessment=invitation.assessment.id,
        )
    content: dict[str, Any] = msgspec.to_builtins({"invitations": exported})
    return content


def erase_person(session: Session, person: Sequence[PersonInvitation], now: datetime, secret: str) -> None:
    """Erase answers, copies of answers, links, name and address; record the erasure without any of them.

    Releases stay as they are. Anonymous answers can't be found by the invitation.
    """
    for key in sorted({invitation.assessment.key for invitation in person}):
        assessments.find_assessment(session, key, lock=True)
        counting_people.store_decisions(session, key, {invitation.invitation_id for invitation in person})
    for invitation in person:
        home = invitation.assessment.workspace_id
        row = invitations.find_invitation(session, invitation.assessment.key, invitation.invitation_id)
        if row.revoked_on is None:
            invitations.update_invitation(session, home, row, revoked_on=now.date())
        personal_data.erase_invitation(session, home, invitation.invitation_id)
        erasures.record_erasure(session, Erasure(home, ErasureKind.INVITATION, invitation.invitation_id, now.date()))
        people_summaries.mark_outdated(session, invitation.assessment.key)
        personal_data.erase_marks(session, home, set(_hash_mark_names(invitation.invitation_id, secret).values()))
        audit_trail.record_event(
            session,
            home,
            now,
            audit_trail.RESPONDENT_ERASED,
            invitation.invitation_id,
            assessment=invitation.assessment.id,
        )
    database.truncate_wal_after_commit(session)


def _export_invitation(session: Session, invitation: PersonInvitation, secret: str) -> dict[str, Any]:
    assessment, id_ = invitation.assessment, invitation.invitation_id
    home = assessment.workspace_id
    names = _hash_mark_names(id_, secret)
    marked = anonymous_marks.find_marks(session, assessment.key, set(names.values()))
    return {
        **personal_data.load_invitation(session, home, id_),
        "assessment": {
            "id": assessment.id,
            "title": assessment.title,
            "organisation": assessment.organisation,
            "confidentiality": assessment.confidentiality,
            "mode": assessment.mode,
        },
        "links": personal_data.list_links(session, home, id_),
        "role_reports": personal_data.list_role_reports(session, home, id_),
        "mails": personal_data.list_mails(session, home, id_),
        "responses": [
            _export_response(session, assessment, row) for row in personal_data.list_responses(session, home, id_)
        ],
        "marks": [kind for kind, name in names.items() if name in marked],
        "audit_entries": [
            {
                "number": entry.number,
                "at": entry.at,
                "actor": entry.actor,
                "action": entry.action,
                "details": entry.details,
            }
            for entry in audit_log.list_entries_of_subject(session, home, id_)
        ],
    }


def _export_response(session: Session, assessment: Assessment, row: dict[str, Any]) -> dict[str, Any]:
    parts = personal_data.list_response_parts(session, assessment.workspace_id, row["id"])
    parts["copies"] = [_decode_copy(load_questionnaire(session, assessment), copy) for copy in parts["copies"]]
    return row | parts


def _decode_copy(questionnaire: Questionnaire, copy: dict[str, Any]) -> dict[str, Any]:
    """Decode a copy for the comparison of releases: one byte per item of the questionnaire."""
    answers, evidence = {}, {}
    for item, value, kind in zip(
        questionnaire.items, _unpack_codes(copy["answers"]), _unpack_codes(copy["evidence"]), strict=True
    ):
        if value not in (BLANK, NOT_ASKED):
            answers[item.id] = {code: text for text, code in list_answer_codes(item.options).items()}[value]
        if kind != BLANK:
            evidence[item.id] = EVIDENCE_KINDS[kind]
    return copy | {"answers": answers, "evidence": evidence}


def _unpack_codes(packed: bytes) -> list[int]:
    return memoryview(packed).cast("b").tolist()


def _hash_mark_names(invitation_id: str, secret: str) -> dict[str, bytes]:
    return {kind: tokens.sign_text(secret, f"invitation {kind}", invitation_id) for kind in MARK_KINDS}
