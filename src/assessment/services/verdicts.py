"""What verifying comes to: what does not hold, and what could not be compared."""

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

from assessment.domain.provenance import Contents, Provenance
from assessment.errors import NotFoundError

Place = Literal["seal", "questionnaire", "figure", "change", "pages", "page", "drawing", "document"]

OPEN = frozenset({"version", "drawings"})


class Finding(Struct, frozen=True):
    """Something that does not hold: where, what is `given` there, and what was `expected`."""

    place: Place
    name: str = ""
    given: Any = None
    expected: Any = None


class Verdict(Struct, frozen=True):
    """What came of it. `doubts` are what could not be compared, by name.

    `unlike` are differences that another version of the program may have made, or somebody who names it.
    `contents` is what the report was compared with: its own, or those of the full one beside it.
    """

    provenance: Provenance
    findings: tuple[Finding, ...]
    doubts: tuple[str, ...] = ()
    unlike: tuple[Finding, ...] = ()
    contents: Contents | None = None

    @property
    def holds(self) -> bool:
        """Whether everything that can be checked was, and agrees."""
        return not self.findings and not self.is_open

    @property
    def is_open(self) -> bool:
        """Whether only the version that made the report can tell."""
        return not self.findings and not OPEN.isdisjoint(self.doubts)


def whole(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Findings to the end; what was altered so that it can't even be read is a finding as well."""
    try:
        yield from findings
    except NotFoundError:
        raise
    except Exception as error:  # noqa: BLE001 - whoever alters a file may make anything fail, and that is to be said
        yield Finding("document", "unreadable", f"{type(error).__name__}: {error}")
