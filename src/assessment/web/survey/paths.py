"""Where the survey's pages are: the respondent's own, and those of a preview under another path."""

from msgspec import Struct

SURVEY = "/survey"
BEGUN = "begun"  # in the address right after Start: without a cookie there, the browser blocks them
FIRST = f"{SURVEY}?{BEGUN}=1"
CHECK = "/survey/check"
CONFLICTS = "/survey/conflicts"
SENT_ELSEWHERE = "/survey/sent-elsewhere"
SENT = "/survey/sent"
RESUME = "/survey/resume"
PROBLEM = "/survey/problem"
FINISH = "/survey/finish"
FINISHED = "/finished"
WITHDRAW = "/survey/withdraw"
WITHDRAWN = "/withdraw/done"


class Paths(Struct, frozen=True):
    """Addresses that section pages link to; `start` empty: none before the first."""

    base: str = "/survey"
    start: str = ""

    def section(self, slug: str) -> str:
        """Return the address of a section's page."""
        return f"{self.base}/{slug}"
