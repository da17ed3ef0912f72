"""Result of a verification: findings, and checks that were not possible."""

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct, field

from assessment.domain.verification.provenance import ChartProvenance, OfficeProvenance, Provenance, ReportContents
from assessment.errors import NotFoundError

FindingPlace = Literal["seal", "questionnaire", "figure", "change", "pages", "page", "drawing", "document", "picture"]

INCONCLUSIVE_REASONS = frozenset({"version", "drawings"})


class VerificationFinding(Struct, frozen=True):
    """Mismatch: the place, the `actual` value there, and the `expected` one."""

    place: FindingPlace
    name: str = ""
    actual: Any = field(default=None, name="given")  # its name in the JSON of `assessment verify`
    expected: Any = None


class VerificationResult(Struct, frozen=True):
    """Result of a verification.

    `unchecked` names the checks that were not possible. `version_differences` may come from another version of the
    program, or from a forger who claims that version. `contents` is what the report was compared with: its own
    contents, or those of the full report.
    """

    provenance: Provenance | OfficeProvenance | ChartProvenance
    findings: tuple[VerificationFinding, ...]
    unchecked: tuple[str, ...] = ()
    version_differences: tuple[VerificationFinding, ...] = ()
    contents: ReportContents | None = None

    @property
    def is_valid(self) -> bool:
        """Return whether everything was checked and matches."""
        return not self.findings and not self.is_inconclusive

    @property
    def is_inconclusive(self) -> bool:
        """Return whether only the version that rendered the report can decide."""
        return not self.findings and not INCONCLUSIVE_REASONS.isdisjoint(self.unchecked)


def collect_findings(findings: Iterator[VerificationFinding]) -> Iterator[VerificationFinding]:
    """Yield findings; an unexpected exception becomes a finding too, since an altered file may be unreadable."""
    try:
        yield from findings
    except NotFoundError:
        raise
    except Exception as error:  # noqa: BLE001 - an altered file can cause any exception, and it must be reported
        yield VerificationFinding("document", "unreadable", f"{type(error).__name__}: {error}")
