"""Errors for responses that cannot be edited: sent, withdrawn, moved, set aside, or closed."""

from assessment.domain.closed_sets import AssessmentState, ResponseState
from assessment.errors import AlreadySentError, ClosedError, ConflictError
from assessment.services.auth.principals import Respondent


class WithdrawnError(ConflictError):
    """The respondent has withdrawn the answers."""

    slug = "withdrawn"
    title = "You have withdrawn your answers"


class SetAsideError(ConflictError):
    """The response was moved by its code, and the first browser has reported that this was someone else."""

    slug = "set-aside"
    title = "These answers were set aside"


class MovedError(ConflictError):
    """The code has moved the response to another browser."""

    slug = "moved"
    title = "Your answers were moved to another browser"

    def __init__(self, respondent: Respondent) -> None:
        super().__init__()
        self.respondent = respondent


class SessionRenewedError(ConflictError):
    """The answers were sent with the earlier cookie, and the renewed cookie never reached the browser."""

    slug = "already-sent"
    title = "These answers have already been sent"

    def __init__(self, session: str) -> None:
        super().__init__()
        self.session = session


def refuse_finished_response(respondent: Respondent) -> None:
    """Raise the error of a response that can't be edited; do nothing for an open one."""
    if respondent.state == ResponseState.WITHDRAWN:
        raise WithdrawnError
    if respondent.state == ResponseState.SET_ASIDE:
        raise SetAsideError
    if respondent.state == ResponseState.SENT:
        raise AlreadySentError
    if respondent.assessment_state != AssessmentState.OPEN:
        raise ClosedError
