"""What every operation declares: who may use it, what it says of itself, how it may fail, an example."""

from typing import Any, Literal, TypeAlias

from msgspec import Struct, field

from assessment.policies import PUBLIC, key

Scope: TypeAlias = Literal["read:assessments", "read:scores", "read:reports", "write:assessments"]
SCOPES: dict[Scope, str] = {
    "read:assessments": "Read questionnaires, organisations, assessments, invitations and progress.",
    "read:scores": "Read results.",
    "read:reports": "Download reports, and read the consultant's comments in them.",
    "write:assessments": "Create and change organisations, assessments, invitations and comments; take in responses.",
}


class Operation(Struct, frozen=True, kw_only=True):
    """What the reference tells of a route beyond its types; `fails` are statuses of its own."""

    scope: Scope | None
    fails: tuple[int, ...] = ()
    sends: Any = None  # an example of the body
    bounds: dict[str, int] = field(default_factory=dict)  # of the body, beyond its type
    gives: Any = None  # an example of the answer
    media_type: str = "application/json"
    once: bool = False  # takes Idempotency-Key
    guarded: bool = False  # honours If-Match
    parameters: tuple[str, ...] = ()  # of the query
    tagged: bool = False  # sends ETag, honours If-None-Match


def operation(summary: str, tag: str, described: Operation) -> dict[str, Any]:
    """Return the arguments of a route's decorator."""
    scope = described.scope
    return {
        "summary": summary,
        "tags": [tag],
        "policy": key(scope) if scope else PUBLIC,
        "operation": described,
        "security": [{"key": [scope]}] if scope else [],
    }
