"""Sign-in between the password and the second factor: a signed token, so that nothing is stored for it."""

import base64
import hmac
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.errors import UnauthenticatedError
from assessment.services.auth import tokens
from assessment.services.auth.user_sessions import AuthenticatedUser
from assessment.storage.auth import users

VALIDITY = timedelta(minutes=10)
PURPOSE = "second step"


class SecondStep(Struct, frozen=True):
    """User whose password, or sign-in elsewhere, was accepted.

    `password_mark` is a hash of the stored hash, empty after a sign-in elsewhere.
    """

    user_id: str
    workspace_id: str
    email: str
    password_mark: str
    expires_at: datetime


def make_step_token(user: AuthenticatedUser, email: str, now: datetime, secret: str) -> str:
    """Make a token for the page that asks for the code; `secret` is the server's secret."""
    mark = tokens.hash_token(user.password_hash).hex() if user.password_hash else ""
    step = SecondStep(user.user_id, user.workspace_id, email, mark, now + VALIDITY)
    content = base64.urlsafe_b64encode(msgspec.json.encode(step)).decode()
    return f"{content}.{tokens.sign_text(secret, PURPOSE, content).hex()}"


def read_step_token(token: str, now: datetime, secret: str) -> SecondStep:
    """Return the step of a token; `UnauthenticatedError` if it is forged or has expired."""
    content, _, signature = token.partition(".")
    expected = tokens.sign_text(secret, PURPOSE, content).hex()
    if not hmac.compare_digest(signature.encode(errors="replace"), expected.encode()):
        raise UnauthenticatedError
    step = msgspec.json.decode(base64.urlsafe_b64decode(content), type=SecondStep)
    if now >= step.expires_at:
        raise UnauthenticatedError
    return step


def find_stepping_user(session: Session, step: SecondStep) -> AuthenticatedUser:
    """Return the user of a step; `UnauthenticatedError` if disabled, removed, or with a new password since."""
    row = users.find_user_by_email(session, step.email)
    if row is None or row.id != step.user_id:
        raise UnauthenticatedError
    if not step.password_mark:
        return AuthenticatedUser(row.id, step.workspace_id)
    if tokens.hash_token(row.password_hash).hex() != step.password_mark:
        raise UnauthenticatedError
    return AuthenticatedUser(row.id, step.workspace_id, row.password_hash)
