"""Totals of an assessment's people by what was done to deliver their link; never by what they did with it."""

from collections import Counter
from collections.abc import Collection

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.services.delivery import mailings
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.delivery.mailings import FirstMailState
from assessment.services.people import people_invitations
from assessment.storage.delivery import mail_counts


class DeliveryTotals(Struct, frozen=True, kw_only=True):
    """Numbers of people.

    Mailed by the server: `unmailed` (no mail yet), `queued`, `mailed`, `refused` (by the server of the address) and
    `failed` (given up). Handed out by a consultant: `handed_out` (has a link) and `without_link`.
    """

    unmailed: int
    queued: int
    mailed: int
    refused: int
    failed: int
    handed_out: int
    without_link: int
    revoked: int

    @property
    def by_mail(self) -> int:
        """Number of people whose link the server mails."""
        return self.unmailed + self.queued + self.mailed + self.refused + self.failed


def load_delivery_totals(session: Session, key: AssessmentKey) -> DeliveryTotals:
    """Count the people of an assessment by the state of their invitation."""
    states = Counter(mail_state.state for mail_state in mailings.load_mail_states(session, key).values())
    links = people_invitations.count_links(session, key)
    return DeliveryTotals(
        unmailed=states[FirstMailState.UNMAILED],
        queued=states[FirstMailState.QUEUED],
        mailed=states[FirstMailState.MAILED],
        refused=states[FirstMailState.REFUSED],
        failed=states[FirstMailState.FAILED],
        handed_out=links.invited - links.without_link,
        without_link=links.without_link,
        revoked=mail_counts.count_revoked(session, key),
    )


def count_unmailed(session: Session, workspace_id: str, assessment_ids: Collection[str]) -> dict[str, int]:
    """Count those who wait for their first mail, by assessment; empty if the server can't send mail."""
    if find_mail(session) is None or not assessment_ids:
        return {}
    return mail_counts.count_unmailed(session, workspace_id, assessment_ids)
