"""Content negotiation (`Accept`) and the check for unknown or repeated query parameters."""

from collections.abc import Collection

from litestar.connection import ASGIConnection

from assessment.api.problems import Misplaced, NotAcceptableError, RefusedError


def acceptable(accept: str, offered: str) -> bool:
    """Return whether an `Accept` header admits the media type; the most specific range decides (RFC 9110)."""
    main = offered.partition("/")[0]
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        weights[kind] = _weight(parameters)
    if not any(weights):
        return True
    return next((weights[kind] for kind in (offered, f"{main}/*", "*/*") if kind in weights), 0.0) > 0


def require(connection: ASGIConnection, offered: str, parameters: Collection[str]) -> None:  # type: ignore[type-arg]
    """Raise `NotAcceptableError` (406), or `RefusedError` for unknown and repeated parameters."""
    if not acceptable(connection.headers.get("accept", ""), offered):
        raise NotAcceptableError(f"This address gives {offered}.")
    names = [name for name, _ in connection.query_params.multi_items()]
    known = ", ".join(sorted(parameters)) or "none"
    wrong = [
        Misplaced("parameter", name, f"There is no such parameter. Known: {known}.")
        for name in names
        if name not in parameters
    ]
    wrong += [Misplaced("parameter", name, "Give it once.") for name in sorted(parameters) if names.count(name) > 1]
    if wrong:
        raise RefusedError(*wrong)


def _weight(parameters: Collection[str]) -> float:
    quality = next((each.partition("=")[2] for each in parameters if each.startswith("q=")), "1")
    try:
        return float(quality)
    except ValueError:
        return 0.0
