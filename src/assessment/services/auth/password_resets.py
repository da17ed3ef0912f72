"""Mailed links that set a password: for someone who has forgotten theirs, and for a new user.

A request for an unknown address leaves the same rows in the database as one for a user, and the worker drops its
mail: neither the answer nor the time it takes shows who has an account.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from assessment.domain.closed_sets import MailKind
from assessment.services.auth import set_up_links, users
from assessment.services.auth.set_up_links import SetUpLink
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.delivery import console_mails
from assessment.services.delivery.console_mails import ConsoleMail
from assessment.services.delivery.mail_settings import require_mail
from assessment.storage.auth import users as user_rows

RESET_LIFETIME = timedelta(hours=1)


def request_reset(session: Session, email: str, language: str, now: datetime, random: Random = RANDOM) -> None:
    """Mail a link to set a new password, if a user has this address; raises `InvalidError` for a malformed address."""
    require_mail(session)
    address = users.check_address(email)
    user = user_rows.find_user_by_email(session, address)
    workspace_ids = user_rows.list_workspace_ids(session)
    if not workspace_ids:  # there is no account on this server
        return
    workspace_id = user.workspace_id if user else workspace_ids[0]
    kind = MailKind.PASSWORD_RESET
    link = set_up_links.create_link(
        session, workspace_id, address, now, kind=kind, lifetime=RESET_LIFETIME, random=random
    )
    message = ConsoleMail(kind, address, link.path, console_mails.make_console_text(kind, language), language)
    console_mails.queue_console_mail(session, require_mail(session), workspace_id, message, now, random)


def mail_set_up_link(  # the parts of a mail
    session: Session, workspace_id: str, workspace: str, link: SetUpLink, language: str, now: datetime
) -> None:
    """Mail the link of a user who was just added; raises `MailNotAvailableError`."""
    kind = MailKind.USER_INVITATION
    text = console_mails.make_console_text(kind, language, workspace=workspace)
    message = ConsoleMail(kind, link.email, link.path, text, language)
    console_mails.queue_console_mail(session, require_mail(session), workspace_id, message, now, RANDOM)
