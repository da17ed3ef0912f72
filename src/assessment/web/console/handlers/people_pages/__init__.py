"""People of an assessment: list, import, replacement, links."""
