"""Content negotiation (`Accept`) and the check for unknown or repeated query parameters."""

from collections.abc import Collection

from litestar.connection import ASGIConnection

from assessment.api.http.problems import InvalidParametersError, NotAcceptableError, ParameterProblem


def is_acceptable(accept: str, offered: str) -> bool:
    """Return whether an `Accept` header admits the media type; the most specific range decides (RFC 9110).

    Litestar's `request.accept` ignores `q=0`, so it would admit a range that the client excludes.
    """
    main = offered.partition("/")[0]
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        weights[kind] = _parse_quality(parameters)
    if not any(weights):
        return True
    return next((weights[kind] for kind in (offered, f"{main}/*", "*/*") if kind in weights), 0.0) > 0


def check_accept_and_query(connection: ASGIConnection, offered: str, parameters: Collection[str]) -> None:  # type: ignore[type-arg]
    """Raise `NotAcceptableError` (406), or `InvalidParametersError` for unknown and repeated parameters."""
    if not is_acceptable(connection.headers.get("accept", ""), offered):
        raise NotAcceptableError(f"This address gives {offered}.")
    names = [name for name, _ in connection.query_params.multi_items()]
    choices = ", ".join(sorted(parameters)) or "none"
    wrong = [
        ParameterProblem("parameter", name, f"There is no such parameter. Known: {choices}.")
        for name in names
        if name not in parameters
    ]
    wrong += [
        ParameterProblem("parameter", name, "Give it once.") for name in sorted(parameters) if names.count(name) > 1
    ]
    if wrong:
        raise InvalidParametersError(*wrong)


def _parse_quality(parameters: Collection[str]) -> float:
    quality = next((parameter.partition("=")[2] for parameter in parameters if parameter.startswith("q=")), "1")
    try:
        return float(quality)
    except ValueError:
        return 0.0
