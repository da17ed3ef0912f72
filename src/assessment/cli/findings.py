"""Findings of `assessment verify` as text for readers who don't know the program."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from assessment.cli.words import N_
from assessment.cli.words import translate as _
from assessment.domain.checking.differences import ABSENT
from assessment.services.verdicts import Finding

MOST = 40
LONGEST = 300
SEAL = {
    "attachment": N_("The attachment that says what the report was made from was written by something else."),
    "seal": N_("The seal does not fit: what it covers was changed since."),
    "contents": N_("The figures are missing where they belong, or stand where they don't."),
    "questionnaire": N_("The seal names another questionnaire, or another version of the program, than the figures."),
    "enclosed": N_("What is enclosed is not what the seal names."),
    "release": N_("The figures are not those of the release that is named."),
    "names": N_("It holds names of people that are never handed on."),
    "written": N_("Something stands among the figures that the program does not write, and nobody would see."),
    "provenance": N_("Printed again from its own figures, the report gets another seal."),
}
AROUND = {
    "attachments": N_("There are other files in this PDF than its own: {given}."),
    "metadata": N_("Title, author and the like are {given}; they should be {expected}."),
    "surroundings": N_("Bookmarks, reading order, texts for screen readers or what a viewer does were changed."),
    "objects": N_("Something in the file is not as the program writes it: {given}."),
    "damaged": N_("The file is damaged, so that not every program reads the same in it: {given}."),
    "unreadable": N_("Something in it can't be read: {given}."),
}
FIGURE = {
    "figure": N_("{name}: the report has {given}; by what it rests on it is {expected}."),
    "change": N_("Change since the last wave, {name}: the report has {given}; by both waves it is {expected}."),
    "questionnaire": N_("The questionnaire's {name} is {given} in the report, and {expected} here."),
    "pages": N_("The report has {given} pages; it was made with {expected}."),
}
PAGE, PAGES = N_("Page {name}"), N_("Pages {name}")
OTHERWISE = N_("{where}: “{given}” is printed; the figures say “{expected}”.")
TOO_MUCH = N_("{where}: “{given}” is printed; the figures don't say so.")
MISSING = N_("{where}: “{expected}” is missing; the figures say so.")
REDRAWN = N_("{where}: what is drawn was changed since the report was sealed.")
DRAWN = N_("{where}: something is drawn otherwise than the figures have it.")


def told(findings: Sequence[Finding]) -> Iterator[str]:
    """Format findings; the same finding on several pages becomes one line. At most MOST."""
    merged = list(_merged(findings))
    yield from (sentence(finding) for finding in merged[:MOST])
    if len(merged) > MOST:
        yield _("… and {count} more.").format(count=len(merged) - MOST)


def _merged(findings: Sequence[Finding]) -> Iterator[Finding]:
    pages: dict[tuple[str, str, str], list[int]] = {}
    for finding in findings:
        if finding.place in ("page", "drawing"):
            pages.setdefault(_key(finding), []).append(int(finding.name))
    for finding in findings:
        if finding.place not in ("page", "drawing"):
            yield finding
        elif numbers := pages.pop(_key(finding), None):
            yield msgspec.structs.replace(finding, name=_ranges(numbers))


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.place, repr(finding.given), repr(finding.expected)


def _ranges(numbers: Sequence[int]) -> str:
    """Format page numbers in short: 2, 5–9."""
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(sorted(set(numbers))), lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def sentence(finding: Finding) -> str:
    if finding.place == "seal":
        return _(SEAL[finding.name])
    if finding.place == "document":
        return _(AROUND[finding.name]).format(given=_value(finding.given), expected=_value(finding.expected))
    if finding.place in FIGURE:
        name = " / ".join(finding.name.replace("[", ".").replace("]", "").split("."))
        given, expected = _value(finding.given), _value(finding.expected)
        return _(FIGURE[finding.place]).format(name=name, given=given, expected=expected)
    return _of_page(finding)


def _of_page(finding: Finding) -> str:
    where = _(PAGE if finding.name.isdecimal() else PAGES).format(name=finding.name)
    template = DRAWN if finding.place == "drawing" else OTHERWISE
    if finding.place == "page" and finding.given is None:
        template = REDRAWN
    elif finding.place == "page" and not finding.expected:
        template = TOO_MUCH
    elif finding.place == "page" and not finding.given:
        template = MISSING
    return _(template).format(where=where, given=finding.given, expected=finding.expected)


def _value(value: object) -> str:
    """Format a value as a reader would write it, truncated to LONGEST."""
    if value is None or value == ABSENT:
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{name.lstrip('/')} “{inner}”" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_value(inner) for inner in value)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
