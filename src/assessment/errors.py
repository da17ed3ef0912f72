"""Expected errors, with HTTP status, title and remedies.

`web` renders them as pages, `api` as problem documents, `cli` as messages with an exit code; each in one place.
"""

from collections.abc import Sequence

from msgspec import Struct


class FormattedText(str):
    """Formatted English text that can be translated later from `template` and `values`."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]


def with_values(template: str, **values: object) -> FormattedText:
    """Format a translatable text; `{name}` is replaced by name, tuples are joined by commas."""
    filled = FormattedText(template.format_map({name: _join_values(value) for name, value in values.items()}))
    filled.template, filled.values = template, values
    return filled


def _join_values(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


class Problem(Struct, frozen=True):
    """Problem with an input: its place and remedy."""

    message: str
    remedy: str = ""
    file: str = ""
    line: int | None = None
    column: str = ""
    pointer: str = ""  # RFC 6901, for API bodies
    code: str = ""  # stable name of the kind of fault, for programs that use the API

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part not in ("", None))
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} {self.remedy}".rstrip()


class AppError(Exception):
    """Base class of expected errors. `retry_after` is in seconds; None where repeating the request does not help."""

    status = 500
    slug = "error"
    title = "Something went wrong"
    retry_after: int | None = None

    def __init__(self, detail: str = "", problems: Sequence[Problem] = (), problem_count: int | None = None) -> None:
        """Create the error; `problem_count` is the number of all problems where `problems` has only the first."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.problems = tuple(problems)
        self.problem_count = len(self.problems) if problem_count is None else problem_count


class InvalidError(AppError):
    """Invalid input; `problems` lists all places."""

    status = 422
    slug = "invalid"
    title = "Some of the input is wrong"


class UnreadableError(AppError):
    """The body can't be parsed."""

    status = 400
    slug = "unreadable"
    title = "The request can’t be read"


class UnauthenticatedError(AppError):
    """No valid session or API key."""

    status = 401
    slug = "sign-in"
    title = "Sign in first"


class ForbiddenError(AppError):
    """Authenticated, but not allowed."""

    status = 403
    slug = "forbidden"
    title = "You are not allowed to do this"


class NotFoundError(AppError):
    """Absent or in another workspace; indistinguishable on purpose."""

    status = 404
    slug = "not-found"
    title = "Not found"


class ConflictError(AppError):
    """The current state does not allow the request."""

    status = 409
    slug = "conflict"
    title = "This is not possible now"


class ChangedError(AppError):
    """Edit conflict: changed since it was read (`If-Match`)."""

    status = 412
    slug = "changed"
    title = "Someone else changed this while you were editing"


class TooLargeError(AppError):
    """The body exceeds the size limit."""

    status = 413
    slug = "too-large"
    title = "This is too large"


class MediaTypeError(AppError):
    """Unsupported content type of the body."""

    status = 415
    slug = "media-type"
    title = "This content type is not supported here"
    is_encoded = False  # the content type is right, but the body is compressed


class EncodedBodyError(MediaTypeError):
    """The body is compressed, which a server without limits on unpacking must not accept."""

    slug = "content-encoding"
    title = "Compressed bodies are not supported here"
    is_encoded = True


class TooManyRequestsError(AppError):
    """Rate limit exceeded; `retry_after` is in seconds."""

    status = 429
    slug = "too-many"
    title = "Too many requests"
    retry_after: int

    def __init__(self, detail: str = "", retry_after: int = 60) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class UnavailableError(AppError):
    """Database or disk unavailable; nothing was stored."""

    status = 503
    retry_after = 10
    slug = "unavailable"
    title = "This can’t be done right now"


class LockedError(ConflictError):
    """Locked settings or invitation fields; `problems` lists each."""

    slug = "locked"
    title = "This can’t be changed any more"


class AlreadyOpenError(ConflictError):
    slug = "already-open"
    title = "This assessment is open already"


class NotClosedError(ConflictError):
    """Results and raw answers are available only after the close."""

    slug = "not-closed"
    title = "This assessment is not closed yet"


class ClosedError(ConflictError):
    slug = "closed"
    title = "This survey is not open"


class NotOpenError(ClosedError):
    """A draft, which takes no answers yet."""

    slug = "not-open"
    title = "This assessment is not open yet"


class NotDraftError(ConflictError):
    """Only a draft can be deleted."""

    slug = "not-draft"
    title = "This assessment is not a draft any more"


class LaterWaveError(ConflictError):
    """Another assessment repeats this one."""

    slug = "later-wave"
    title = "Another assessment repeats this one"


class OpenAssessmentError(ConflictError):
    """A client with an open assessment is neither archived nor erased."""

    slug = "open-assessment"
    title = "An assessment of this client is open"


class ClientArchivedError(ConflictError):
    slug = "client-archived"
    title = "This client is archived"


class LimitReachedError(ConflictError):
    """A workspace has as many of these as it can have."""

    slug = "limit-reached"
    title = "There can’t be more of these"


class ReportWithdrawnError(ConflictError):
    slug = "report-withdrawn"
    title = "This report was withdrawn"


class NothingToShowError(ConflictError):
    """An unconfirmed close that would publish no release."""

    slug = "nothing-to-show"
    title = "There would be no results"


class NoResultsError(ConflictError):
    """The assessment was closed without a release."""

    slug = "no-results"
    title = "This assessment was closed without results"


class NotAttributableError(ConflictError):
    """Raw answers can be exported only from attributable assessments."""

    slug = "not-attributable"
    title = "These answers can’t be exported"


class AlreadySentError(ConflictError):
    """Sent answers can be withdrawn, but not changed."""

    slug = "already-sent"
    title = "These answers have already been sent"


class MailNotAvailableError(ConflictError):
    slug = "mail-not-available"
    title = "This server can’t send mail"


class ConcurrentChangeError(ConflictError):
    """Two requests made the same change at the same moment; the other one was first."""

    slug = "concurrent-change"
    title = "Someone else did this at the same moment"
    retry_after = 1


class RevokedError(ConflictError):
    slug = "revoked"
    title = "This invitation has been revoked"


class MailedLinkError(ConflictError):
    """The server mails the link, so that nobody else ever has it."""

    slug = "mailed-link"
    title = "The server mails this link"


class AlreadyReplacedError(ConflictError):
    slug = "already-replaced"
    title = "This invitation has been replaced already"


class MixedSourcesError(ConflictError):
    """Responses of a file and confidential ones of invited people can't be in one assessment."""

    slug = "mixed-sources"
    title = "Responses from a file and confidential ones can’t be mixed"


class ImportInProgressError(ConflictError):
    slug = "import-in-progress"
    title = "Another file is being imported"
    retry_after = 60


class NotReopenableError(ConflictError):
    slug = "not-reopenable"
    title = "This assessment can’t be opened again"


class QuestionnaireChangedError(ConflictError):
    """A published version of a questionnaire has other content now."""

    slug = "questionnaire-changed"
    title = "The questionnaire differs from what was published"


class NobodyCountsError(ConflictError):
    """Mail domains are named, but nobody was invited by mail to an address there."""

    slug = "nobody-counts"
    title = "Nobody who is invited would count"


class NothingToMailError(ConflictError):
    """Nobody can be mailed or reminded at present."""

    slug = "nothing-to-mail"
    title = "There is nobody to mail now"


class NoClosingDateError(ConflictError):
    """Nobody can be notified that an assessment closes soon which has no last day."""

    slug = "no-closing-date"


class AddressTakenError(ConflictError):
    """Another user has this email address."""

    slug = "address-taken"


class IdempotencyInProgressError(ConflictError):
    slug = "idempotency-in-progress"
    title = "A request with this Idempotency-Key is in progress"
    retry_after = 1


class IdempotencyMismatchError(InvalidError):
    """The Idempotency-Key was used for a request with another method, path, query or body."""

    slug = "idempotency-mismatch"
    title = "This Idempotency-Key was used for another request"
