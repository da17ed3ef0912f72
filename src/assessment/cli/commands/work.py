"""`assessment work`: run a worker for mail, reminders, webhooks and large requests."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import click

from assessment.cli.support import environment
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import print_note
from assessment.cli.support.messages import translate_text as _

STOP_SECONDS = 8.0  # for the mail under way; it exits within 10 s


@click.command(cls=CommandWithExamples, examples=("assessment work",))
def run_worker() -> None:
    """Send mail, reminders and webhooks until stopped. For PostgreSQL; run as many as needed."""
    from assessment.cli.support import inputs
    from assessment.domain import struct_types
    from assessment.services.bulk.bulk_worker import BulkWorker
    from assessment.services.delivery.mail_settings import make_mail_settings
    from assessment.services.delivery.outbox_worker import OutboxWorker
    from assessment.services.operations import audit_trail
    from assessment.services.webhooks.delivery_worker import WebhookSettings, WebhookWorker
    from assessment.services.webhooks.public_addresses import parse_networks

    with environment.open_database() as (current_settings, engine):
        struct_types.build_type_information()
        audit_trail.attach_secret(engine, current_settings.secret)
        mail = make_mail_settings(current_settings)
        webhooks = WebhookSettings(current_settings.secret, parse_networks(current_settings.webhook_networks))
        runs = [
            WebhookWorker(engine, webhooks, environment.current_time).run,
            BulkWorker(engine, inputs.open_catalogue(), current_settings.secret, environment.current_time).run,
        ]
        if mail is None:
            note = _("Sending webhooks, but no mail: ASSESSMENT_SMTP_URL is not set. Ctrl-C ends it.")
        else:
            note = _("Sending mail as {sender}, and webhooks. Ctrl-C ends it.").format(sender=mail.sender)
            runs.append(OutboxWorker(engine, mail, environment.current_time).run)
        asyncio.run(_run_until_stopped(note, *runs))


async def _run_until_stopped(note: str, *runs: Callable[[asyncio.Event, float], Awaitable[None]]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    print_note(note)
    async with asyncio.TaskGroup() as tasks:
        for run in runs:
            tasks.create_task(_await_run(run, stopping))


async def _await_run(run: Callable[[asyncio.Event, float], Awaitable[None]], stopping: asyncio.Event) -> None:
    await run(stopping, STOP_SECONDS)
