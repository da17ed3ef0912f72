"""Content negotiation: `Accept` and `Accept-Encoding`."""

from collections.abc import Collection, Sequence
from typing import Any

from litestar.connection import ASGIConnection

from assessment.api.http.problems import NotAcceptableError
from assessment.api.openapi.operations import Operation

FORMAT_PARAMETER = "format"


def is_acceptable(accept: str, offered: str) -> bool:
    """Return whether an `Accept` header admits the media type; the most specific range decides (RFC 9110).

    Litestar's `request.accept` ignores `q=0`, so it would admit a range that the client excludes.
    """
    return _find_quality(accept, offered) > 0


def choose_media_type(accept: str, offered: Sequence[str]) -> str | None:
    """Return the media type that an `Accept` header prefers, the first of several; None if it admits none."""
    chosen = max(offered, key=lambda media_type: _find_quality(accept, media_type))
    return chosen if is_acceptable(accept, chosen) else None


def check_accept(connection: ASGIConnection[Any, Any, Any, Any], declared: Operation) -> None:
    """Raise `NotAcceptableError` (406) if `Accept` admits nothing that the route, or the requested format, offers."""
    wanted = declared.formats.get(connection.query_params.get(FORMAT_PARAMETER, ""))
    offered = (wanted,) if wanted else tuple(declared.formats.values()) or (declared.media_type,)
    if choose_media_type(connection.headers.get("accept", ""), offered) is None:
        raise NotAcceptableError(f"This address returns {', '.join(offered)}.")


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether an `Accept-Encoding` header asks for gzip."""
    weights = _parse_weights(accept_encoding)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _find_quality(accept: str, offered: str) -> float:
    main = offered.partition("/")[0]
    weights = _parse_weights(accept)
    if not any(weights):
        return 1.0
    return next((weights[kind] for kind in (offered, f"{main}/*", "*/*") if kind in weights), 0.0)


def _parse_weights(header: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        weights[kind] = _parse_quality(parameters)
    return weights


def _parse_quality(parameters: Collection[str]) -> float:
    quality = next((parameter.partition("=")[2] for parameter in parameters if parameter.startswith("q=")), "1")
    try:
        return float(quality)
    except ValueError:
        return 0.0
