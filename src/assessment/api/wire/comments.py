"""Wire types of comments: the same fields as in the file of `assessment report`, and the logo."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct, field

from assessment.api.wire import Strict
from assessment.domain.comments import LONGEST_REASON, LONGEST_TEXT, LONGEST_TITLE, MOST, Comments
from assessment.services.commenting import Kept

# Only described here: the service validates, so that one response names every fault in the words used for files.
Line: TypeAlias = Annotated[str, Meta(extra_json_schema={"maxLength": LONGEST_TITLE})]
Words: TypeAlias = Annotated[str, Meta(extra_json_schema={"maxLength": LONGEST_TEXT})]
Reason: TypeAlias = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_REASON})]
Points: TypeAlias = Annotated[float, Meta(extra_json_schema={"minimum": 0, "maximum": 100})]


class FindingText(Strict, frozen=True):
    """A finding in the consultant's words."""

    title: Line
    text: Words = ""


class ModeratedScore(Strict, frozen=True):
    """A score that the consultant moderates: the report shows both values, and why."""

    meanings: ClassVar[Mapping[str, str]] = {
        "figure": "Its place in the scores: `overall`, `functions.ID` or `functions.ID.dimensions.ID`."
    }

    figure: str
    moderated: Points
    reason: Reason


class CommentsText(Strict, frozen=True):
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

    title: Line = ""
    wave: Line = ""
    author: Line = ""
    confidentiality: Line = ""
    remarks: dict[str, Words] = field(default_factory=dict)
    findings: Annotated[tuple[FindingText, ...], Meta(extra_json_schema={"maxItems": MOST})] = ()
    moderations: Annotated[tuple[ModeratedScore, ...], Meta(extra_json_schema={"maxItems": MOST})] = ()
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


def own(sent: CommentsText) -> Comments:
    """Convert to domain comments, without the logo."""
    given = msgspec.to_builtins(sent)
    del given["logo"]
    return msgspec.convert(given, Comments)


def shown(kept: Kept) -> CommentsOut:
    text = msgspec.structs.replace(msgspec.convert(msgspec.to_builtins(kept.comments), CommentsText), logo=kept.logo)
    by = SavedBy("key" if kept.by_key else "user", kept.saved_by) if kept.revision else None
    return CommentsOut(kept.revision, kept.saved_at, by, kept.release, text)
