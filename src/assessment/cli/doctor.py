"""`assessment doctor`: check the installation and list what to fix."""

import shutil
import smtplib
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

import click
from msgspec import Struct

from assessment import settings
from assessment.cli import inputs, place
from assessment.cli.failing import Failed
from assessment.cli.groups import WithExamples
from assessment.cli.words import done
from assessment.cli.words import translate as _
from assessment.errors import AssessmentError, InvalidError, Problem
from assessment.services import auditing
from assessment.settings import Settings
from assessment.storage import database

ROOM = 200 * 1024 * 1024  # bytes; enough for a large survey and a copy of it
MAIL_SECONDS = 10
MARK = len("fix")
WIDEST = len("ASSESSMENT_QUESTIONNAIRES")
LETTERS = 200  # fewer than any font with a Western language has


class Finding(Struct, frozen=True):
    """Result of one check: a status or the problems."""

    name: str
    found: str = ""
    problems: tuple[Problem, ...] = ()


@click.command(cls=WithExamples, examples=("assessment doctor",))
def doctor() -> None:
    """Check settings, database, mail, questionnaires, fonts and disk; list what to fix."""
    findings = []
    for finding in _findings():
        findings.append(finding)
        _write(finding)
    if count := sum(len(finding.problems) for finding in findings):
        raise Failed(_("{count} to fix.").format(count=count))
    done(_("All is well."))


def _write(finding: Finding) -> None:
    word, colour = (_("fix"), "red") if finding.problems else (_("ok"), "green")
    mark = click.style(word, fg=colour) + " " * (MARK - len(word))  # padded here, since colour codes have no width
    click.echo(f"{mark}  {finding.name:<{WIDEST}} {finding.found}".rstrip())
    for problem in finding.problems:
        click.echo(f"      {problem}")


def _findings() -> Iterator[Finding]:
    try:
        chosen = place.configured()
    except InvalidError as error:
        yield Finding(_("Settings"), problems=error.problems)
    else:
        for name, value in settings.describe(chosen).items():
            yield Finding(name, value)
        if problem := place.proxy_problem(chosen):
            yield Finding(_("Proxies"), problems=(problem,))
        found = _tried(_("Database"), lambda: _database(chosen))
        yield found
        if not found.problems:
            yield _tried(_("Audit log"), lambda: _audit_log(chosen))
        if chosen.smtp_url:
            yield _tried(_("Mail"), lambda: _mail(chosen.smtp_url or ""))
        yield _tried(_("Disk"), lambda: _disk(chosen))
    yield _tried(_("Questionnaires"), _questionnaires)
    yield _tried(_("Fonts"), _fonts)


def _tried(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        found = check()
    except AssessmentError as error:
        found = Finding(name, problems=error.problems or (Problem(error.detail),))
    except (OSError, smtplib.SMTPException) as error:
        found = Finding(name, problems=(Problem(str(error)),))
    return Finding(name, found.found, found.problems)


def _database(chosen: Settings) -> Finding:
    with place.opened(chosen) as engine:
        problem = place.schema_problem(engine)
    return Finding("", _("answers, in the newest schema") if problem is None else "", (problem,) if problem else ())


def _audit_log(chosen: Settings) -> Finding:
    """Verify every entry of every workspace."""
    with place.opened(chosen) as engine, database.reading(engine) as session:
        faults = tuple(_fault(each) for each in auditing.verify_logs(session, chosen.secret))
        count = auditing.count_entries(session)
    return Finding("", "" if faults else _("{count} entries, none altered").format(count=count), faults)


def _fault(fault: auditing.Fault) -> Problem:
    where = _("entry {number}").format(number=fault.number) if fault.number else _("its beginning or its end")
    return Problem(
        _("The audit log of workspace {workspace} was altered: {where}.").format(
            workspace=fault.workspace_id, where=where
        ),
        _("Compare it with a backup. After a change of ASSESSMENT_SECRET, all of it counts as altered."),
    )


def _mail(url: str) -> Finding:
    """Connect and sign in to the mail server without sending."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=MAIL_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=MAIL_SECONDS)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if parts.username:
            server.login(parts.username, parts.password or "")
    return Finding("", _("{host} answers").format(host=host))


def _disk(chosen: Settings) -> Finding:
    folder: Path = chosen.data
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryFile(dir=folder) as file:
        file.write(b"doctor")
    free = shutil.disk_usage(folder).free
    room = _("{count} MB free in {folder}").format(count=free // 1024**2, folder=folder)
    if free >= ROOM:
        return Finding("", room)
    return Finding("", problems=(Problem(room + ".", _("Make room for {count} MB.").format(count=ROOM // 1024**2)),))


def _questionnaires() -> Finding:
    library = inputs.shelf()
    return Finding("", ", ".join(f"{one.id} {one.version}" for one in library.list()), library.problems())


def _fonts() -> Finding:
    from assessment.pdf import fonts  # noqa: PLC0415 - slow to load, and its files may be missing

    letters = len(fonts.register())
    missing = Problem(_("The report's fonts are not whole."), _("Install the program again."))
    return Finding("", _("{count} characters").format(count=letters), () if letters >= LETTERS else (missing,))
