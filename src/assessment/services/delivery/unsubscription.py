"""Stop reminders, closing-soon and results mails, by the link of any mail."""

from datetime import date, datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.services.delivery.mail_texts import LATER_KINDS
from assessment.services.survey import own_drafts
from assessment.services.survey.browser_drafts import BrowserCookies
from assessment.services.survey.survey_links import find_link, lock_link
from assessment.storage.delivery import mailings, outbox


class UnsubscribePage(Struct, frozen=True):
    """Content of the page. It looks the same whether mails were stopped before: the link may be someone else's.

    `unseen_links`: see `StartPage`.
    """

    organisation: str
    title: str
    asker: str
    language: str
    is_private: bool
    unseen_links: tuple[date, ...]
    last_link_author: str


def load_unsubscribe_page(session: Session, token: str, browser: BrowserCookies, secret: str) -> UnsubscribePage:
    """Load the confirmation page of a link; raises NotFoundError. Read-only: mail scanners open links."""
    link = find_link(session, token)
    row = link.row
    unseen_links = own_drafts.list_unseen_links(session, link, browser, secret)
    maker = own_drafts.find_link_maker(session, row.workspace_id, link.invitation_ids) if unseen_links else ""
    return UnsubscribePage(row.organisation, row.title, row.asker, row.language, link.is_private, unseen_links, maker)


def unsubscribe_person(session: Session, token: str, now: datetime) -> None:
    """Stop all later mails to the person of a link, and cancel queued ones; raises NotFoundError."""
    link = lock_link(session, token)
    mailings.set_unsubscribed(session, link.row.workspace_id, link.invitation_ids, now.date())
    outbox.cancel_mails_of_invitations(session, link.row.workspace_id, link.invitation_ids, now, LATER_KINDS)
