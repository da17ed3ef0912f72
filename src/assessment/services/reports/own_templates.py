"""Fill in a consultant's own template for Word or PowerPoint, in a child process with limits; nothing is stored."""

import subprocess
import sys
import threading

import msgspec
from anyio import CapacityLimiter, to_thread
from msgspec import Struct

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.file_formats import FileFormat
from assessment.errors import FormattedText, InvalidError, Problem, UnavailableError, with_values
from assessment.services.reports.rendering import RenderJob, pack_job

CHILD_MODULE = "assessment.services.reports.own_template_child"  # by name: it loads the libraries for Office
CHILD_SECONDS = 60
MAX_CHILDREN, MAX_WAITING = 2, 8  # of one server process
WAIT_SECONDS = 60.0
NOT_FILLED = "The template took too much time or memory and was given up. Use fewer loops inside of each other."
REFUSED = {
    FileFormat.DOCUMENT: "This Word template can’t be used.",
    FileFormat.DECK: "This template for slides can’t be used.",
}
BUSY = "Too many templates are being filled in. Try again in a minute."


class TemplateJob(Struct, frozen=True):
    """Input of the child process; `job` is that of `pack_job`."""

    job: bytes
    template: bytes


class PackedText(Struct, frozen=True):
    """Text of a problem with its values, so that it can be translated behind the process boundary."""

    template: str = ""
    values: dict[str, str | int] = {}


class TemplateOutcome(Struct, frozen=True):
    """Output of the child process: the document, or message and remedy of each problem of the template."""

    document: bytes = b""
    problems: tuple[tuple[PackedText, PackedText], ...] = ()


def pack_text(text: str) -> PackedText:
    """Pack the text of a problem."""
    if isinstance(text, FormattedText):
        return PackedText(
            text.template, {name: value for name, value in text.values.items() if isinstance(value, str | int)}
        )
    return PackedText(text)


def _unpack_text(text: PackedText) -> str:
    return with_values(text.template, **text.values) if text.values else text.template


_free_children = threading.BoundedSemaphore(MAX_CHILDREN)
_places = threading.BoundedSemaphore(MAX_CHILDREN + MAX_WAITING)


def fill_own_template(questionnaire: Questionnaire, job: RenderJob, template: bytes) -> bytes:
    """Return the document or the slides of the job's edition and language, by its format.

    Raises `InvalidError` with all problems of the template, `UnavailableError` if it takes too much time or memory, and
    if too many others wait.
    """
    if not _places.acquire(blocking=False):
        raise UnavailableError(BUSY)
    try:
        if not _free_children.acquire(timeout=WAIT_SECONDS):
            raise UnavailableError(BUSY)
        try:
            outcome = _run_child(msgspec.json.encode(TemplateJob(pack_job(questionnaire, job), template)))
        finally:
            _free_children.release()
    finally:
        _places.release()
    if outcome.problems:
        problems = [Problem(_unpack_text(message), _unpack_text(remedy)) for message, remedy in outcome.problems]
        raise InvalidError(REFUSED[job.file_format], problems)
    return outcome.document


async def fill_own_template_async(questionnaire: Questionnaire, job: RenderJob, template: bytes) -> bytes:
    """As `fill_own_template`, without occupying a thread that serves requests."""
    own_thread = CapacityLimiter(1)  # there are never more than `_places`
    return await to_thread.run_sync(fill_own_template, questionnaire, job, template, limiter=own_thread)


def _run_child(content: bytes) -> TemplateOutcome:
    command = [sys.executable, "-m", CHILD_MODULE]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=CHILD_SECONDS, check=True)  # noqa: S603  # our own module, no shell
        return msgspec.json.decode(done.stdout, type=TemplateOutcome)
    except (subprocess.SubprocessError, OSError, msgspec.MsgspecError) as error:
        raise UnavailableError(NOT_FILLED) from error
