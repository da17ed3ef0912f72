"""Show a rendered mail inside a page of the console."""

import re

from markupsafe import Markup

from assessment.services.delivery.mail_rendering import RenderedMail

BODY = re.compile(r"<body[^>]*>\s*<div[^>]*>(.*)</div>\s*</body>", re.DOTALL)
BUTTON = re.compile(r'<a href="[^"]*" style="[^"]*">')
ADDRESS = re.compile(r'<a href="[^"]*">')
STYLE = re.compile(r' style="[^"]*"')


def make_preview_body(mail: RenderedMail) -> Markup:
    """Return the body of the HTML version without its inline styles and links.

    Our content security policy allows neither inline styles nor frames, and the links are dummies. Texts of people are
    escaped in the HTML, so no pattern can match inside them.
    """
    match = BODY.search(mail.html)
    body = match[1] if match else ""
    body = ADDRESS.sub("<span>", BUTTON.sub('<span class="button">', body)).replace("</a>", "</span>")
    return Markup(STYLE.sub("", body))  # noqa: S704  # rendered and escaped by mail_rendering
