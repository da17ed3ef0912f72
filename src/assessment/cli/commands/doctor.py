"""`assessment doctor`: check the installation and list what to fix."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from assessment import settings
from assessment.cli.support import environment, inputs
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import N_, print_success, write_commands
from assessment.cli.support.messages import translate_text as _
from assessment.errors import AppError, InvalidError, Problem, UnavailableError

if TYPE_CHECKING:
    from assessment.services.delivery.mail_settings import MailSettings
    from assessment.services.operations.audit_trail import AuditFault
    from assessment.settings import OidcSettings, Settings

MIN_FREE_BYTES = 200 * 1024 * 1024  # bytes; enough for a large survey and a copy of it
MAIL_TIMEOUT_SECONDS = 10
MARK_WIDTH = len("fix")
NAME_WIDTH = len("ASSESSMENT_QUESTIONNAIRES")
MIN_CHARACTERS = 200  # fewer than any font with a Western language has
MAIL_PROBLEMS = {
    "unreachable": (
        N_("{host} can’t be reached: {detail}"),
        N_("Check host and port in ASSESSMENT_SMTP_URL, and whether a firewall is in between."),
    ),
    "unencrypted": (
        N_("{host} offers no STARTTLS: passwords and links would travel unencrypted."),
        N_("Use a server that offers it, or smtps:// if it expects TLS from the start."),
    ),
    "certificate": (
        N_("The certificate of {host} is not trusted: {detail}"),
        N_("Use the host name in the certificate, or install the certificate of its authority."),
    ),
    "sign-in": (
        N_("{host} refuses the sign-in: {detail}"),
        N_("Check name and password in ASSESSMENT_SMTP_URL; write special characters like @ as %40."),
    ),
    "sender": (
        N_("{host} refuses the sender: {detail}"),
        N_("Set ASSESSMENT_MAIL_FROM to an address that this account may send from."),
    ),
}


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
        click.echo(f"      {write_commands(str(problem))}")


def _run_checks() -> Iterator[InstallationCheck]:
    try:
        current_settings = environment.load_settings()
    except InvalidError as error:
        yield InstallationCheck(_("Settings"), problems=error.problems)
    else:
        for name, value in settings.describe_settings(current_settings).items():
            yield InstallationCheck(name, value)
        if problem := environment.find_proxy_problem(current_settings):
            yield InstallationCheck(_("Proxies"), problems=(problem,))
        result = _run_check(_("Database"), lambda: _check_database(current_settings))
        yield result
        if not result.problems:
            yield _run_check(_("Contents"), lambda: _check_contents(current_settings))
            yield _run_check(_("Audit log"), lambda: _check_audit_log(current_settings))
        from assessment.services.delivery.mail_settings import make_mail_settings

        if mail := make_mail_settings(current_settings):
            yield _run_check(_("Mail"), lambda: _check_mail(mail))
        if oidc := current_settings.oidc:
            yield _run_check(_("Sign-in by a provider"), lambda: _check_provider(current_settings, oidc))
        yield _run_check(_("Disk"), lambda: _check_disk(current_settings))
        yield _run_check(_("Files"), lambda: _check_file_modes(current_settings))
    yield _run_check(_("Questionnaires"), _check_questionnaires)
    yield _run_check(_("Fonts"), _check_fonts)


def _run_check(name: str, check: Callable[[], InstallationCheck]) -> InstallationCheck:
    from sqlalchemy.exc import DatabaseError

    from assessment.cli.support import database_checks

    try:
        result = check()
    except AppError as error:
        result = InstallationCheck(name, problems=error.problems or (Problem(error.detail),))
    except OSError as error:
        result = InstallationCheck(name, problems=(Problem(str(error)),))
    except DatabaseError as error:
        result = InstallationCheck(name, problems=(database_checks.describe_failure(error),))
    return InstallationCheck(name, result.status, result.problems)


def _check_database(current_settings: Settings) -> InstallationCheck:
    """Connect and compare the schema."""
    from assessment.cli.support import database_checks

    with environment.open_engine(current_settings) as engine:
        try:
            problem = environment.find_schema_problem(engine)
        except UnavailableError as error:
            problem = database_checks.describe_unavailable(engine, error)
    return InstallationCheck(
        "", _("answers, in the newest schema") if problem is None else "", (problem,) if problem else ()
    )


def _check_contents(current_settings: Settings) -> InstallationCheck:
    """Check a database of the newest schema: intact, writable, durable, with users and a worker for its mails."""
    from assessment.cli.support import database_checks

    with environment.open_engine(current_settings) as engine:
        problems = tuple(database_checks.find_database_problems(current_settings, engine))
    return InstallationCheck("", "" if problems else _("intact, and can be written to"), problems)


def _check_file_modes(current_settings: Settings) -> InstallationCheck:
    """Check that secrets and answers are readable by their owner only."""
    from assessment.cli.support import database_checks

    problems = tuple(database_checks.find_exposed_files(current_settings))
    return InstallationCheck("", "" if problems else _("readable by their owner only"), problems)


def _check_audit_log(current_settings: Settings) -> InstallationCheck:
    """Verify every entry of every workspace."""
    from assessment.services.operations import audit_trail
    from assessment.storage import database

    with environment.open_engine(current_settings) as engine, database.read_session(engine) as session:
        faults = tuple(_make_problem(fault) for fault in audit_trail.verify_logs(session, current_settings.secret))
        count = audit_trail.count_entries(session)
    return InstallationCheck("", "" if faults else _("{count} entries, none altered").format(count=count), faults)


def _make_problem(fault: AuditFault) -> Problem:
    where = _("entry {number}").format(number=fault.number) if fault.number else _("its beginning or its end")
    return Problem(
        _("The audit log of workspace {workspace} was altered: {where}.").format(
            workspace=fault.workspace_id, where=where
        ),
        _(
            "Set ASSESSMENT_SECRET to what it was, if it was changed. Otherwise look what differs from a backup, or go "
            "back to it ({command})."
        ).format(command="assessment restore BACKUP --replace"),
    )


def _check_mail(mail: MailSettings) -> InstallationCheck:
    """Connect, encrypt and sign in to the mail server without sending."""
    from assessment.services.delivery import mail_check

    check = asyncio.run(mail_check.check_mail_server(mail, MAIL_TIMEOUT_SECONDS))
    if check.problem is not None:
        reason, remedy = MAIL_PROBLEMS[check.problem]
        text = _(reason).format(host=check.host, detail=check.detail)
        return InstallationCheck("", problems=(Problem(text, _(remedy)),))
    return InstallationCheck("", _("{host} answers, and accepts {sender}").format(host=check.host, sender=mail.sender))


def _check_provider(current_settings: Settings, oidc: OidcSettings) -> InstallationCheck:
    """Load the discovery document of the OpenID Connect provider."""
    from assessment.services.auth.oidc_sign_in import CALLBACK_PATH, OidcError, OidcProvider

    provider = OidcProvider(oidc, current_settings.public_url, current_settings.secret)
    try:
        provider.load_metadata(environment.current_time())
    except OidcError as error:
        text = _("{issuer} can’t be used: {detail}").format(issuer=oidc.issuer, detail=error.cause)
        remedy = _("Check ASSESSMENT_OIDC_ISSUER, and whether a firewall is in between.")
        return InstallationCheck("", problems=(Problem(text, remedy),))
    redirect = f"{current_settings.public_url}{CALLBACK_PATH}"
    return InstallationCheck("", _("{name} answers; redirect URI: {url}").format(name=oidc.name, url=redirect))


def _check_disk(current_settings: Settings) -> InstallationCheck:
    folder: Path = current_settings.data
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryFile(dir=folder) as file:
        file.write(b"doctor")
    free = shutil.disk_usage(folder).free
    free_space = _("{count} MB free in {folder}").format(count=free // 1024**2, folder=folder)
    if free >= MIN_FREE_BYTES:
        return InstallationCheck("", free_space)
    return InstallationCheck(
        "",
        problems=(
            Problem(free_space + ".", _("Free {count} MB of disk space.").format(count=MIN_FREE_BYTES // 1024**2)),
        ),
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
    missing = Problem(_("The report’s fonts are incomplete."), _("Install the program again."))
    return InstallationCheck(
        "", _("{count} characters").format(count=letters), () if letters >= MIN_CHARACTERS else (missing,)
    )
