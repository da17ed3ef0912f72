"""Links by which a client reads a published report: chosen editions and formats, until a day, optionally a password."""

import hmac
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import MailKind
from assessment.domain.report.file_formats import FileFormat
from assessment.domain.survey.closing_time import compute_closing_time, get_workspace_day
from assessment.errors import InvalidError, NotFoundError, Problem, ReportWithdrawnError
from assessment.i18n.messages import N_
from assessment.services.auth import passwords, tokens
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.delivery import console_mails
from assessment.services.delivery.console_mails import ConsoleMail
from assessment.services.delivery.mail_messages import is_mailable_address
from assessment.services.delivery.mail_settings import require_mail
from assessment.services.operations import audit_trail
from assessment.services.reports import published_reports as publishing
from assessment.services.reports.published_reports import FrozenReport
from assessment.storage import assessments
from assessment.storage.results import published_reports, share_links
from assessment.storage.results.published_reports import PublishedReport
from assessment.storage.results.share_links import ShareLink

LINK_SHARED, SHARE_REVOKED = "report.shared", "report.share-revoked"
MAX_LIFETIME = timedelta(days=365)  # after today
MAX_NOTE_LENGTH = 240
MAX_TOKEN_LENGTH = 200
PASS_LIFETIME = timedelta(hours=1)
PASS_PURPOSE = "share"  # noqa: S105  # the purpose of a signature
TRIES_FOR_LINK, TRIES_FOR_ADDRESS = 10, 30  # tries by one address in 15 minutes: at one link, at all links


class NewShareLink(Struct, frozen=True):
    """Link to create, by a user or an API key.

    `last_day`: the last one on which it opens, in the time zone of the workspace.
    `recipient`: the address to mail it to, or empty; `password` may be empty.
    """

    note: str
    audiences: tuple[str, ...]
    formats: tuple[str, ...]
    last_day: date
    password: str
    recipient: str
    user_id: str | None = None
    key_id: str | None = None


class CreatedLink(Struct, frozen=True):
    """A new link with its path, which is shown once."""

    id: str
    path: str


class OpenedLink(Struct, frozen=True):
    """A live link with its report."""

    link: ShareLink
    report: PublishedReport


class EndedLinkError(NotFoundError):
    """Raised for a link that has expired or was revoked, or whose report was withdrawn."""

    status = 410


def create_link(
    session: Session, key: AssessmentKey, report_id: str, new: NewShareLink, now: datetime, random: Random = RANDOM
) -> CreatedLink:
    """Create a link, and mail it if asked: only the hash of the token is stored.

    `InvalidError` lists the problems; `ReportWithdrawnError` for a withdrawn report.
    """
    assessment = assessments.find_assessment(session, key, lock=True)
    report = published_reports.find_report(session, key, report_id)
    if report.withdrawn_at is not None:
        raise ReportWithdrawnError(N_("This report was withdrawn. Publish it again to share it."))
    frozen = publishing.load_frozen_report(session, report)
    problems = list_link_problems(new, frozen, get_workspace_day(now, assessment.time_zone))
    if problems:
        raise InvalidError(problems=problems)
    token = tokens.generate_token(random)
    link_id = tokens.generate_id(random)
    share_links.add_link(
        session,
        {
            "id": link_id,
            "workspace_id": key.workspace_id,
            "report_id": report.id,
            "token_hash": tokens.hash_token(token),
            "note": new.note,
            "audiences": list(new.audiences),
            "formats": list(new.formats),
            "password_hash": passwords.hash_password(new.password) if new.password else None,
            "user_id": new.user_id,
            "key_id": new.key_id,
            "created_at": now,
            "expires_at": compute_closing_time(new.last_day, assessment.time_zone),
        },
    )
    path = f"/r/{token}"
    if new.recipient:
        text = console_mails.make_report_text(
            assessment,
            report.language,
            frozen.job.contents.details.author or assessment.asker,
            new.last_day,
            has_password=bool(new.password),
        )
        message = ConsoleMail(MailKind.REPORT, new.recipient, path, text, report.language, assessment.id)
        console_mails.queue_console_mail(session, require_mail(session), key.workspace_id, message, now, random)
    audit_trail.record_event(
        session, key.workspace_id, now, LINK_SHARED, key.assessment_id, number=report.number, link=link_id
    )
    return CreatedLink(link_id, path)


def list_link_problems(new: NewShareLink, frozen: FrozenReport, today: date) -> list[Problem]:
    """List the problems of a new link; fields are named by JSON pointers."""
    problems = []
    offered = {audience for one in FileFormat for audience in frozen.list_audiences(one)}
    if not new.audiences or not set(new.audiences) <= offered:
        problems.append(Problem(N_("Choose at least one edition."), pointer="/audiences", code="unknown-value"))
    if not new.formats or not set(new.formats) <= set(FileFormat):
        problems.append(Problem(N_("Choose at least one format."), pointer="/formats", code="unknown-value"))
    elif new.audiences and not any(
        audience in frozen.list_audiences(FileFormat(one)) for one in new.formats for audience in new.audiences
    ):
        problems.append(
            Problem(N_("These editions don’t exist in these formats."), pointer="/formats", code="not-allowed")
        )
    if not today <= new.last_day <= today + MAX_LIFETIME:
        problems.append(Problem(N_("Choose a day within the next year."), pointer="/expires_on", code="out-of-range"))
    if len(new.note) > MAX_NOTE_LENGTH:
        problems.append(
            Problem(N_("This is too long."), N_("Say it in fewer words."), pointer="/note", code="too-long")
        )
    if new.recipient and not is_mailable_address(new.recipient):
        problems.append(Problem(N_("This is not a mail address."), pointer="/recipient", code="wrong-format"))
    return problems


def revoke_link(session: Session, key: AssessmentKey, report_id: str, link_id: str, now: datetime) -> None:
    """Revoke a link: it opens nothing any more. No-op if it is revoked."""
    assessments.find_assessment(session, key, lock=True)
    report = published_reports.find_report(session, key, report_id)
    link = share_links.find_link(session, key.workspace_id, report.id, link_id)
    if link.revoked_at is None:
        share_links.revoke_link(session, link, now)
        audit_trail.record_event(
            session, key.workspace_id, now, SHARE_REVOKED, key.assessment_id, number=report.number, link=link_id
        )


def open_link(session: Session, token: str, now: datetime) -> OpenedLink:
    """Return the link of a token and its report; `NotFoundError` if unknown, `EndedLinkError` if it has ended."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise NotFoundError
    link = share_links.find_link_by_hash(session, tokens.hash_token(token))
    report = published_reports.find_shared_report(session, link.workspace_id, link.report_id)
    if not link.is_live(now) or report.withdrawn_at is not None:
        raise EndedLinkError
    return OpenedLink(link, report)


def get_last_day(link: ShareLink, time_zone: str) -> date:
    """Return the last day on which a link opens, in the workspace's time zone."""
    return get_workspace_day(link.expires_at - timedelta(seconds=1), time_zone)


def require_offered(link: ShareLink, audience: str, file_format: str) -> None:
    """Raise `NotFoundError` for an edition or a format that the link does not open."""
    if audience not in link.audiences or file_format not in link.formats:
        raise NotFoundError


def check_password(link: ShareLink, password: str, limiter: RateLimiter, address: str, now: datetime) -> bool:
    """Check the password of a link; `TooManyRequestsError` after too many tries from an address."""
    keys = {f"share:{link.id}:{address}": TRIES_FOR_LINK, f"share:{address}": TRIES_FOR_ADDRESS}
    tries = limiter.take_try(keys, now)
    is_right = passwords.verify_password(link.password_hash, password)
    if is_right:
        limiter.refund_tries(tries)
    return is_right


def make_pass(link: ShareLink, secret: str, now: datetime) -> str:
    """Make the cookie value of a browser that gave the password; valid for an hour, and for this password only."""
    until = int((now + PASS_LIFETIME).timestamp())
    return f"{until}.{_sign_pass(link, secret, until)}"


def is_valid_pass(link: ShareLink, secret: str, value: str, now: datetime) -> bool:
    """Check a cookie value of `make_pass`."""
    until, _, signature = value.partition(".")
    if not (until.isascii() and until.isdecimal() and len(until) <= len("99999999999")):
        return False
    is_signed = hmac.compare_digest(_sign_pass(link, secret, int(until)).encode(), signature.encode())
    return is_signed and now.timestamp() < int(until)


def _sign_pass(link: ShareLink, secret: str, until: int) -> str:
    return tokens.sign_text(secret, PASS_PURPOSE, f"{link.id}:{link.password_hash}:{until}").hex()
