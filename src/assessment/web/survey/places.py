"""Where a section's form leads: the next section, back to the check page, or what is still to be settled first."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from msgspec import Struct

from assessment.web.survey.paths import CHECK, CONFLICTS, Paths
from assessment.web.survey.sections import Survey


class Place(Struct, frozen=True):
    """`then` is "check" where a Change link of the check page led here, and `at` the item that it changes."""

    then: str = ""
    at: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str], items: Sequence[str]) -> "Place":
        """Read it from a form or an address; what is none of ours is dropped."""
        if form.get("then") != "check":
            return cls()
        at = form.get("at", "")
        return cls("check", at if at in items else "")

    @property
    def is_from_check(self) -> bool:
        """Whether one answer is changed; others that were skipped on purpose are not asked for again."""
        return bool(self.then)

    @property
    def check(self) -> str:
        """Address of the check page, where the changed answer stands."""
        return f"{CHECK}#answer-{self.at}" if self.at else CHECK

    def missing(self, section: str) -> str:
        """Address of the section with what is missing."""
        return f"{Paths().section(section)}?missing=1"

    def conflicts(self, section: str) -> str:
        """Address of the page that shows two answers to one question."""
        return f"{CONFLICTS}/{section}{self._query}"

    def section(self, section: str) -> str:
        """Address of a section from which this leads on."""
        return f"{Paths().section(section)}{self._query}"

    def following(self, survey: Survey, section: str) -> str:
        """Address of what comes after a section."""
        following = survey.page(section).following
        if self.is_from_check or following is None:
            return self.check
        return Paths().section(following)

    @property
    def _query(self) -> str:
        fields = {name: value for name, value in (("then", self.then), ("at", self.at)) if value}
        return f"?{urlencode(fields)}" if fields else ""
