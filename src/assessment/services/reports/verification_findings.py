"""Result of a verification: findings, and checks that were not possible."""

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

from assessment.domain.verification.provenance import Provenance, ReportContents
from assessment.errors import NotFoundError

FindingPlace = Literal["seal", "questionnaire", "figure", "change", "pages", "page", "drawing", "document"]

INCONCLUSIVE_REASONS = frozenset({"version", "drawings"})


class VerificationFinding(Struct, frozen=True):
    """Mismatch: the place, the value `given` there, and the `expected` one."""

    place: FindingPlace
    name: str = ""
    given: Any = None
    expected: Any = None


class VerificationResult(Struct, frozen=True):
    """Result of a verification.

    `doubts` names the checks that were not possible. `unlike` are differences that may come from another version of the
    program, or from a forger who claims that version. `contents` is what the report was compared with: its own
    contents, or those of the full report.
    """

    provenance: Provenance
    findings: tuple[VerificationFinding, ...]
    doubts: tuple[str, ...] = ()
    unlike: tuple[VerificationFinding, ...] = ()
    contents: ReportContents | None = None

    @property
    def holds(self) -> bool:
        """Return whether everything was checked and matches."""
        return not self.findings and not self.is_open

    @property
    def is_open(self) -> bool:
        """Return whether only the version that rendered the report can decide."""
        return not self.findings and not INCONCLUSIVE_REASONS.isdisjoint(self.doubts)


def collect_findings(findings: Iterator[VerificationFinding]) -> Iterator[VerificationFinding]:
    """Yield findings; an unexpected exception becomes a finding too, since an altered file may be unreadable."""
    try:
        yield from findings
    except NotFoundError:
        raise
    except Exception as error:  # noqa: BLE001 - an altered file can cause any exception, and it must be reported
        yield VerificationFinding("document", "unreadable", f"{type(error).__name__}: {error}")
