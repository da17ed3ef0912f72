"""Preferences of a workspace: languages on offer, name of the sender, retention, logo, colour."""

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from assessment.charts.primitives.brand import COLOUR_PATTERN, NEEDED_CONTRAST, measure_contrast
from assessment.domain.text_normalisation import normalize_text
from assessment.errors import InvalidError, Problem, with_values
from assessment.i18n import list_languages
from assessment.i18n.messages import N_
from assessment.services.operations import audit_trail
from assessment.services.survey.answer_validation import is_storable
from assessment.storage.auth import workspace_preferences
from assessment.storage.auth.workspace_preferences import WorkspacePreferences

MAX_SENDER_LENGTH = 200
MAX_RETENTION_MONTHS = 240
MONTHS_PER_YEAR = 12
LAST_COMMON_DAY = 28  # every month has it
INVALID_LANGUAGE = N_("Choose at least one of the languages.")
INVALID_SENDER = N_("Give a name of at most 200 characters, or leave it out.")
INVALID_COLOUR = N_("Write the colour as # and six digits or letters from A to F, like #0B3D63, or leave it out.")
PALE_COLOUR = N_(
    "{colour} has a contrast of {contrast} to 1 with white. Headings need {needed} to 1 or more: choose a darker one."
)
INVALID_RETENTION = N_("Give a whole number of months from 1 to 240, or leave it out.")


def load_preferences(session: Session, workspace_id: str) -> WorkspacePreferences:
    return workspace_preferences.load_preferences(session, workspace_id)


def load_logo(session: Session, workspace_id: str) -> bytes | None:
    """Return the logo as PNG; None without one."""
    return workspace_preferences.load_logo(session, workspace_id)


def change_preferences(session: Session, workspace_id: str, new: WorkspacePreferences, now: datetime) -> None:
    """Change all but the logo; `InvalidError` lists all problems. All languages are stored as none."""
    known = list_languages()
    problems = []
    if not new.languages or not set(new.languages) <= set(known):
        problems.append(Problem(INVALID_LANGUAGE, pointer="/languages", code="unknown-value"))
    sender = normalize_text(new.sender_name)
    if len(sender) > MAX_SENDER_LENGTH or not is_storable(sender):
        problems.append(Problem(INVALID_SENDER, pointer="/sender_name", code="too-long"))
    prepared_by = normalize_text(new.prepared_by)
    if len(prepared_by) > MAX_SENDER_LENGTH or not is_storable(prepared_by):
        problems.append(Problem(INVALID_SENDER, pointer="/prepared_by", code="too-long"))
    accent = new.accent.strip().upper()
    problems += find_colour_problems(accent)
    if new.retention_months is not None and not 1 <= new.retention_months <= MAX_RETENTION_MONTHS:
        problems.append(Problem(INVALID_RETENTION, pointer="/retention_months", code="out-of-range"))
    if problems:
        raise InvalidError("The workspace can’t be changed.", problems)
    languages = [] if set(new.languages) == set(known) else sorted(set(new.languages))
    stored = load_preferences(session, workspace_id)
    values = {
        "languages": languages,
        "sender_name": sender,
        "retention_months": new.retention_months,
        "prepared_by": prepared_by,
        "accent": accent,
    }
    before = {name: getattr(stored, name) for name in values} | {"languages": list(stored.languages)}
    different = {name: value for name, value in values.items() if value != before[name]}
    if different:
        workspace_preferences.update_preferences(session, workspace_id, **different)
        audit_trail.record_event(
            session, workspace_id, now, audit_trail.WORKSPACE_CHANGED, workspace_id, **_format_details(different)
        )


def find_colour_problems(accent: str) -> list[Problem]:
    """List the problems of a colour "#RRGGBB": headings in it must be readable on white, and white texts on it."""
    if not accent:
        return []
    if not COLOUR_PATTERN.fullmatch(accent):
        return [Problem(INVALID_COLOUR, pointer="/accent", code="invalid-value")]
    contrast = measure_contrast(accent)
    if contrast >= NEEDED_CONTRAST:
        return []
    values = {"colour": accent, "contrast": f"{math.floor(10 * contrast) / 10}", "needed": f"{NEEDED_CONTRAST:.1f}"}
    return [Problem(with_values(PALE_COLOUR, **values), pointer="/accent", code="out-of-range")]


def change_logo(session: Session, workspace_id: str, png: bytes | None, now: datetime) -> None:
    """Set the logo, a PNG that was redrawn, or remove it."""
    workspace_preferences.update_preferences(session, workspace_id, logo=png)
    logo = "removed" if png is None else "new"
    audit_trail.record_event(session, workspace_id, now, audit_trail.WORKSPACE_CHANGED, workspace_id, logo=logo)


def select_languages(preferences: WorkspacePreferences, tags: Iterable[str]) -> tuple[str, ...]:
    """Return those of the languages that the workspace offers; all if it offers none of them."""
    offered = tuple(tags)
    return tuple(tag for tag in offered if tag in preferences.languages) or offered


def subtract_months(day: date, months: int) -> date:
    """Return the day `months` earlier; the 31st becomes the 28th where there is none."""
    year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 - months, MONTHS_PER_YEAR)
    return date(year, month + 1, min(day.day, LAST_COMMON_DAY))


def is_retention_over(preferences: WorkspacePreferences, closed_on: date | None, today: date) -> bool:
    """Return whether the answers of an assessment that was closed on a day are due for erasure."""
    if closed_on is None or preferences.retention_months is None:
        return False
    return closed_on <= subtract_months(today, preferences.retention_months)


def _format_details(different: Mapping[str, object]) -> dict[str, str]:
    """Return details for the log; an empty value is a dash."""
    texts = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
        for name, value in different.items()
    }
    return {name: text or "–" for name, text in texts.items()}
