"""Where a response stands: still to be answered, sent, withdrawn, or too late."""

from assessment.errors import AlreadySentError, ClosedError, ConflictError
from assessment.services.principals import Respondent


class WithdrawnError(ConflictError):
    """The respondent took the answers back."""

    slug = "withdrawn"
    title = "You have withdrawn your answers"


class StandingError(ClosedError):
    """It has closed, and results that were published before stand: later answers are in none."""


def refuse_finished(who: Respondent) -> None:
    """Raise where nothing can be answered any more; `pages_of` says each of these in its own words."""
    if who.state == "withdrawn":
        raise WithdrawnError
    if who.state == "sent":
        raise AlreadySentError
    if who.assessment_state != "open":
        raise StandingError if who.stands else ClosedError
