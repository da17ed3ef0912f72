"""Import responses that were collected with another tool: show the mapping, then import them with progress.

Nothing is stored between check and import: the page of the check carries what was read, compressed, in its form.
"""

import base64
import binascii
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState, BulkJobKind, BulkJobState, Confidentiality
from assessment.errors import AppError, ClosedError, InvalidError, MixedSourcesError, NotFoundError, Problem
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.principals import Consultant
from assessment.services.bulk import bulk_requests
from assessment.services.imports import import_reader
from assessment.services.people import response_import
from assessment.settings import Settings
from assessment.storage.assessments import Assessment
from assessment.storage.people import invitations
from assessment.web.console.authentication import FOR_EDITORS, PAGE_OPTION, POLLED
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.labels import get_labels
from assessment.web.console.views.import_view import ShownProblem, build_import_view, translate_problems
from assessment.web.http.page_responses import redirect_to, render_block, render_page

TEMPLATE = "console/import-responses.html"
PROGRESS_TEMPLATE = "console/import-progress.html"
IMPORT_PATH = "/assessments/{assessment_id:str}/import"
PAGE = "/console/assessments/{assessment_id}/import"
MAX_FILE_BYTES = 20 * 1024**2
MAX_MAPPING_BYTES = 1024**2
MAX_CSV_BYTES = 64 * 1024**2  # unpacked
MAX_PACKED_CHARACTERS = 8 * 1024**2
POLL_SECONDS = 2
NO_FILE = N_("Choose the file that the other tool has exported.")
TOO_LARGE = N_("This file is larger than 20 MB. Divide it.")
NOT_PACKED = N_("The file can’t be read any more. Check it again.")


class UploadedExport(Struct, frozen=True):
    """Contents of the fields `export` and `mapping`, at most a byte more than allowed; empty without a file."""

    content: bytes = b""
    mapping: bytes = b""


async def read_uploaded_export(request: Request[Any, Any, Any]) -> UploadedExport:
    """Dependency: the uploaded files."""
    form = await request.form()
    export, mapping = form.get("export"), form.get("mapping")
    return UploadedExport(
        await export.read(MAX_FILE_BYTES + 1) if isinstance(export, UploadFile) else b"",
        await mapping.read(MAX_MAPPING_BYTES + 1) if isinstance(mapping, UploadFile) else b"",
    )


@get(IMPORT_PATH, name="console:import", policy=CONSULTANT, sync_to_thread=True, opt=FOR_EDITORS)
def show_import_form(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    now: NamedDependency[datetime],
) -> Template:
    """Show the form, or why this assessment takes no responses in."""
    return render_page(TEMPLATE, **_build_context(read_session, consultant, assessment_id, now))


@post(
    IMPORT_PATH,
    name="console:check-import",
    status_code=HTTP_200_OK,
    policy=CONSULTANT,
    sync_to_thread=True,
    request_max_body_size=MAX_FILE_BYTES + 2 * MAX_MAPPING_BYTES,
    dependencies={"uploaded": Provide(read_uploaded_export)},
    opt={PAGE_OPTION: PAGE},
)
def check_import(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    uploaded: NamedDependency[UploadedExport],
    now: NamedDependency[datetime],
) -> Template:
    """Show what maps and what does not; store nothing."""
    context = _build_context(read_session, consultant, assessment_id, now)
    assessment = context["assessment"]
    questionnaire = find_questionnaire(read_session, assessment, catalogue)
    read_session.close()  # reading takes seconds: do not occupy a database connection meanwhile
    try:
        _check_sizes(uploaded)
        read = import_reader.read_export(uploaded.content, uploaded.mapping, questionnaire, assessment.mode)
        packed = "" if read.report.problems else pack_csv(read.csv)
    except InvalidError as error:
        problems = translate_problems(consultant.language, error.problems or [Problem(error.detail)])
        return render_page(TEMPLATE, error.status, **context | {"problems": problems})
    labels = get_labels(questionnaire, assessment, consultant.language)
    view = build_import_view(read, questionnaire, labels, consultant.language)
    problems = translate_problems(consultant.language, read.report.problems)
    status = InvalidError.status if problems else HTTP_200_OK
    count = max(read.report.problem_count, len(problems))
    more = {"view": view, "problems": problems, "problem_count": count, "packed": packed}
    return render_page(TEMPLATE, status, **context | more)


@post(
    f"{IMPORT_PATH}/take-in",
    name="console:take-in",
    policy=CONSULTANT,
    sync_to_thread=True,
    request_max_body_size=MAX_PACKED_CHARACTERS + 1024**2,
    opt={PAGE_OPTION: PAGE},
)
def queue_import(
    assessment_id: FromPath[str],
    write_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    form: NamedDependency[FormData],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Template | Redirect:
    """Queue the checked responses; a worker takes all of them in, or none."""
    context = _build_context(write_session, consultant, assessment_id, now)
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    try:
        parts = bulk_requests.split_text(unpack_csv(form.text("packed")))
        queued = bulk_requests.queue_responses(write_session, key, parts, now, secret=settings.secret)
    except AppError as error:
        if error.status == NotFoundError.status:
            raise
        problems = translate_problems(consultant.language, [Problem(error.detail)])
        return render_page(TEMPLATE, error.status, **context | {"problems": problems})
    return redirect_to(f"{PAGE.format(assessment_id=assessment_id)}/{queued.id}")


@get(
    f"{IMPORT_PATH}/{{job_id:str}}",
    name="console:import-progress",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt=POLLED,
)
def show_import_progress(
    request: HTMXRequest,
    assessment_id: FromPath[str],
    job_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    settings: NamedDependency[Settings],
) -> Template:
    """Show how far an import is. Without JavaScript the page loads itself again until it has ended."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    assessment = assessment_setup.get_assessment(read_session, key)
    job = bulk_requests.get_job(read_session, consultant.workspace_id, job_id)
    if job.assessment_key != key or job.kind is not BulkJobKind.RESPONSES:
        raise NotFoundError
    failure = bulk_requests.load_failure(read_session, job, secret=settings.secret)
    problems: Sequence[ShownProblem] = ()
    if failure is not None:
        problems = translate_problems(consultant.language, failure.problems or [Problem(failure.detail)])
    context = {
        "consultant": consultant,
        "assessment": assessment,
        "job": job,
        "is_ended": job.finished_at is not None,
        "is_done": job.state is BulkJobState.DONE,
        "problems": problems,
        "page": PAGE.format(assessment_id=assessment_id),
        "seconds": POLL_SECONDS,
    }
    if request.htmx:
        return render_block(PROGRESS_TEMPLATE, "progress", **context)
    return render_page(PROGRESS_TEMPLATE, **context)


def pack_csv(text: str) -> str:
    """Compress a CSV for a hidden field; raises `InvalidError` if it stays too large."""
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")
    if len(packed) > MAX_PACKED_CHARACTERS:
        raise InvalidError(TOO_LARGE, [Problem(TOO_LARGE)])
    return packed


def unpack_csv(packed: str) -> str:
    """Return what `pack_csv` has compressed; raises `InvalidError` for anything else."""
    inflate = zlib.decompressobj()
    try:
        content = inflate.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), MAX_CSV_BYTES)
        text = content.decode()
    except (binascii.Error, zlib.error, ValueError) as error:
        raise InvalidError(NOT_PACKED) from error
    if not inflate.eof or not text:
        raise InvalidError(NOT_PACKED)
    return text


def _check_sizes(uploaded: UploadedExport) -> None:
    if not uploaded.content:
        raise InvalidError(NO_FILE)
    if len(uploaded.content) > MAX_FILE_BYTES:
        raise InvalidError(TOO_LARGE)


def _build_context(session: Session, consultant: Consultant, assessment_id: str, now: datetime) -> dict[str, Any]:
    assessment = assessment_setup.get_assessment(session, AssessmentKey(consultant.workspace_id, assessment_id))
    return {
        "consultant": consultant,
        "assessment": assessment,
        "obstacle": _find_obstacle(session, assessment, now),
        "page": PAGE.format(assessment_id=assessment_id),
        "problems": (),
        "problem_count": 0,
        "view": None,
        "packed": "",
    }


def _find_obstacle(session: Session, assessment: Assessment, now: datetime) -> str:
    """Return why the assessment takes no responses in: "invited", "draft" or "closed"; "" if it does."""
    try:
        response_import.check_importable(session, assessment, now)
    except MixedSourcesError:
        return "invited"
    except ClosedError:
        is_attributable = assessment.confidentiality == Confidentiality.ATTRIBUTABLE
        if assessment.state != AssessmentState.DRAFT:
            return "closed"
        return "draft" if is_attributable or not invitations.has_invitations(session, assessment.key) else "invited"
    return ""
