"""Findings of `assessment verify` as text for readers who don't know the program."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from assessment.cli.support.messages import N_
from assessment.cli.support.messages import translate_text as _
from assessment.domain.verification.discrepancies import ABSENT_VALUE
from assessment.services.reports.verification_findings import VerificationFinding

MAX_FINDINGS = 40
MAX_VALUE_LENGTH = 300
SEAL_MESSAGES = {
    "attachment": N_("The attached record of what the report was made from was not written by this program."),
    "seal": N_("The seal does not match: what it covers was changed after sealing."),
    "contents": N_("The figures are missing where they belong, or included where they don’t."),
    "questionnaire": N_("The seal and the figures name different questionnaires or different versions of the program."),
    "enclosed": N_("The attached figures are not the ones that were sealed."),
    "release": N_("The figures are not those of the release that the report names."),
    "names": N_("It contains names of people, which reports never include."),
    "written": N_("The figures contain hidden data that the program does not write."),
    "provenance": N_("Rendered again from its own figures, the report has a different seal."),
}
DOCUMENT_MESSAGES = {
    "attachments": N_("This PDF contains files that do not belong to it: {given}."),
    "metadata": N_("Title, author and other properties are {given}; they should be {expected}."),
    "surroundings": N_("Bookmarks, reading order, texts for screen readers or settings of the viewer were changed."),
    "objects": N_("Part of the file is not as the program writes it: {given}."),
    "damaged": N_("The file is damaged, so programs may read it differently: {given}."),
    "unreadable": N_("Part of the file can’t be read: {given}."),
}
PICTURE_MESSAGES = {
    "sealed": N_(
        "The drawing is not the one that was sealed: it was changed, or another program saved the file again."
    ),
    "drawn": N_("Drawn again from the figures of the full report, the chart is another one."),
}
FIGURE_MESSAGES = {
    "figure": N_("{name}: the report says {given}; recomputed, it is {expected}."),
    "change": N_(
        "Change since the last wave, {name}: the report says {given}; recomputed from both waves, it is {expected}."
    ),
    "questionnaire": N_("The questionnaire’s {name} is {given} in the report, and {expected} here."),
    "pages": N_("The report has {given} pages; it was made with {expected}."),
}
PAGE_LABEL, PAGES_LABEL = N_("Page {name}"), N_("Pages {name}")
TEXT_DIFFERS = N_("{where}: “{given}” is printed; the figures say “{expected}”.")
TEXT_ADDED = N_("{where}: “{given}” is printed, but does not follow from the figures.")
TEXT_MISSING = N_("{where}: “{expected}” is missing, though it follows from the figures.")
DRAWING_CHANGED = N_("{where}: a drawing was changed after the report was sealed.")
DRAWING_DIFFERS = N_("{where}: a drawing does not match the figures.")


def format_findings(findings: Sequence[VerificationFinding]) -> Iterator[str]:
    """Format findings; the same finding on several pages becomes one line. At most MAX_FINDINGS."""
    merged = list(_merge_pages(findings))
    yield from (format_finding(finding) for finding in merged[:MAX_FINDINGS])
    if len(merged) > MAX_FINDINGS:
        yield _("… and {count} more.").format(count=len(merged) - MAX_FINDINGS)


def _merge_pages(findings: Sequence[VerificationFinding]) -> Iterator[VerificationFinding]:
    pages: dict[tuple[str, str, str], list[int]] = {}
    for finding in findings:
        if finding.place in ("page", "drawing"):
            pages.setdefault(_make_key(finding), []).append(int(finding.name))
    for finding in findings:
        if finding.place not in ("page", "drawing"):
            yield finding
        elif numbers := pages.pop(_make_key(finding), None):
            yield msgspec.structs.replace(finding, name=_format_ranges(numbers))


def _make_key(finding: VerificationFinding) -> tuple[str, str, str]:
    return finding.place, repr(finding.actual), repr(finding.expected)


def _format_ranges(numbers: Sequence[int]) -> str:
    """Format page numbers in short: 2, 5–9."""
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(sorted(set(numbers))), lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def format_finding(finding: VerificationFinding) -> str:
    if finding.place == "seal":
        return _(SEAL_MESSAGES[finding.name])
    if finding.place == "picture":
        return _(PICTURE_MESSAGES[finding.name])
    if finding.place == "document":
        return _(DOCUMENT_MESSAGES[finding.name]).format(
            given=_format_value(finding.actual), expected=_format_value(finding.expected)
        )
    if finding.place in FIGURE_MESSAGES:
        name = " / ".join(finding.name.replace("[", ".").replace("]", "").split("."))
        actual, expected = _format_value(finding.actual), _format_value(finding.expected)
        return _(FIGURE_MESSAGES[finding.place]).format(name=name, given=actual, expected=expected)
    return _format_page_finding(finding)


def _format_page_finding(finding: VerificationFinding) -> str:
    where = _(PAGE_LABEL if finding.name.isdecimal() else PAGES_LABEL).format(name=finding.name)
    template = DRAWING_DIFFERS if finding.place == "drawing" else TEXT_DIFFERS
    if finding.place == "page" and finding.actual is None:
        template = DRAWING_CHANGED
    elif finding.place == "page" and not finding.expected:
        template = TEXT_ADDED
    elif finding.place == "page" and not finding.actual:
        template = TEXT_MISSING
    return _(template).format(where=where, given=finding.actual, expected=finding.expected)


def _format_value(value: object) -> str:
    """Format a value as a reader would write it, truncated to MAX_VALUE_LENGTH."""
    if value is None or value == ABSENT_VALUE:
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{name.lstrip('/')} “{inner}”" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_format_value(inner) for inner in value)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[:MAX_VALUE_LENGTH]}…"
