"""Errors that are expected: each knows its status, its title and what to do about it.

One place each turns them into a page (`web`), a problem document (`api`) or an exit code (`cli`).
"""

from collections.abc import Sequence

from msgspec import Struct


class Filled(str):
    """An English text with values put in; `template` and `values` let it be said in another language."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]


def with_values(template: str, **values: object) -> Filled:
    """Put values into a text that a reader may see: `{name}` by name, several joined by commas."""
    filled = Filled(template.format_map({name: _plainly(value) for name, value in values.items()}))
    filled.template, filled.values = template, values
    return filled


def _plainly(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


class Problem(Struct, frozen=True):
    """One thing that is wrong, where it is, and how to mend it."""

    message: str
    remedy: str = ""
    file: str = ""
    line: int | None = None
    column: str = ""
    pointer: str = ""  # RFC 6901, for API bodies

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part not in ("", None))
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} {self.remedy}".rstrip()


class AssessmentError(Exception):
    """Base of every expected error."""

    status = 500
    slug = "error"
    title = "Something went wrong"

    def __init__(self, detail: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.problems = tuple(problems)


class InvalidError(AssessmentError):
    """The input is wrong; `problems` names every place at once."""

    status = 422
    slug = "invalid"
    title = "Some of the input is wrong"


class UnreadableError(AssessmentError):
    """The body can't be read at all."""

    status = 400
    slug = "unreadable"
    title = "The request can't be read"


class UnauthenticatedError(AssessmentError):
    """Nobody is signed in, or the key or session has ended."""

    status = 401
    slug = "sign-in"
    title = "Sign in first"


class ForbiddenError(AssessmentError):
    """Signed in, but not allowed to do this."""

    status = 403
    slug = "forbidden"
    title = "You are not allowed to do this"


class NotFoundError(AssessmentError):
    """Absent, or another workspace's: the two look the same."""

    status = 404
    slug = "not-found"
    title = "Not found"


class ConflictError(AssessmentError):
    """The thing is in a state that does not allow this."""

    status = 409
    slug = "conflict"
    title = "This is not possible now"


class ChangedError(AssessmentError):
    """It changed since it was read (`If-Match`)."""

    status = 412
    slug = "changed"
    title = "Someone else changed this while you were editing"


class TooLargeError(AssessmentError):
    """The body is larger than taken in."""

    status = 413
    slug = "too-large"
    title = "This is too large"


class MediaTypeError(AssessmentError):
    """The body has a content type that is not taken here."""

    status = 415
    slug = "media-type"
    title = "This content type is not taken here"


class TooManyError(AssessmentError):
    """Too many tries; `retry_after` seconds."""

    status = 429
    slug = "too-many"
    title = "Too many tries"

    def __init__(self, detail: str = "", retry_after: int = 60) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class UnavailableError(AssessmentError):
    """The database or the disk does not answer; nothing was stored."""

    status = 503
    slug = "unavailable"
    title = "This can't be done right now"


class LockedError(ConflictError):
    """A setting, or what an invitation states, that no longer changes; `problems` name each field."""

    slug = "locked"
    title = "This can't be changed any more"


class AlreadyOpenError(ConflictError):
    """The assessment is open already."""

    slug = "already-open"
    title = "This assessment is open already"


class NotClosedError(ConflictError):
    """There are no results, and no raw answers, before the close."""

    slug = "not-closed"
    title = "This assessment is not closed yet"


class NothingToShowError(ConflictError):
    """A close that would publish nothing, and was not confirmed."""

    slug = "nothing-to-show"
    title = "There would be no results"


class NoResultsError(ConflictError):
    """The assessment was closed without a release: there was nothing to show."""

    slug = "no-results"
    title = "This assessment was closed without results"


class NotAttributableError(ConflictError):
    """Raw answers are exported only where respondents were told that they carry their name."""

    slug = "not-attributable"
    title = "These answers can't be exported"


class AlreadySentError(ConflictError):
    """The answers have been sent: they can be withdrawn, not changed."""

    slug = "already-sent"
    title = "These answers have already been sent"


class ClosedError(ConflictError):
    """The assessment is not open for answers."""

    slug = "closed"
    title = "This survey is not open"


class MailNotAvailableError(ConflictError):
    """The server can't send mail."""

    slug = "mail-not-available"
    title = "This server can't send mail"
