"""Respondents' comments: one field per survey page and one open question, saved like answers.

Their keys contain a colon, which no id of an item or section may contain. A comment is stored as the `reason` of an
answer with the value `WRITTEN`, so it has the durability, the order of saves and the erasure of answers, and so that
"does not apply" reasons and comments are read in one place (method 6.10).
"""

from collections.abc import Collection

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.routing import build_survey_pages

KEY_SEPARATOR = ":"  # in the key of each comment, and in no id
SECTION_PREFIX = f"comment{KEY_SEPARATOR}"
OPEN_QUESTION = f"open{KEY_SEPARATOR}comment"
WRITTEN = "written"
MAX_COMMENT_LENGTH = 1000


def is_comment(key: str) -> bool:
    """Return whether a key is that of a comment instead of an item."""
    return KEY_SEPARATOR in key


def make_comment_key(section: str) -> str:
    """Return the key of the comment on the page that begins with a section."""
    return f"{SECTION_PREFIX}{section}"


def list_comment_keys(questionnaire: Questionnaire, role: str, functions: Collection[str]) -> tuple[str, ...]:
    """Return the keys of all comments that someone with this role in these functions can write."""
    pages = build_survey_pages(questionnaire, role, functions)
    return (*(make_comment_key(page[0].id) for page in pages), OPEN_QUESTION)


def list_known_keys(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the keys of all comments of a questionnaire, as in files of responses."""
    return (*(make_comment_key(section.id) for section in questionnaire.sections), OPEN_QUESTION)


def find_comment_function(questionnaire: Questionnaire, key: str) -> str | None:
    """Return the function that an answer's or a comment's text is about; None if it is about the whole."""
    if key in questionnaire.item:
        return questionnaire.item[key].function
    sections = {make_comment_key(section.id): section.function for section in questionnaire.sections}
    return sections.get(key)


def normalize_comment(text: str) -> str:
    """Trim a comment and its line breaks, which forms send as CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
