"""Router of the survey: link and start page, sections, check page, sending, withdrawal."""

from litestar import Router
from litestar.di import Provide

from assessment.errors import AlreadySentError, AssessmentError, ClosedError, UnauthenticatedError
from assessment.web.guards import StrangerError
from assessment.web.survey import (
    answering,
    codes,
    conflicts,
    ending,
    entrance,
    leaving,
    problems,
    respondents,
    resuming,
)
from assessment.web.survey.preview import preview
from assessment.web.survey.save_errors import or_reason
from assessment.web.survey.states import MovedError, RenewedError, SetAsideError, WithdrawnError

__all__ = ["preview", "router"]

router = Router(
    "/",
    route_handlers=[
        entrance.start,
        entrance.enter,
        codes.ask_code,
        codes.enter_code,
        codes.ask_link_and_code,
        codes.enter_link_and_code,
        answering.survey,
        answering.show,
        answering.go_on,
        answering.keep_answer,
        conflicts.show_conflicts,
        conflicts.choose_answer,
        resuming.show_form,
        resuming.resume,
        problems.show_problem,
        ending.check,
        ending.send,
        ending.show_sent_elsewhere,
        ending.thanks,
        ending.ask_to_withdraw,
        ending.withdraw,
        ending.withdrawn,
        leaving.ask_to_finish,
        leaving.finish,
        leaving.finished,
        leaving.dismiss_links,
    ],
    dependencies={
        "respondent": Provide(respondents.respondent, sync_to_thread=True),
        "questionnaire": Provide(respondents.questionnaire, sync_to_thread=True),
        "own_draft": Provide(respondents.own_draft, sync_to_thread=True),
    },
    exception_handlers={
        kind: or_reason(handler)
        for kind, handler in {
            AlreadySentError: ending.finished,
            ClosedError: ending.finished,
            WithdrawnError: ending.finished,
            SetAsideError: ending.finished,
            MovedError: leaving.moved,
            RenewedError: leaving.renew,
            UnauthenticatedError: leaving.lost,
            StrangerError: resuming.ask,
            AssessmentError: problems.redirect_failure,
        }.items()
    },
)
