"""Consultant's additions to a report: texts, findings, moderated scores. They change no computed figure."""

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from assessment.domain.days import find_day_problems
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.details import (
    REMARK_PLACES,
    ActionEdit,
    ConsultantFinding,
    FindingEdit,
    ReportDetails,
    ScoreModeration,
)
from assessment.domain.report.finding_edits import find_finding_problems, set_finding_edits
from assessment.domain.report.plan_problems import check_length, find_plan_problems
from assessment.domain.result import Result
from assessment.errors import Problem, with_values

MAX_TEXT_LENGTH, MAX_TITLE_LENGTH, MAX_REASON_LENGTH = 6000, 240, 2000
MAX_ENTRIES = 50  # findings, and moderated scores
MAX_SCORE = 100.0
MAX_QUOTED_LENGTH = 60  # characters of an unknown name that an error message repeats
OVERALL_FIGURE = "overall"
FUNCTION_PATH_PARTS = 2


class ModerationInput(Struct, frozen=True, forbid_unknown_fields=True):
    """A score to moderate; `figure` is its path: overall, functions.ID or functions.ID.dimensions.ID."""

    figure: str
    moderated: float
    reason: str


class Comments(Struct, frozen=True, forbid_unknown_fields=True):
    """The consultant's own texts and scores in a report, without the logo. `start`: day the plan starts (ISO 8601).

    `actions` change single actions of the roadmap by advice id, `order` lists advice ids, `dropped` gives the reason
    for each advice id left out; reasons are not printed. `finding_edits`, `finding_order` and `dropped_findings` do
    the same for computed findings, by the ids of `StatedFinding`.
    """

    title: str = ""
    wave: str = ""
    author: str = ""
    confidentiality: str = ""
    start: str = ""
    remarks: dict[str, str] = field(default_factory=dict)
    findings: tuple[ConsultantFinding, ...] = ()
    moderations: tuple[ModerationInput, ...] = ()
    actions: dict[str, ActionEdit] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    dropped: dict[str, str] = field(default_factory=dict)
    finding_edits: dict[str, FindingEdit] = field(default_factory=dict)
    finding_order: tuple[str, ...] = ()
    dropped_findings: dict[str, str] = field(default_factory=dict)


def find_comment_problems(comments: Comments, questionnaire: Questionnaire) -> Iterator[Problem]:
    """Yield every problem of `comments` for reports on this questionnaire, with JSON pointers."""
    for name in ("title", "wave", "author", "confidentiality"):
        yield from check_length(getattr(comments, name), MAX_TITLE_LENGTH, f"/{name}")
    yield from find_day_problems(comments.start, "/start")
    yield from _check_remarks(comments, questionnaire)
    for kind in ("findings", "moderations"):
        if len(getattr(comments, kind)) > MAX_ENTRIES:
            yield Problem(
                with_values("More than {most} entries.", most=MAX_ENTRIES),
                "Keep those that matter.",
                pointer=f"/{kind}",
                code="too-many",
            )
    for number, finding in enumerate(comments.findings):
        if not finding.title.strip():
            yield Problem(
                "A finding without a title.",
                "Say it in a sentence.",
                pointer=f"/findings/{number}/title",
                code="missing",
            )
        yield from check_length(finding.title, MAX_TITLE_LENGTH, f"/findings/{number}/title")
        yield from check_length(finding.text, MAX_TEXT_LENGTH, f"/findings/{number}/text")
    for number, moderation in enumerate(comments.moderations):
        yield from _check_moderation(moderation, questionnaire, f"/moderations/{number}")
    yield from find_plan_problems(comments.actions, comments.order, comments.dropped, questionnaire)
    yield from find_finding_problems(
        comments.finding_edits, comments.finding_order, comments.dropped_findings, questionnaire
    )


def add_comments(
    details: ReportDetails,
    comments: Comments,
    questionnaire: Questionnaire,
    result: Result,
    language: str,
    logo: bytes | None,
) -> ReportDetails:
    """Add comments to report details; validate with `find_comment_problems` first.

    Moderations of scores that this result does not have are dropped.
    """
    texts = questionnaire.text(language)
    functions, dimensions = texts.functions, {name: text.title for name, text in texts.dimensions.items()}

    def name_figure(figure: str) -> str:
        parts = figure.split(".")
        names = [functions.get(parts[1], parts[1])] if len(parts) >= FUNCTION_PATH_PARTS else [details.organisation]
        return " · ".join(names + [dimensions.get(name, name) for name in parts[3:]])

    scores = _list_scores(result)
    plan = details
    if comments.actions:
        plan = replace(plan, actions=comments.actions)
    if comments.order:
        plan = replace(plan, order=comments.order)
    if comments.dropped:
        plan = replace(plan, dropped=tuple(sorted(comments.dropped)))
    plan = set_finding_edits(plan, comments.finding_edits, comments.finding_order, comments.dropped_findings)
    return replace(
        plan,
        title=comments.title or details.title,
        wave=comments.wave or details.wave,
        author=comments.author or details.author,
        confidentiality=comments.confidentiality or details.confidentiality,
        logo=logo or details.logo,
        start=comments.start or details.start,
        remarks=details.remarks | comments.remarks,
        findings=(*details.findings, *comments.findings),
        moderations=(
            *details.moderations,
            *(
                ScoreModeration(
                    name_figure(moderation.figure), scores[moderation.figure], moderation.moderated, moderation.reason
                )
                for moderation in comments.moderations
                if moderation.figure in scores
            ),
        ),
    )


def _check_remarks(comments: Comments, questionnaire: Questionnaire) -> Iterator[Problem]:
    places = {*REMARK_PLACES, *(function.id for function in questionnaire.functions)}
    for place, text in comments.remarks.items():
        pointer = "/remarks/" + place.replace("~", "~0").replace("/", "~1")
        if place not in places:
            message = with_values("There is no part {name}.", name=repr(place[:MAX_QUOTED_LENGTH]))
            yield Problem(
                message,
                with_values("Use one of {known}.", known=tuple(sorted(places))),
                pointer=pointer,
                code="unknown-value",
            )
        yield from check_length(text, MAX_TEXT_LENGTH, pointer)


def _check_moderation(moderation: ModerationInput, questionnaire: Questionnaire, pointer: str) -> Iterator[Problem]:
    if moderation.figure not in set(_list_figures(questionnaire)):
        message = with_values(
            "There is no score {name} in this questionnaire.", name=repr(moderation.figure[:MAX_QUOTED_LENGTH])
        )
        yield Problem(
            message,
            "Name overall, functions.ID or functions.ID.dimensions.ID.",
            pointer=f"{pointer}/figure",
            code="unknown-value",
        )
    if not 0 <= moderation.moderated <= MAX_SCORE:
        yield Problem(
            "A score lies between 0 and 100.",
            "Choose one in between.",
            pointer=f"{pointer}/moderated",
            code="out-of-range",
        )
    if not moderation.reason.strip():
        yield Problem(
            "A moderated score without a reason.",
            "Say why: both values are shown.",
            pointer=f"{pointer}/reason",
            code="missing",
        )
    yield from check_length(moderation.reason, MAX_REASON_LENGTH, f"{pointer}/reason")


def _list_figures(questionnaire: Questionnaire) -> Iterator[str]:
    """Yield the paths of all scores that may be moderated."""
    yield OVERALL_FIGURE
    for function in questionnaire.functions:
        yield f"functions.{function.id}"
        yield from (f"functions.{function.id}.dimensions.{dimension.id}" for dimension in questionnaire.dimensions)


def _list_scores(result: Result) -> dict[str, float | None]:
    """Computed scores of a result by path."""
    scores = {OVERALL_FIGURE: result.overall.score}
    for name, function in result.functions.items():
        scores[f"functions.{name}"] = function.score
        scores |= {
            f"functions.{name}.dimensions.{dimension_id}": dimension.score
            for dimension_id, dimension in function.dimensions.items()
        }
    return scores
