"""Links with which someone sets their password, once: shown to an owner, or mailed.

Only a hash of the link is stored. It names an address; setting the password
needs a user of that address who is not disabled.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.errors import NotFoundError
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.storage.auth import account_tokens, users

USER_INVITATION = "user-invitation"
LINK_LIFETIME = timedelta(days=7)
PATH = "/console/password/"  # before the token
LINK_GONE = "This link has been used already, has expired, or was replaced by a newer one."


class SetUpLink(Struct, frozen=True):
    """New link; `token` is shown or mailed once and never stored."""

    email: str
    token: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """Path of the page, after the public URL."""
        return f"{PATH}{self.token}"


def create_link(
    session: Session,
    workspace_id: str,
    email: str,
    now: datetime,
    *,
    kind: str = USER_INVITATION,
    lifetime: timedelta = LINK_LIFETIME,
    random: Random = RANDOM,
) -> SetUpLink:
    """Create a link for a normalised address; earlier ones of its kind stop working.

    Not those of other kinds: anyone can ask for a reset, and would end the link of a user who was just added.
    """
    account_tokens.delete_expired_tokens(session, now)
    account_tokens.delete_tokens_of_address(session, email, kind)
    token = tokens.generate_token(random)
    expires_at = now + lifetime
    account_tokens.add_token(session, tokens.hash_token(token), workspace_id, email, kind, expires_at)
    return SetUpLink(email, token, expires_at)


def find_address(session: Session, token: str, now: datetime) -> str:
    """Return the address of a valid link; `NotFoundError` for a used, expired or unknown one. Changes nothing."""
    stored = account_tokens.find_token(session, tokens.hash_token(token), now)
    if stored is None or users.find_user_by_email(session, stored.email) is None:
        raise NotFoundError(LINK_GONE)
    return stored.email


def set_password(session: Session, token: str, password_hash: str, now: datetime) -> None:
    """Set the password with a link, which is then used up, and end all sessions; `NotFoundError` as `find_address`.

    Takes a hash, because hashing is slow and must not hold the write lock.
    """
    taken = account_tokens.take_token(session, tokens.hash_token(token), now)
    user = None if taken is None else users.find_user_by_email(session, taken.email)
    if taken is None or user is None:
        raise NotFoundError(LINK_GONE)
    users.update_user(session, user.id, password_hash=password_hash)
    account_tokens.delete_tokens_of_address(session, taken.email)
    audit_trail.set_actor(session, taken.email)
    for workspace_id in users.list_workspace_ids_of_user(session, user.id):
        audit_trail.record_event(session, workspace_id, now, audit_trail.PASSWORD_CHANGED, user.id)
