"""Extraction markers for texts that are translated later; Babel finds them by name."""

MessageTemplate = str | tuple[str, str]


def N_(text: str) -> str:  # noqa: N802 - gettext's conventional name, which extraction looks for
    return text


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - as above
    return singular, plural
