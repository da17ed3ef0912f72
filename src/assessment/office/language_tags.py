"""Language tags of Office: with a region, which its spelling checkers need."""

REGIONS = {"de": "DE", "en": "GB", "es": "ES", "fr": "FR"}


def get_language_tag(language: str) -> str:
    """Return the tag of a language with its region; other languages unchanged."""
    return f"{language}-{REGIONS[language]}" if language in REGIONS else language
