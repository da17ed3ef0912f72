"""Router of the consultants' console."""

from litestar import Router
from litestar.di import Provide

from assessment.errors import UnauthenticatedError
from assessment.services.limiting import Limiter
from assessment.web.console import (
    assessment,
    benchmarks,
    correcting,
    exports,
    founding,
    handing,
    home,
    identity,
    people,
    rehearsal,
    results,
    signing,
    tuning,
)
from assessment.web.console.form import form
from assessment.web.console.refusals import RefusedError, show

__all__ = ["router"]

ROUTES = (
    signing.ask,
    signing.sign_in,
    signing.sign_out,
    home.home,
    founding.ask,
    founding.create,
    assessment.show,
    assessment.show_progress,
    assessment.open_it,
    assessment.ask_to_close,
    assessment.close,
    assessment.ask_to_reopen,
    assessment.reopen,
    people.show,
    people.add_one,
    people.add_many,
    people.make_link,
    handing.make_links,
    people.ask_to_revoke,
    people.revoke,
    correcting.ask_to_correct,
    correcting.correct,
    tuning.ask,
    tuning.change,
    rehearsal.choose,
    rehearsal.rehearse_first,
    rehearsal.rehearse,
    results.show,
    results.download,
    exports.export,
    exports.export_responses,
    benchmarks.show,
)


def router() -> Router:
    """Create the router; each application gets its own rate limiter for sign-in."""
    limiter = Limiter()
    return Router(
        "/console",
        route_handlers=ROUTES,
        dependencies={
            "consultant": Provide(identity.consultant, sync_to_thread=True),
            "form": Provide(form),
            "limiter": Provide(lambda: limiter, sync_to_thread=False),
        },
        exception_handlers={
            UnauthenticatedError: identity.ask_to_sign_in,
            RefusedError: show,
        },
    )
