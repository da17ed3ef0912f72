"""Stop reminders, closing-soon and results mails, by the link of any mail."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.services.delivery.mail_texts import LATER_KINDS
from assessment.services.survey.survey_links import find_link, lock_link
from assessment.storage.delivery import mailings, outbox


class UnsubscribePage(Struct, frozen=True):
    """Content of the page. It looks the same whether mails were stopped before: the link may be someone else's."""

    organisation: str
    title: str
    asker: str
    language: str


def load_unsubscribe_page(session: Session, token: str) -> UnsubscribePage:
    """Load the confirmation page of a link; raises NotFoundError. Read-only: mail scanners open links."""
    row = find_link(session, token).row
    return UnsubscribePage(row.organisation, row.title, row.asker, row.language)


def unsubscribe_person(session: Session, token: str, now: datetime) -> UnsubscribePage:
    """Stop all later mails to the person of a link, and cancel queued ones; raises NotFoundError."""
    link = lock_link(session, token)
    mailings.set_unsubscribed(session, link.row.workspace_id, link.person, now.date())
    outbox.cancel_mails_of_invitations(session, link.row.workspace_id, link.person, now, LATER_KINDS)
    return UnsubscribePage(link.row.organisation, link.row.title, link.row.asker, link.row.language)
