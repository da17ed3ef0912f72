"""What a consultant adds to a report: texts, findings, moderated scores, a logo. No computed figure changes with it."""

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report import Details, Moderation, OwnFinding
from assessment.domain.report.details import PLACES
from assessment.domain.result import Result
from assessment.errors import Problem, with_values
from assessment.pdf.logo import redrawn

LONGEST_TEXT, LONGEST_TITLE, LONGEST_REASON = 6000, 240, 2000
MOST = 50  # findings, and moderated scores
HIGHEST = 100.0
FUNCTION_PARTS, DIMENSION_PARTS = 2, 4


class Moderating(Struct, frozen=True, forbid_unknown_fields=True):
    """A score to moderate: `figure` is its place in the result: `overall`, or `functions.` and an id."""

    figure: str
    moderated: float
    reason: str


class Comments(Struct, frozen=True, forbid_unknown_fields=True):
    """All that is a consultant's own. `logo` is the path of a picture, beside the file that names it."""

    title: str = ""
    wave: str = ""
    author: str = ""
    confidentiality: str = ""
    logo: str = ""
    remarks: dict[str, str] = field(default_factory=dict)
    findings: tuple[OwnFinding, ...] = ()
    moderations: tuple[Moderating, ...] = ()


def faults(comments: Comments, questionnaire: Questionnaire, result: Result) -> Iterator[Problem]:
    """Everything that can't stand in a report."""
    places = {*PLACES, *(function.id for function in questionnaire.functions)}
    for name in ("title", "wave", "author", "confidentiality"):
        yield from _long(getattr(comments, name), LONGEST_TITLE, f"/{name}")
    for place, text in comments.remarks.items():
        if place not in places:
            message = with_values("There is no part {name}.", name=repr(place))
            yield Problem(message, with_values("Use one of {known}.", known=tuple(sorted(places))), f"/remarks/{place}")
        yield from _long(text, LONGEST_TEXT, f"/remarks/{place}")
    for kind in ("findings", "moderations"):
        if len(getattr(comments, kind)) > MOST:
            yield Problem(with_values("More than {most} entries.", most=MOST), "Keep those that matter.", f"/{kind}")
    for number, finding in enumerate(comments.findings):
        if not finding.title.strip():
            yield Problem("A finding without a title.", "Say it in a sentence.", f"/findings/{number}/title")
        yield from _long(finding.title, LONGEST_TITLE, f"/findings/{number}/title")
        yield from _long(finding.text, LONGEST_TEXT, f"/findings/{number}/text")
    for number, one in enumerate(comments.moderations):
        yield from _moderation(one, result, f"/moderations/{number}")


def commented(
    details: Details,
    comments: Comments,
    questionnaire: Questionnaire,
    result: Result,
    language: str,
    logo: bytes | None,
) -> Details:
    """Add what is a consultant's own; `InvalidError` where the `logo` is no picture. `faults` come first."""
    texts = questionnaire.text(language)
    functions, dimensions = texts.functions, {name: text.title for name, text in texts.dimensions.items()}

    def named(figure: str) -> str:
        parts = figure.split(".")
        names = [functions.get(parts[1], parts[1])] if len(parts) >= FUNCTION_PARTS else [details.organisation]
        return " · ".join(names + [dimensions.get(name, name) for name in parts[3:]])

    return replace(
        details,
        title=comments.title or details.title,
        wave=comments.wave or details.wave,
        author=comments.author or details.author,
        confidentiality=comments.confidentiality or details.confidentiality,
        logo=redrawn(logo) if logo is not None else details.logo,
        remarks=details.remarks | comments.remarks,
        findings=(*details.findings, *comments.findings),
        moderations=(
            *details.moderations,
            *(
                Moderation(named(one.figure), _score(result, one.figure), one.moderated, one.reason)
                for one in comments.moderations
            ),
        ),
    )


def _moderation(one: Moderating, result: Result, pointer: str) -> Iterator[Problem]:
    try:
        _score(result, one.figure)
    except KeyError:
        message = with_values("There is no score {name} in this result.", name=repr(one.figure))
        yield Problem(message, "Name overall, functions.ID or functions.ID.dimensions.ID.", f"{pointer}/figure")
    if not 0 <= one.moderated <= HIGHEST:
        yield Problem("A score lies between 0 and 100.", "Choose one in between.", f"{pointer}/moderated")
    if not one.reason.strip():
        yield Problem("A moderated score without a reason.", "Say why: both values are shown.", f"{pointer}/reason")
    yield from _long(one.reason, LONGEST_REASON, f"{pointer}/reason")


def _score(result: Result, figure: str) -> float | None:
    """The computed score at a place of the result; `KeyError` where there is none."""
    parts = figure.split(".")
    if parts == ["overall"]:
        return result.overall.score
    if parts[0] != "functions" or len(parts) not in (FUNCTION_PARTS, DIMENSION_PARTS):
        raise KeyError(figure)
    function = result.functions[parts[1]]
    if len(parts) == FUNCTION_PARTS:
        return function.score
    if parts[2] != "dimensions":
        raise KeyError(figure)
    return function.dimensions[parts[3]].score


def _long(text: str, most: int, pointer: str) -> Iterator[Problem]:
    if len(text) > most:
        yield Problem(with_values("More than {most} characters.", most=most), "Say it in fewer.", pointer)
