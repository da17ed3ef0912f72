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
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.domain.text_normalisation import normalize_address, normalize_text
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
from assessment.storage.survey import anonymous_marks, response_imports, responses

MARK_KINDS = ("sent", "used", "done")  # the last two are of older versions


class PersonInvitation(Struct, frozen=True):
    """Invitation of a person, with its assessment."""

    invitation_id: str
    assessment: Assessment

    @property
    def subject(self) -> str:
        """Return the id of what is exported or erased."""
        return self.invitation_id


class ImportedResponse(Struct, frozen=True):
    """Response of a person from a file, with its assessment."""

    response_id: str
    assessment: Assessment

    @property
    def subject(self) -> str:
        """Return the id of what is exported or erased."""
        return self.response_id


PersonRecord = PersonInvitation | ImportedResponse


def find_person(session: Session, person: str, workspace_id: str | None = None) -> tuple[PersonRecord, ...]:
    """Return what is stored under an address, an id, or the name that a file had.

    Invitations come with those that they replace and their replacements. Raises `NotFoundError`.
    """
    records: tuple[PersonRecord, ...] = (
        *_find_invitations(session, person, workspace_id),
        *_find_imported(session, person, workspace_id),
    )
    if not records:
        raise NotFoundError("Nobody was invited under this address or id, and no imported file has it.")
    return records


def _find_imported(session: Session, person: str, workspace_id: str | None) -> tuple[ImportedResponse, ...]:
    """Return the responses that files had under this name, address or number."""
    label = normalize_text(person)
    rows = response_imports.find_labelled_responses(session, label, workspace_id) if label else []
    return tuple(
        ImportedResponse(id_, assessments.find_assessment(session, AssessmentKey(home, assessment_id)))
        for home, assessment_id, id_ in rows
    )


def _find_invitations(
    session: Session, address_or_id: str, workspace_id: str | None = None
) -> tuple[PersonInvitation, ...]:
    """Return the invitations with an address or id, each with those it replaces and its replacements."""
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
    return tuple(invitations_by_id.values())


def export_person(session: Session, person: Sequence[PersonRecord], now: datetime, secret: str) -> dict[str, Any]:
    """Return everything stored about a person as plain JSON values, and record the export."""
    invited, imported = _split_records(person)
    exported = {
        "invitations": [_export_invitation(session, invitation, secret) for invitation in invited],
        "imported_responses": [_export_imported(session, response) for response in imported],
    }
    for record in person:
        _record_act(session, record, now, audit_trail.RESPONDENT_EXPORTED)
    content: dict[str, Any] = msgspec.to_builtins(exported)
    return content


def erase_person(session: Session, person: Sequence[PersonRecord], now: datetime, secret: str) -> None:
    """Erase answers, copies of answers, links, name and address; record the erasure without any of them.

    Releases stay as they are. Anonymous answers can't be found by the invitation.
    """
    invited, imported = _split_records(person)
    for key in sorted({record.assessment.key for record in person}):
        assessments.find_assessment(session, key, lock=True)
        counting_people.store_decisions(session, key, {invitation.invitation_id for invitation in invited})
    for response in imported:
        home = response.assessment.workspace_id
        responses.erase_response(session, home, response.response_id)
        erasures.record_erasure(session, Erasure(home, ErasureKind.RESPONSE, response.response_id, now.date()))
        people_summaries.mark_outdated(session, response.assessment.key)
    for invitation in invited:
        home = invitation.assessment.workspace_id
        row = invitations.find_invitation(session, invitation.assessment.key, invitation.invitation_id)
        if row.revoked_on is None:
            today = get_workspace_day(now, invitation.assessment.time_zone)
            invitations.update_invitation(session, home, row, revoked_on=today)
        personal_data.erase_invitation(session, home, invitation.invitation_id)
        erasures.record_erasure(session, Erasure(home, ErasureKind.INVITATION, invitation.invitation_id, now.date()))
        people_summaries.mark_outdated(session, invitation.assessment.key)
        personal_data.erase_marks(session, home, set(_hash_mark_names(invitation.invitation_id, secret).values()))
    for record in person:
        _record_act(session, record, now, audit_trail.RESPONDENT_ERASED)
    database.truncate_wal_after_commit(session)


def _split_records(person: Sequence[PersonRecord]) -> tuple[list[PersonInvitation], list[ImportedResponse]]:
    return (
        [record for record in person if isinstance(record, PersonInvitation)],
        [record for record in person if isinstance(record, ImportedResponse)],
    )


def _record_act(session: Session, record: PersonRecord, now: datetime, act: str) -> None:
    home = record.assessment.workspace_id
    audit_trail.record_event(session, home, now, act, record.subject, assessment=record.assessment.id)


def _export_imported(session: Session, response: ImportedResponse) -> dict[str, Any]:
    row = personal_data.load_response(session, response.assessment.workspace_id, response.response_id)
    about = {"assessment": _describe_assessment(response.assessment)}
    return _export_response(session, response.assessment, row) | about


def _describe_assessment(assessment: Assessment) -> dict[str, Any]:
    names = ("id", "title", "organisation", "confidentiality", "mode")
    return {name: getattr(assessment, name) for name in names}


def _export_invitation(session: Session, invitation: PersonInvitation, secret: str) -> dict[str, Any]:
    assessment, id_ = invitation.assessment, invitation.invitation_id
    home = assessment.workspace_id
    names = _hash_mark_names(id_, secret)
    marked = anonymous_marks.find_marks(session, assessment.key, set(names.values()))
    return {
        **personal_data.load_invitation(session, home, id_),
        "assessment": _describe_assessment(assessment),
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
