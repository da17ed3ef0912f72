"""Where a response stands: still to be answered, sent, withdrawn, moved, set aside, or too late."""

from assessment.errors import AlreadySentError, ClosedError, ConflictError
from assessment.services.principals import Respondent


class WithdrawnError(ConflictError):
    """The respondent took the answers back."""

    slug = "withdrawn"
    title = "You have withdrawn your answers"


class SetAsideError(ConflictError):
    """The browser that the response was moved from has said that this was someone else."""

    slug = "set-aside"
    title = "These answers were set aside"


class MovedError(ConflictError):
    """The response was moved to another browser by its code."""

    slug = "moved"
    title = "Your answers were moved to another browser"

    def __init__(self, who: Respondent) -> None:
        super().__init__()
        self.who = who


class RenewedError(ConflictError):
    """The answers were sent with the old cookie a moment ago; the new one never reached the browser."""

    slug = "already-sent"
    title = "These answers have already been sent"

    def __init__(self, session: str) -> None:
        super().__init__()
        self.session = session


def refuse_finished(who: Respondent) -> None:
    """Raise where nothing can be answered any more."""
    if who.state == "withdrawn":
        raise WithdrawnError
    if who.state == "set-aside":
        raise SetAsideError
    if who.state == "sent":
        raise AlreadySentError
    if who.assessment_state != "open":
        raise ClosedError
