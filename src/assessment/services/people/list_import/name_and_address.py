"""Cells and lines with names and addresses together: `Ann Lee <ann@example.org>`, as mail programs write them."""

import re

from assessment.domain.text_normalisation import strip_invisible

ADDRESS = r"(?P<address>[^<>()\s]+@[^<>()\s]+)"
NAMED_ADDRESS = re.compile(rf"""\s*["']?(?P<name>[^<>"]*?)["']?\s*<\s*(?:mailto:)?{ADDRESS}\s*>[\s;,]*$""")
BRACKETED_ADDRESS = re.compile(rf"(?P<name>[^(]*)\({ADDRESS}\)\s*$")
RECIPIENTS = re.compile(r"[^<>\r\n\t]*<[^<>\s]+@[^<>\s]+>(?:[;,]\s*[^<>\r\n\t]*<[^<>\s]+@[^<>\s]+>)+[;,]?")


def split_address(cell: str) -> tuple[str, str]:
    """Return name and address of a cell like `Ann Lee <ann@example.org>`; otherwise no name, and the cell."""
    text = strip_invisible(cell)
    match = NAMED_ADDRESS.match(text) or BRACKETED_ADDRESS.match(text)
    return (match["name"].strip(" \"'"), match["address"]) if match else ("", cell)


def split_recipients(text: str) -> str:
    """Put each recipient of a copied address line on a line of its own; other lines stay as they are."""
    if "<" not in text:
        return text
    return "\n".join(
        re.sub(r">\s*[;,]\s*", ">\n", line).rstrip("\n") if RECIPIENTS.fullmatch(line.strip()) else line
        for line in text.replace("\r\n", "\n").split("\n")
    )
