"""`assessment work`: run a worker for mail and reminders."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import click

from assessment.cli.support import environment
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import print_note
from assessment.cli.support.messages import translate_text as _
from assessment.errors import Problem

STOP_SECONDS = 8.0  # for the mail under way; it exits within 10 s


@click.command(cls=CommandWithExamples, examples=("assessment work",))
def run_worker() -> None:
    """Send mail and reminders until stopped. For PostgreSQL; run as many as needed."""
    from assessment.domain import struct_types
    from assessment.services.delivery.mail_settings import make_mail_settings
    from assessment.services.delivery.outbox_worker import OutboxWorker

    with environment.open_database() as (chosen, engine):
        struct_types.build_type_information()
        mail = make_mail_settings(chosen)
        if mail is None:
            remedy = _("Set it like smtp://name:password@mail.example.org:587.")
            problem = Problem(_("is missing."), remedy, file="ASSESSMENT_SMTP_URL")
            raise CommandError(_("No mail server is configured."), [problem])
        print_note(_("Sending mail as {sender}. Ctrl-C ends it.").format(sender=mail.sender))
        asyncio.run(_run_until_stopped(OutboxWorker(engine, mail, environment.current_time).run))


async def _run_until_stopped(run: Callable[[asyncio.Event, float], Awaitable[None]]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await run(stopping, STOP_SECONDS)
