"""Preview of a questionnaire: its whole content as text for a terminal or as one HTML page."""

from assessment.library.preview.html import show_html
from assessment.library.preview.text import show

__all__ = ["show", "show_html"]
