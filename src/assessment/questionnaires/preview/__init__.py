"""Preview of a questionnaire: its whole content as text for a terminal or as one HTML page."""

from assessment.questionnaires.preview.html import render_html
from assessment.questionnaires.preview.text import render_text

__all__ = ["render_html", "render_text"]
