"""Translation of messages, and numbers, dates and lists in the reader's language."""

from assessment.i18n.translator import (
    DASH,
    LOCALE_FOLDER,
    SOURCE_LANGUAGE,
    Translator,
    get_translator,
    list_languages,
)

__all__ = ["DASH", "LOCALE_FOLDER", "SOURCE_LANGUAGE", "Translator", "get_translator", "list_languages"]
