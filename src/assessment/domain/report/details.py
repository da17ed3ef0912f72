"""What the report is about, and what the consultant adds to it: kept apart from what is computed."""

from msgspec import Struct, field

PROTECTIONS = ("confidential", "anonymous", "attributable")
PLACES = ("answer", "targets", "heatmap", "gap", "authority", "hand-offs", "outlook", "roadmap", "change", "next")


class OwnFinding(Struct, frozen=True):
    """A finding in the consultant's words; shown as theirs, after what is computed."""

    title: str
    text: str = ""


class Moderation(Struct, frozen=True):
    """A score that the consultant moderated: both values are shown, and why. `place` names it in words."""

    place: str
    computed: float | None
    moderated: float
    reason: str


class Details(Struct, frozen=True):
    """What the report is about, beyond the figures. `date` is ISO, of the close.

    `protection` is one of `PROTECTIONS`: what those who answered were promised. `author` is who made it;
    `confidentiality` stands on every page, "Confidential" where it is empty. `logo` is a PNG or JPEG.
    `release` is the digest of the released result, printed with the provenance.
    `remarks` are the consultant's texts by part: one of `PLACES` (`next` is for respondents), or the id of a function.
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
    findings: tuple[OwnFinding, ...] = ()
    moderations: tuple[Moderation, ...] = ()
    release: str = ""
