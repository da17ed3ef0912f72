"""Mail settings of the server, attached to its engine, so that services know whether mail can be sent."""

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.errors import MailNotAvailableError
from assessment.i18n.messages import N_
from assessment.settings import Settings

MAIL_OPTION = "assessment_mail"
NO_MAIL = N_("This server can’t send mail: its operator has set no mail server.")


class MailSettings(Struct, frozen=True):
    """`sender` is the address in From and the envelope; `mails_per_minute` limits all workers together."""

    smtp_url: str
    sender: str
    public_url: str
    secret: str
    mails_per_minute: int


def make_mail_settings(settings: Settings) -> MailSettings | None:
    """Return the mail settings; None if no mail server is set."""
    if settings.smtp_url is None:
        return None
    return MailSettings(
        settings.smtp_url, settings.sender, settings.public_url, settings.secret, settings.mails_per_minute
    )


def attach_mail(engine: Engine, mail: MailSettings | None) -> None:
    """Attach the mail settings for all sessions of an engine."""
    engine.update_execution_options(**{MAIL_OPTION: mail})


def find_mail(session: Session) -> MailSettings | None:
    """Return the mail settings of the session's engine; None if the server can't send mail."""
    mail: MailSettings | None = session.get_bind().get_execution_options().get(MAIL_OPTION)
    return mail


def require_mail(session: Session) -> MailSettings:
    """Return the mail settings; raises `MailNotAvailableError` without any."""
    mail = find_mail(session)
    if mail is None:
        raise MailNotAvailableError(NO_MAIL)
    return mail
