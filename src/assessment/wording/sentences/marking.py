"""Marks for texts that are looked up later: extraction finds them by these names."""

Template = str | tuple[str, str]


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it, which extraction looks for
    return text


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - as above
    return singular, plural
