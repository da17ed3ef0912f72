"""URL paths of the survey, and of its preview under another base path."""

from msgspec import Struct

SURVEY = "/survey"
BEGUN_PARAMETER = "begun"  # query parameter right after Start: if there is no cookie then, the browser blocks cookies
FIRST_PAGE = f"{SURVEY}?{BEGUN_PARAMETER}=1"
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


class SurveyPaths(Struct, frozen=True):
    """URL paths that section pages link to; `start` is the target of Back on the first page, empty for none."""

    base: str = "/survey"
    start: str = ""

    def section(self, slug: str) -> str:
        return f"{self.base}/{slug}"
