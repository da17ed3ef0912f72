"""`assessment doctor`: check the installation and list what to fix."""

from __future__ import annotations

import shutil
import smtplib
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from msgspec import Struct

from assessment import settings
from assessment.cli.support import environment, inputs
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import print_success
from assessment.cli.support.messages import translate_text as _
from assessment.errors import AppError, InvalidError, Problem

if TYPE_CHECKING:
    from assessment.services.operations.audit_trail import AuditFault
    from assessment.settings import Settings

MINIMUM_FREE_BYTES = 200 * 1024 * 1024  # bytes; enough for a large survey and a copy of it
MAIL_TIMEOUT_SECONDS = 10
MARK_WIDTH = len("fix")
NAME_WIDTH = len("ASSESSMENT_QUESTIONNAIRES")
MINIMUM_CHARACTERS = 200  # fewer than any font with a Western language has


class InstallationCheck(Struct, frozen=True):
    """Result of one check: a status or the problems."""

    name: str
    status: str = ""
    problems: tuple[Problem, ...] = ()


@click.command(cls=CommandWithExamples, examples=("assessment doctor",))
def check_installation() -> None:
    """Check settings, database, mail, questionnaires, fonts and disk; list what to fix."""
    findings = []
    for finding in _run_checks():
        findings.append(finding)
        _print_check(finding)
    if count := sum(len(finding.problems) for finding in findings):
        raise CommandError(_("{count} to fix.").format(count=count))
    print_success(_("All is well."))


def _print_check(finding: InstallationCheck) -> None:
    word, colour = (_("fix"), "red") if finding.problems else (_("ok"), "green")
    mark = click.style(word, fg=colour) + " " * (
        MARK_WIDTH - len(word)
    )  # padded here, since colour codes have no width
    click.echo(f"{mark}  {finding.name:<{NAME_WIDTH}} {finding.status}".rstrip())
    for problem in finding.problems:
        click.echo(f"      {problem}")


def _run_checks() -> Iterator[InstallationCheck]:
    try:
        chosen = environment.load_settings()
    except InvalidError as error:
        yield InstallationCheck(_("Settings"), problems=error.problems)
    else:
        for name, value in settings.describe_settings(chosen).items():
            yield InstallationCheck(name, value)
        if problem := environment.find_proxy_problem(chosen):
            yield InstallationCheck(_("Proxies"), problems=(problem,))
        result = _run_check(_("Database"), lambda: _check_database(chosen))
        yield result
        if not result.problems:
            yield _run_check(_("Audit log"), lambda: _check_audit_log(chosen))
        if chosen.smtp_url:
            yield _run_check(_("Mail"), lambda: _check_mail(chosen.smtp_url or ""))
        yield _run_check(_("Disk"), lambda: _check_disk(chosen))
    yield _run_check(_("Questionnaires"), _check_questionnaires)
    yield _run_check(_("Fonts"), _check_fonts)


def _run_check(name: str, check: Callable[[], InstallationCheck]) -> InstallationCheck:
    try:
        result = check()
    except AppError as error:
        result = InstallationCheck(name, problems=error.problems or (Problem(error.detail),))
    except (OSError, smtplib.SMTPException) as error:
        result = InstallationCheck(name, problems=(Problem(str(error)),))
    return InstallationCheck(name, result.status, result.problems)


def _check_database(chosen: Settings) -> InstallationCheck:
    with environment.open_engine(chosen) as engine:
        problem = environment.find_schema_problem(engine)
    return InstallationCheck(
        "", _("answers, in the newest schema") if problem is None else "", (problem,) if problem else ()
    )


def _check_audit_log(chosen: Settings) -> InstallationCheck:
    """Verify every entry of every workspace."""
    from assessment.services.operations import audit_trail
    from assessment.storage import database

    with environment.open_engine(chosen) as engine, database.read_session(engine) as session:
        faults = tuple(_make_problem(fault) for fault in audit_trail.verify_logs(session, chosen.secret))
        count = audit_trail.count_entries(session)
    return InstallationCheck("", "" if faults else _("{count} entries, none altered").format(count=count), faults)


def _make_problem(fault: AuditFault) -> Problem:
    where = _("entry {number}").format(number=fault.number) if fault.number else _("its beginning or its end")
    return Problem(
        _("The audit log of workspace {workspace} was altered: {where}.").format(
            workspace=fault.workspace_id, where=where
        ),
        _("Compare it with a backup. After a change of ASSESSMENT_SECRET, all of it counts as altered."),
    )


def _check_mail(url: str) -> InstallationCheck:
    """Connect and sign in to the mail server without sending."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=MAIL_TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=MAIL_TIMEOUT_SECONDS)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if parts.username:
            server.login(parts.username, parts.password or "")
    return InstallationCheck("", _("{host} answers").format(host=host))


def _check_disk(chosen: Settings) -> InstallationCheck:
    folder: Path = chosen.data
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryFile(dir=folder) as file:
        file.write(b"doctor")
    free = shutil.disk_usage(folder).free
    room = _("{count} MB free in {folder}").format(count=free // 1024**2, folder=folder)
    if free >= MINIMUM_FREE_BYTES:
        return InstallationCheck("", room)
    return InstallationCheck(
        "", problems=(Problem(room + ".", _("Make room for {count} MB.").format(count=MINIMUM_FREE_BYTES // 1024**2)),)
    )


def _check_questionnaires() -> InstallationCheck:
    catalogue = inputs.open_catalogue()
    return InstallationCheck(
        "",
        ", ".join(f"{entry.id} {entry.version}" for entry in catalogue.list()),
        catalogue.find_problems(),
    )


def _check_fonts() -> InstallationCheck:
    from assessment.pdf.typesetting import fonts

    letters = len(fonts.register_fonts())
    missing = Problem(_("The report's fonts are not whole."), _("Install the program again."))
    return InstallationCheck(
        "", _("{count} characters").format(count=letters), () if letters >= MINIMUM_CHARACTERS else (missing,)
    )
