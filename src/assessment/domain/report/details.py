"""Report details: organisation, date, and the consultant's own additions, separate from computed figures."""

from msgspec import UNSET, Struct, UnsetType, field

from assessment.domain.closed_sets import ActionStatus
from assessment.domain.comparison.benchmark_rank import Rank

MAX_LOGO_BYTES = 1_000_000
REMARK_PLACES = (
    "answer",
    "targets",
    "heatmap",
    "gap",
    "authority",
    "hand-offs",
    "outlook",
    "roadmap",
    "change",
    "next",
)


class ConsultantFinding(Struct, frozen=True):
    """A finding written by the consultant; shown as such, after the computed ones."""

    title: str
    text: str = ""


class ScoreModeration(Struct, frozen=True):
    """A score that the consultant moderated; reports show both values and the reason. `place` is its name as text."""

    place: str
    computed: float | None
    moderated: float
    reason: str


class ActionEdit(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The consultant's changes to one action of the roadmap; an empty field leaves the computed value.

    `note` is a comment; `start` and `due` are days (ISO 8601); `baseline` and `goal` are texts.
    """

    title: str = ""
    note: str = ""
    owner: str = ""
    start: str = ""
    due: str = ""
    status: ActionStatus | None = None
    baseline: str = ""
    goal: str = ""


class FindingEdit(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The consultant's changes to a computed finding; `text` replaces its words, `note` is a comment on it."""

    text: str = ""
    note: str = ""


class ReportDetails(Struct, frozen=True):
    """Details of a report beyond its figures. `date` is the closing date (ISO 8601).

    `protection` is the promise to respondents, a `Confidentiality`. `confidentiality` is printed on every page,
    "Confidential" if empty. `logo` is a PNG or JPEG. `release` is the digest of the released result, printed with the
    provenance. `remarks` are the consultant's texts by section: one of `REMARK_PLACES` (`next` is for respondents),
    or the id of a function. `comments` are those of respondents that the consultant chose, by function, "" for the
    whole; `are_comments_withdrawn`: released ones were withdrawn. `start` is the day on which the plan starts (ISO
    8601), by default the close. `actions` are changes to actions by advice id, `order` the consultant's order of
    advice ids (others follow as computed), `dropped` the ids that the consultant left out; `finding_edits`,
    `finding_order` and `dropped_findings` are the same for computed findings. `accent` is the firm's colour,
    "#RRGGBB", `rank` that of the whole among other clients. All of these are left out of the encoding if they are not
    set, so that the digest of earlier reports stays the same.
    """

    organisation: str
    title: str = ""
    date: str | None = None
    wave: str | None = None
    author: str = ""
    confidentiality: str = ""
    protection: str | None = None
    logo: bytes | None = None
    remarks: dict[str, str] = field(default_factory=dict)
    findings: tuple[ConsultantFinding, ...] = ()
    moderations: tuple[ScoreModeration, ...] = ()
    release: str = ""
    start: str | UnsetType = UNSET
    comments: dict[str, tuple[str, ...]] | UnsetType = UNSET
    are_comments_withdrawn: bool | UnsetType = UNSET
    actions: dict[str, ActionEdit] | UnsetType = UNSET
    order: tuple[str, ...] | UnsetType = UNSET
    dropped: tuple[str, ...] | UnsetType = UNSET
    finding_edits: dict[str, FindingEdit] | UnsetType = UNSET
    finding_order: tuple[str, ...] | UnsetType = UNSET
    dropped_findings: tuple[str, ...] | UnsetType = UNSET
    accent: str | UnsetType = UNSET
    rank: Rank | UnsetType = UNSET
