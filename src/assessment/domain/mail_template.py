"""Mail templates: plain text with named placeholders, validated by line and column, filled without any expression.

`{link}` stands once in the body, alone on its line. No other address is allowed, so that a mail from this server never
leads anywhere else.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from assessment.errors import Problem, with_values

SUBJECT, BODY = "subject", "body"
LINK = "{link}"
PLACEHOLDERS = ("asker", "closing_date", "greeting", "link", "minutes", "name", "organisation", "title")
SUBJECT_PLACEHOLDERS = tuple(name for name in PLACEHOLDERS if name != "link")
MAX_SUBJECT_LENGTH = 200
MAX_BODY_LENGTH = 10_000
MARK = re.compile(r"\{([^{}\n]*)\}|[{}]")
# A scheme, www., or a host in lower case that mail programs turn into a link. Not after @: an address may stand there.
# The length of a scheme is limited: without a limit, every letter of a long word is read to its end again.
WEB_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,30})?://|\bwww\.|\b(?:mailto|javascript|data):|(?<![@\w.-])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}(?=[/:?#]|\b(?!@|\.\w|[-\w]))",
    re.IGNORECASE,
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class MailText(Struct, frozen=True):
    """Subject and body of a mail, as a template or filled."""

    subject: str
    body: str


def find_template_problems(template: MailText) -> tuple[Problem, ...]:
    """Return the problems of a template; `file` is "subject" or "body", lines and columns count from 1."""
    return (*_find_subject_problems(template.subject), *_find_body_problems(template.body))


def fill_template(template: MailText, values: Mapping[str, str]) -> MailText:
    """Fill the placeholders; a line with a placeholder whose value is empty is left out.

    Values are inserted once and never read as a template again.
    """
    lines = [_fill_line(line, values) for line in normalize_body(template.body).split("\n")]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line is not None)).strip("\n")
    subject = _fill_line(template.subject, values)
    if subject is None:  # a value of the subject is missing
        subject = MARK.sub(lambda mark: values.get(mark.group(1) or "", ""), template.subject)
    return MailText(" ".join(subject.split()), body)


def normalize_body(body: str) -> str:
    """Normalise line breaks, and strip trailing spaces."""
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def clean_value(value: str) -> str:
    """Return a value as one line without control characters, and without anything that becomes a link."""
    text = " ".join(CONTROL.sub(" ", value).split())
    return re.sub(r"(?i)\bwww\.", "www ", text.replace("://", " "))


def _fill_line(line: str, values: Mapping[str, str]) -> str | None:
    names = [mark.group(1) for mark in MARK.finditer(line) if mark.group(1) is not None]
    if any(not values.get(name) for name in names):
        return None
    return MARK.sub(lambda mark: values[mark.group(1)] if mark.group(1) is not None else mark.group(0), line)


def _find_subject_problems(subject: str) -> Iterator[Problem]:
    if not subject.strip():
        yield Problem("Write a subject.", file=SUBJECT, pointer="/subject")
    if len(subject) > MAX_SUBJECT_LENGTH:
        message = with_values("Write at most {most} characters.", most=MAX_SUBJECT_LENGTH)
        yield _make_problem(SUBJECT, 1, MAX_SUBJECT_LENGTH, message)
        return  # a form may hold megabytes
    yield from _find_line_problems(SUBJECT, 1, subject, SUBJECT_PLACEHOLDERS)
    if "\n" in subject or "\r" in subject:
        yield Problem("Write the subject on one line.", file=SUBJECT, line=1, pointer="/subject")


def _find_body_problems(body: str) -> Iterator[Problem]:
    if len(body) > MAX_BODY_LENGTH:
        message = with_values("Write at most {most} characters.", most=MAX_BODY_LENGTH)
        yield Problem(message, file=BODY, pointer="/body")
        return  # a form may hold megabytes
    lines = normalize_body(body).split("\n")
    for number, line in enumerate(lines, start=1):
        yield from _find_line_problems(BODY, number, line, PLACEHOLDERS)
    places = [(number, column) for number, line in enumerate(lines, start=1) for column in _find_links(line)]
    if not places:
        message = with_values("Put {link} once on a line of its own.", link=LINK)
        yield Problem(message, file=BODY, line=len(lines), pointer="/body")
    for number, column in places[1:]:
        yield _make_problem(BODY, number, column, with_values("The link is there already. Remove this one."))
    for number, column in places[:1]:
        if lines[number - 1].strip() != LINK:
            yield _make_problem(BODY, number, column, with_values("Put the link on a line of its own."))


def _find_links(line: str) -> list[int]:
    return [mark.start() + 1 for mark in re.finditer(re.escape(LINK), line)]


def _find_line_problems(part: str, number: int, line: str, known: tuple[str, ...]) -> Iterator[Problem]:
    for mark in MARK.finditer(line):
        name = mark.group(1)
        if name is None:
            message = with_values("A curly bracket without its other half.")
            yield _make_problem(part, number, mark.start() + 1, message)
        elif name not in known:
            braced = tuple(f"{{{placeholder}}}" for placeholder in known)
            message = with_values("Unknown placeholder. Use one of {known}.", known=braced)
            yield _make_problem(part, number, mark.start() + 1, message)
    plain = MARK.sub(lambda mark: " " * len(mark.group(0)), line)
    for address in WEB_ADDRESS.finditer(plain):
        message = with_values("Remove this web address: a mail has no link except {link}.", link=LINK)
        yield _make_problem(part, number, address.start() + 1, message)
    for character in CONTROL.finditer(line):
        message = with_values("Remove this invisible character.")
        yield _make_problem(part, number, character.start() + 1, message)


def _make_problem(part: str, line: int, column: int, message: str) -> Problem:
    return Problem(message, file=part, line=line, column=str(column), pointer=f"/{part}")
