"""URL paths of the survey (and of its preview under another base path), and the page that follows a section."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from msgspec import Struct

from assessment.web.http.languages import LANGUAGE_PARAMETER
from assessment.web.survey.survey_pages import RespondentSurvey

SURVEY = "/survey"
START = "/survey/start"
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
FORGET = "/forget"
WITHDRAW = "/survey/withdraw"
WITHDRAWN = "/withdraw/done"


class SurveyPaths(Struct, frozen=True):
    """URL paths that section pages link to; `start` is the target of Back on the first page, empty for none."""

    base: str = "/survey"
    start: str = ""

    def section(self, slug: str) -> str:
        return f"{self.base}/{slug}"


class SectionNavigation(Struct, frozen=True):
    """Redirect target after a section; `then` is "check" after a Change link, `at` the item to change."""

    then: str = ""
    at: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str], items: Sequence[str]) -> "SectionNavigation":
        """Read from a form or query parameters; invalid values are ignored."""
        if form.get("then") != "check":
            return cls()
        at = form.get("at", "")
        return cls("check", at if at in items else "")

    @property
    def is_from_check(self) -> bool:
        """Return whether one answer is being changed: then other skipped questions are not reported as missing."""
        return bool(self.then)

    @property
    def check_url(self) -> str:
        """URL of the check page, at the changed answer."""
        return f"{CHECK}#answer-{self.at}" if self.at else CHECK

    def missing_url(self, section: str) -> str:
        """URL of the section with unanswered questions listed as errors."""
        return f"{SurveyPaths().section(section)}?missing=1"

    def conflicts_url(self, section: str) -> str:
        """URL of the conflict page of a section."""
        return f"{CONFLICTS}/{section}{self._query}"

    def section_url(self, section: str) -> str:
        """URL of a section with this navigation."""
        return f"{SurveyPaths().section(section)}{self._query}"

    def language_url(self, section: str, language: str) -> str:
        """URL of a section with this navigation, in another language; a language without texts is ignored there."""
        return f"{SurveyPaths().section(section)}?{urlencode([*self._fields, (LANGUAGE_PARAMETER, language)])}"

    def next_url(self, survey: RespondentSurvey, section: str) -> str:
        """URL of the page after a section."""
        next_slug = survey.find_next_slug(section)
        if self.is_from_check or next_slug is None:
            return self.check_url
        return SurveyPaths().section(next_slug)

    @property
    def _query(self) -> str:
        return f"?{urlencode(self._fields)}" if self._fields else ""

    @property
    def _fields(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in (("then", self.then), ("at", self.at)) if value]
