"""One small file of responses in every CSV format that is accepted, and in some that are refused."""

from pathlib import Path

INPUTS = Path(__file__).with_name("inputs")
PLAIN = (INPUTS / "08-later.csv").read_text("utf-8-sig")

ACCEPTED = {
    "UTF-8": PLAIN.encode(),
    "byte order mark": PLAIN.encode("utf-8-sig"),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16 big endian": "\ufeff".encode("utf-16-be") + PLAIN.encode("utf-16-be"),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "semicolons in UTF-16": PLAIN.replace(",", ";").encode("utf-16"),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "tabs in UTF-16": PLAIN.replace(",", "\t").encode("utf-16"),
    "separator line": ("sep=;\r\n" + PLAIN.replace(",", ";")).encode("utf-8-sig"),
    "Windows line breaks": PLAIN.replace("\n", "\r\n").encode(),
    "trailing empty columns": PLAIN.replace("\n", ",,\n").encode(),
}
# Name: content, line of the mistake, part of the remedy or message.
REFUSED = {
    "Windows-1252": ((INPUTS / "11-windows-1252.csv").read_bytes(), None, "Windows-1252"),
    "two byte order marks": (b"\xef\xbb\xbf" + PLAIN.encode("utf-8-sig"), 1, "two byte order marks"),
    "UTF-16 without byte order mark": (PLAIN.encode("utf-16-le"), 1, "NUL"),
    "stray quote": ((INPUTS / "01-stray-quote-reason.csv").read_bytes(), 4, "quote"),
    "same name in two spellings": ((INPUTS / "09-nfc-nfd-duplicates.csv").read_bytes(), 3, "line 2"),
}
