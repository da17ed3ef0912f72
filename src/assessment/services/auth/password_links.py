"""Links that set a password: in the invitation of a user, and when someone has forgotten theirs.

A link works once. A request for an unknown address leaves the same rows in the database as one for a user, and the
worker drops its mail: neither the answer nor the time it takes shows who has an account.
"""

from datetime import datetime, timedelta

from msgspec import structs
from sqlalchemy.orm import Session

from assessment.errors import NotFoundError
from assessment.services.auth import tokens, users
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.delivery import console_mails
from assessment.services.delivery.console_mails import ConsoleMail
from assessment.services.delivery.mail_settings import require_mail
from assessment.storage.auth import account_tokens
from assessment.storage.auth import users as user_rows
from assessment.storage.auth.account_tokens import AccountToken

INVITATION, RESET = "user-invitation", "password-reset"
LIFETIMES = {INVITATION: timedelta(days=7), RESET: timedelta(hours=1)}
PASSWORD_PATH = "/console/password/"  # noqa: S105  # a path


def invite_user(  # noqa: PLR0913  # all properties of a user
    session: Session,
    workspace_id: str,
    email: str,
    now: datetime,
    *,
    workspace: str,
    language: str,
    admin: bool = False,
    role: str = "owner",
    random: Random = RANDOM,
) -> str:
    """Add a user who has no password yet, and mail a link to set one; raises `MailNotAvailableError`.

    Nobody knows the password that is stored until then.
    """
    require_mail(session)
    unknown = tokens.generate_token(random)
    user_id = users.add_user(session, workspace_id, email, unknown, now, admin=admin, role=role, random=random)
    text = console_mails.make_console_text(INVITATION, language, workspace=workspace)
    _mail_link(
        session, workspace_id, ConsoleMail(INVITATION, users.check_address(email), "", text, language), now, random
    )
    return user_id


def request_reset(session: Session, email: str, language: str, now: datetime, random: Random = RANDOM) -> None:
    """Mail a link to set a new password, if a user has this address; raises `InvalidError` for no address at all."""
    require_mail(session)
    address = users.check_address(email)
    user = user_rows.find_user_by_email(session, address)
    workspace_ids = user_rows.list_workspace_ids(session)
    if not workspace_ids:  # nobody at all has an account
        return
    workspace_id = user.workspace_id if user else workspace_ids[0]
    text = console_mails.make_console_text(RESET, language)
    _mail_link(session, workspace_id, ConsoleMail(RESET, address, "", text, language), now, random)


def find_link(session: Session, token: str, now: datetime) -> AccountToken | None:
    """Return what a link is for; None if it was used, has expired, or its user can't sign in. Read-only."""
    link = account_tokens.find_token(session, tokens.hash_token(token), now)
    if link is None or user_rows.find_user_by_email(session, link.email) is None:
        return None
    return link


def set_password(session: Session, token: str, password: str, now: datetime) -> str:
    """Set the password, end all sessions of the user and all their links, and return the address.

    Raises `NotFoundError` for a link that does not work any more, `InvalidError` for a weak password (the link stays).
    """
    link = account_tokens.take_token(session, tokens.hash_token(token), now)
    if link is None or user_rows.find_user_by_email(session, link.email) is None:
        raise NotFoundError
    users.change_password(session, link.email, password, now)
    account_tokens.delete_tokens_of_address(session, link.email)
    return link.email


def _mail_link(session: Session, workspace_id: str, message: ConsoleMail, now: datetime, random: Random) -> None:
    """Queue a mail with a new link; `message` has none yet."""
    account_tokens.delete_expired_tokens(session, now)
    token = tokens.generate_token(random)
    expires_at = now + LIFETIMES[message.kind]
    account_tokens.add_token(
        session, tokens.hash_token(token), workspace_id, message.recipient, message.kind, expires_at
    )
    linked = structs.replace(message, path=f"{PASSWORD_PATH}{token}")
    console_mails.queue_console_mail(session, require_mail(session), workspace_id, linked, now, random)
