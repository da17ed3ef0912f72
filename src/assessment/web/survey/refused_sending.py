"""Cookie of a browser whose sending was refused, because answers were already sent with the invitation.

Only with it is the explanation shown: otherwise anyone who has a link could read, from an empty draft and as often as
they like, whether and when the person has sent. The cookie is signed for the session, and says nothing of the present
state.
"""

import hmac
from datetime import datetime

from litestar.datastructures import Cookie

from assessment.services.auth import tokens
from assessment.settings import Settings
from assessment.web.http import cookies

PURPOSE = "refused sending"
MAX_DIGITS = 11  # of a time in seconds


def make_refusal_cookie(session: str, now: datetime, settings: Settings) -> Cookie:
    """Return the cookie, which is valid for ten minutes and together with the cookie of this draft only."""
    until = int(now.timestamp()) + cookies.MAX_AGE_SECONDS["refused"]
    return cookies.make_cookie("refused", f"{until}.{_sign(session, until, settings)}", settings)


def is_refused(session: str, value: str, now: datetime, settings: Settings) -> bool:
    """Check a value of `make_refusal_cookie`."""
    until, _, signature = value.partition(".")
    if not (until.isascii() and until.isdecimal() and len(until) <= MAX_DIGITS):
        return False
    expected = _sign(session, int(until), settings)
    return hmac.compare_digest(signature.encode(errors="replace"), expected.encode()) and now.timestamp() < int(until)


def _sign(session: str, until: int, settings: Settings) -> str:
    return tokens.sign_text(settings.secret, PURPOSE, f"{session}:{until}").hex()
