"""Second factor at sign-in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

No code works twice: a time step is used up with its first code, and a recovery code is deleted. The secret is stored
encrypted, recovery codes as HMACs, both with the server's secret.
"""

from datetime import datetime

import pyotp
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.errors import ConflictError, InvalidError, Problem, UnauthenticatedError
from assessment.services.auth import tokens
from assessment.services.auth.encryption import make_cipher
from assessment.services.auth.sign_in_limit import RateLimiter
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.storage.auth import second_factors, users

DRIFT_STEPS = 1  # steps of 30 seconds that a phone's clock may differ by
CODE_DIGITS = 6
CODE_TRIES = 10  # within the window of the limiter: a guess is right with a probability of 3 in a million
RECOVERY_CODES = 10
SECRET_LENGTH = 32  # base32 characters, 160 bits
KEY_PURPOSE = b"second factor"
WRONG_CODE = "This code is wrong, or was used already."


class SecondFactorState(Struct, frozen=True):
    """State of a second factor: set up or not, and the number of unused recovery codes."""

    is_on: bool = False
    recovery_codes: int = 0


def find_state(session: Session, user_id: str) -> SecondFactorState:
    stored = second_factors.find_second_factor(session, user_id)
    return SecondFactorState() if stored is None else SecondFactorState(True, stored.recovery_codes)  # noqa: FBT003


def generate_secret() -> str:
    """Generate a secret for an authenticator app, base32."""
    return pyotp.random_base32(SECRET_LENGTH)


def make_uri(secret: str, email: str, issuer: str) -> str:
    """Return the URI that apps read from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def is_secret(text: str) -> bool:
    """Return whether a text from a form can be a secret that `generate_secret` has made."""
    return len(text) == SECRET_LENGTH and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def set_up(  # what is stored, and the key for it
    session: Session,
    user_id: str,
    secret: str,
    code: str,
    now: datetime,
    *,
    server_secret: str,
    random: Random = RANDOM,
) -> tuple[str, ...]:
    """Turn the second factor on, and return the recovery codes, which are shown once.

    Raises `InvalidError` for a wrong code (an app that was not set up, or a wrong clock), `ConflictError` if it is on.
    """
    if second_factors.find_second_factor(session, user_id) is not None:
        raise ConflictError("The second step is set up already.")
    step = _find_step(secret, code, now)
    if step is None:
        problem = Problem("This code does not fit. Check your phone’s clock, and type the newest one.", pointer="/code")
        raise InvalidError("The second step is not set up.", [problem])
    encrypted = make_cipher(server_secret, KEY_PURPOSE).encrypt(secret.encode())
    second_factors.set_second_factor(session, user_id, encrypted, step)
    _record_event(session, user_id, audit_trail.SECOND_FACTOR_SET_UP, now)
    return _replace_codes(session, user_id, server_secret, random)


def renew_recovery_codes(
    session: Session, user_id: str, now: datetime, *, server_secret: str, random: Random = RANDOM
) -> tuple[str, ...]:
    """Replace all recovery codes by new ones, which are shown once."""
    if second_factors.find_second_factor(session, user_id) is None:
        raise ConflictError("The second step is not set up.")
    _record_event(session, user_id, audit_trail.RECOVERY_CODES_MADE, now)
    return _replace_codes(session, user_id, server_secret, random)


def turn_off(session: Session, user_id: str, now: datetime) -> None:
    """Remove the second factor and its recovery codes; without one this changes nothing."""
    if second_factors.find_second_factor(session, user_id) is not None:
        second_factors.delete_second_factor(session, user_id)
        _record_event(session, user_id, audit_trail.SECOND_FACTOR_REMOVED, now)


def reset_second_factor(session: Session, email: str, now: datetime) -> bool:
    """Remove the second factor of someone who is locked out, and end their sessions; False if there was none."""
    user_id = users.find_user_id(session, email)
    if user_id is None or second_factors.find_second_factor(session, user_id) is None:
        return False
    turn_off(session, user_id, now)
    users.update_user(session, user_id, totp_secret=None)
    return True


def take_try(limiter: RateLimiter, user_id: str, device: str, now: datetime) -> tuple[str, ...]:
    """Count a try, and return what the limiter needs to refund it.

    A browser that has signed in before has its own limit: otherwise someone who knows the password could lock the
    user out.
    """
    return limiter.take_try({f"code:{user_id}:{device}": CODE_TRIES}, now)


def check_code(session: Session, user_id: str, code: str, now: datetime, *, server_secret: str) -> None:
    """Use a code of the app or a recovery code up; `UnauthenticatedError` if it is wrong or was used before."""
    stored = second_factors.find_second_factor(session, user_id)
    typed = tokens.normalize_code(code)
    if stored is None:
        raise UnauthenticatedError(WRONG_CODE)
    if len(typed) == CODE_DIGITS:
        secret = make_cipher(server_secret, KEY_PURPOSE).decrypt(stored.secret).decode()
        step = _find_step(secret, typed, now)
        if step is None or not second_factors.take_step(session, user_id, step):
            raise UnauthenticatedError(WRONG_CODE)
        return
    if not second_factors.take_recovery_code(session, user_id, _hash_code(server_secret, user_id, typed)):
        raise UnauthenticatedError(WRONG_CODE)
    _record_event(session, user_id, audit_trail.RECOVERY_CODE_USED, now)


def _find_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the number of the time step that the code belongs to."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdecimal() and len(typed) == CODE_DIGITS):
        return None
    totp = pyotp.TOTP(secret)
    current = totp.timecode(now)
    steps = range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1)
    return next((step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), typed)), None)


def _replace_codes(session: Session, user_id: str, server_secret: str, random: Random) -> tuple[str, ...]:
    codes = tuple(tokens.derive_code(tokens.generate_token(random)) for _ in range(RECOVERY_CODES))
    hashes = [_hash_code(server_secret, user_id, tokens.normalize_code(code)) for code in codes]
    second_factors.replace_recovery_codes(session, user_id, hashes)
    return codes


def _hash_code(server_secret: str, user_id: str, code: str) -> bytes:
    return tokens.sign_text(server_secret, "recovery-code", f"{user_id}:{code}")


def _record_event(session: Session, user_id: str, action: str, now: datetime) -> None:
    for workspace_id in users.list_workspace_ids_of_user(session, user_id):
        audit_trail.record_event(session, workspace_id, now, action, user_id)
