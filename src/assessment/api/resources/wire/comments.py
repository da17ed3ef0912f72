"""Wire types of comments: the same fields as in the file of `assessment report`, and the logo."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct, field

from assessment.api.resources.wire import RequestStruct
from assessment.domain.report.comments import (
    MAX_ENTRIES,
    MAX_REASON_LENGTH,
    MAX_TEXT_LENGTH,
    MAX_TITLE_LENGTH,
    Comments,
)
from assessment.services.results.consultant_comments import ConsultantComments

# Only described here: the service validates, so that one response names every fault in the words used for files.
LineText: TypeAlias = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_TITLE_LENGTH})]
BodyText: TypeAlias = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_TEXT_LENGTH})]
ReasonText: TypeAlias = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_REASON_LENGTH})]
ScorePoints: TypeAlias = Annotated[float, Meta(extra_json_schema={"minimum": 0, "maximum": 100})]


class FindingText(RequestStruct, frozen=True):
    """A finding in the consultant's words."""

    title: LineText
    text: BodyText = ""


class ModeratedScore(RequestStruct, frozen=True):
    """A score that the consultant moderates: the report shows both values, and why."""

    meanings: ClassVar[Mapping[str, str]] = {
        "figure": "Its place in the scores: `overall`, `functions.ID` or `functions.ID.dimensions.ID`."
    }

    figure: str
    moderated: ScorePoints
    reason: ReasonText


class CommentsText(RequestStruct, frozen=True):
    """The consultant's own texts in reports. Name no respondent: reports are passed on."""

    meanings: ClassVar[Mapping[str, str]] = {
        "title": "Instead of the assessment's.",
        "wave": "What this wave is called.",
        "author": "Who made the report.",
        "confidentiality": 'On every page; "Confidential" where it is empty.',
        "remarks": "Texts by part: `answer`, `targets`, `heatmap`, `gap`, `authority`, `hand-offs`, `outlook`, "
        "`roadmap`, `change`, `next` (what respondents read), or the id of a function.",
        "findings": "Findings of your own, after those that are computed.",
        "moderations": "Scores that you judge differently. What is published never changes.",
        "logo": "A PNG or JPEG as base64, at most 1 MB and 4 million pixels. It is redrawn, so you get a PNG back.",
    }

    title: LineText = ""
    wave: LineText = ""
    author: LineText = ""
    confidentiality: LineText = ""
    remarks: dict[str, BodyText] = field(default_factory=dict)
    findings: Annotated[tuple[FindingText, ...], Meta(extra_json_schema={"maxItems": MAX_ENTRIES})] = ()
    moderations: Annotated[tuple[ModeratedScore, ...], Meta(extra_json_schema={"maxItems": MAX_ENTRIES})] = ()
    logo: bytes | None = None


class SavedBy(Struct, frozen=True):
    """Who saved: a user by e-mail address, or a key by its name."""

    kind: Literal["user", "key"]
    name: str


class CommentsOut(Struct, frozen=True):
    """The latest comments. `revision` counts the saves (0: none yet); `release` is the newest result at that time."""

    revision: int
    saved_at: datetime | None
    saved_by: SavedBy | None
    release: int | None
    comments: CommentsText


def parse_comments(sent: CommentsText) -> Comments:
    """Convert to domain comments, without the logo."""
    given = msgspec.to_builtins(sent)
    del given["logo"]
    return msgspec.convert(given, Comments)


def build_comments_out(kept: ConsultantComments) -> CommentsOut:
    text = msgspec.structs.replace(msgspec.convert(msgspec.to_builtins(kept.comments), CommentsText), logo=kept.logo)
    by = SavedBy("key" if kept.by_key else "user", kept.saved_by) if kept.revision else None
    return CommentsOut(kept.revision, kept.saved_at, by, kept.release, text)
