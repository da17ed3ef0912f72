"""Where the survey's pages are: the respondent's own, and those of a preview under another path."""

from msgspec import Struct

SURVEY = "/survey"
CODE = "/survey/code"
CHECK = "/survey/check"
SENT = "/survey/sent"
RESUME = "/survey/resume"
RESULTS = "/survey/results"


class Paths(Struct, frozen=True):
    """Addresses that section pages link to; `start` empty: none before the first."""

    base: str = "/survey"
    start: str = ""

    def section(self, slug: str) -> str:
        """Return the address of a section's page."""
        return f"{self.base}/{slug}"
