"""A questionnaire to read: everything in it, as text for a terminal or as one page of HTML."""

from assessment.library.preview.html import show_html
from assessment.library.preview.text import show

__all__ = ["show", "show_html"]
