"""Queue large requests as jobs, and read their progress and outcome.

Bodies, links and reasons of a failure are encrypted parts: the bodies are deleted at the end, the others a day later.
"""

import zlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

import msgspec
from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import BulkJobKind, BulkJobState, BulkPartKind
from assessment.errors import (
    AppError,
    ImportInProgressError,
    InvalidError,
    NotFoundError,
    Problem,
    with_values,
)
from assessment.services.auth import tokens
from assessment.services.auth.encryption import make_cipher
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.services.people import people_invitations, response_import
from assessment.services.people.invitee_checks import Invitee
from assessment.services.people.people_invitations import LinkedInvitation
from assessment.services.survey.answer_validation import is_storable
from assessment.storage import assessments, bulk_jobs, database
from assessment.storage.bulk_jobs import BulkJob
from assessment.storage.cursor_pagination import PageRequest, RowPage
from assessment.storage.people import invitations

KEY_PURPOSE = b"bulk"
PEOPLE_IN_PART = 200  # invitations in one part and in one transaction: about 0.1 s
TEXT_IN_PART = 1024 * 1024  # bytes
COMPRESSION_LEVEL = 1
MAX_UNFINISHED = 5  # jobs of a workspace at once: each holds up to 32 MB
PARTS_KEPT = timedelta(hours=24)
JOBS_KEPT = timedelta(days=7)
MAX_STORED_PROBLEMS = 200


class JobFailure(Struct, frozen=True):
    """Why a job failed: the error that the same request would get at once, if it were small."""

    slug: str
    title: str
    status: int
    detail: str
    problems: tuple[Problem, ...]
    problem_count: int


class StoredLink(Struct, frozen=True, array_like=True):
    """Invitation that a job made, and the token of its link; empty if the server mails it."""

    invitation_id: str
    token: str


class RequestPart(Struct, frozen=True):
    """Part of a request, decrypted."""

    number: int
    content: bytes


def queue_invitations(
    session: Session,
    key: AssessmentKey,
    people: Collection[Invitee],
    now: datetime,
    *,
    secret: str,
    random: Random = RANDOM,
) -> BulkJob:
    """Queue people to invite; raises at once if the assessment does not allow it."""
    assessment = people_invitations.lock_unless_closed(session, key, now)
    people_invitations.refuse_imported_responses(session, assessment, now)
    people_invitations.refuse_mail_delivery(session, people)
    if len(people) > people_invitations.MAX_INVITED:
        message = with_values("Invite at most {most} people at once.", most=people_invitations.MAX_INVITED)
        raise InvalidError("Nobody was invited.", [Problem(message, code="too-many")])
    return _add_job(
        session, key, BulkJobKind.INVITATIONS, _encode_people(people), now, secret, random, total=len(people)
    )


def _encode_people(people: Iterable[Invitee]) -> Iterator[bytes]:
    rest = iter(people)
    while part := tuple(islice(rest, PEOPLE_IN_PART)):
        yield msgspec.msgpack.encode(part)


def queue_responses(
    session: Session,
    key: AssessmentKey,
    parts: Iterable[bytes],
    now: datetime,
    *,
    secret: str,
    random: Random = RANDOM,
) -> BulkJob:
    """Queue a CSV of responses, in UTF-8, to take in; one at a time for each assessment."""
    assessment = assessments.find_assessment(session, key, lock=True)
    response_import.check_importable(session, assessment, now)
    refuse_running_import(session, key)
    response_import.refuse_unfinished(session, key, now)
    return _add_job(session, key, BulkJobKind.RESPONSES, parts, now, secret, random)


def split_text(text: str) -> Iterator[bytes]:
    """Yield the parts of a file that is in memory."""
    content = text.encode()
    return (content[start : start + TEXT_IN_PART] for start in range(0, len(content), TEXT_IN_PART))


def refuse_running_import(session: Session, key: AssessmentKey) -> None:
    """Raise `ImportInProgressError` while a job takes responses in: both would be taken for one import."""
    if bulk_jobs.has_unfinished_job(session, key, BulkJobKind.RESPONSES):
        raise ImportInProgressError("Another file is being taken in. Try again when that job has ended.")


def _add_job(  # noqa: PLR0913, PLR0917  # all properties of a job
    session: Session,
    key: AssessmentKey,
    kind: BulkJobKind,
    parts: Iterable[bytes],
    now: datetime,
    secret: str,
    random: Random,
    total: int | None = None,
) -> BulkJob:
    if bulk_jobs.count_unfinished_jobs(session, key.workspace_id) >= MAX_UNFINISHED:
        message = with_values("At most {most} large requests wait at the same time.", most=MAX_UNFINISHED)
        raise ImportInProgressError(message)
    new = BulkJob(
        id=tokens.generate_id(random),
        workspace_id=key.workspace_id,
        assessment_id=key.assessment_id,
        kind=kind,
        state=BulkJobState.QUEUED,
        actor=audit_trail.get_actor(session),
        total=total,
        done=0,
        attempts=0,
        created_at=now,
        finished_at=None,
    )
    bulk_jobs.add_job(session, new, (encrypt_part(secret, content) for content in parts))
    return new


def get_job(session: Session, workspace_id: str, job_id: str) -> BulkJob:
    """Return a job; `NotFoundError` for one of another workspace."""
    if not is_storable(job_id):
        raise NotFoundError
    return bulk_jobs.find_job(session, workspace_id, job_id)


def load_failure(session: Session, job: BulkJob, *, secret: str) -> JobFailure | None:
    """Return why a job failed; None if it has not, or its parts are deleted."""
    if job.state is not BulkJobState.FAILED:
        return None
    stored = bulk_jobs.find_part(session, job.workspace_id, job.id, BulkPartKind.FAILURE, 0)
    return msgspec.msgpack.decode(decrypt_part(secret, stored), type=JobFailure) if stored else None


def list_links(session: Session, job: BulkJob, page_request: PageRequest, *, secret: str) -> RowPage[LinkedInvitation]:
    """List the invitations that a job made with their links, in the order of the request, once it has finished.

    Invitations that were deleted in the meantime are left out. `InvalidError` for an unknown cursor.
    """
    if job.finished_at is None or job.kind is not BulkJobKind.INVITATIONS:
        return RowPage((), None)
    start = _parse_start(page_request.cursor)
    first, skipped = divmod(start, PEOPLE_IN_PART)
    links: list[StoredLink] = []
    for number in range(first, (start + page_request.limit) // PEOPLE_IN_PART + 1):
        stored = bulk_jobs.find_part(session, job.workspace_id, job.id, BulkPartKind.LINKS, number)
        if stored is not None:
            links += msgspec.msgpack.decode(decrypt_part(secret, stored), type=list[StoredLink])
    links = links[skipped:]
    ids = [link.invitation_id for link in links[: page_request.limit]]
    rows = {row.id: row for row in invitations.list_invitations_by_id(session, job.assessment_key, ids)}
    data = tuple(
        LinkedInvitation(rows[link.invitation_id], link.token)
        for link in links[: page_request.limit]
        if link.invitation_id in rows
    )
    has_more = bool(links[page_request.limit :]) or start + page_request.limit < job.done
    return RowPage(data, str(start + page_request.limit) if has_more and links else None)


def _parse_start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= len(str(people_invitations.MAX_INVITED))):
        raise InvalidError("This is not a cursor of this list.")
    return int(cursor)


def iterate_parts(engine: Engine, job: BulkJob, *, secret: str, first: int = 0) -> Iterator[RequestPart]:
    """Yield the parts of a request one by one, so that memory holds one."""
    with database.read_session(engine) as session:
        numbers = bulk_jobs.list_part_numbers(session, job.workspace_id, job.id, BulkPartKind.REQUEST)
    for number in numbers[first:]:
        with database.read_session(engine) as session:
            stored = bulk_jobs.find_part(session, job.workspace_id, job.id, BulkPartKind.REQUEST, number)
        if stored is None:  # the job was deleted with its assessment
            return
        yield RequestPart(number, decrypt_part(secret, stored))


def encode_failure(error: AppError) -> bytes:
    """Encode an error as the part that `load_failure` reads."""
    failure = JobFailure(
        error.slug, error.title, error.status, error.detail, error.problems[:MAX_STORED_PROBLEMS], error.problem_count
    )
    return msgspec.msgpack.encode(failure, enc_hook=str)  # for `FormattedText`


def encrypt_part(secret: str, content: bytes) -> bytes:
    return make_cipher(secret, KEY_PURPOSE).encrypt(zlib.compress(content, COMPRESSION_LEVEL))


def decrypt_part(secret: str, content: bytes) -> bytes:
    return zlib.decompress(make_cipher(secret, KEY_PURPOSE).decrypt(content))
