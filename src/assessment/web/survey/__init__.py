"""The respondents' pages: a link, a start page, sections, a check page, and thanks."""

from litestar import Router
from litestar.di import Provide

from assessment.errors import AlreadySentError, ClosedError
from assessment.web.guards import StrangerError
from assessment.web.survey import answering, comparing, ending, entrance, respondents, resuming
from assessment.web.survey.preview import preview
from assessment.web.survey.states import WithdrawnError

__all__ = ["preview", "router"]

router = Router(
    "/",
    route_handlers=[
        entrance.start,
        entrance.enter,
        entrance.show_code,
        answering.survey,
        answering.show,
        answering.go_on,
        answering.keep_answer,
        resuming.resume,
        ending.check,
        ending.send,
        ending.thanks,
        ending.ask_to_withdraw,
        ending.withdraw,
        ending.ask_for_code,
        ending.withdraw_by_code,
        ending.withdrawn,
        comparing.compare,
    ],
    dependencies={
        "respondent": Provide(respondents.respondent, sync_to_thread=True),
        "questionnaire": Provide(respondents.questionnaire, sync_to_thread=True),
    },
    exception_handlers={
        AlreadySentError: ending.finished,
        ClosedError: ending.finished,
        WithdrawnError: ending.finished,
        StrangerError: resuming.ask,
    },
)
