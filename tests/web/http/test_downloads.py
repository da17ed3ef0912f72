"""Names of downloaded files: readable, and refused by no file system."""

from datetime import date
from urllib.parse import unquote

import pytest

from assessment.web.http.downloads import build_disposition


def split_names(header):
    plain, _, coded = header.removeprefix('attachment; filename="').partition("\"; filename*=UTF-8''")
    return plain, unquote(coded)


def test_download_is_named_by_client_title_and_day():
    header = build_disposition(("Élan & Söhne", "Wave 1", date(2026, 11, 20), None, "figures"), "csv")

    assert split_names(header) == (
        "Elan & Sohne - Wave 1 - 2026-11-20 - figures.csv",
        "Élan & Söhne - Wave 1 - 2026-11-20 - figures.csv",
    )


@pytest.mark.parametrize(
    ("client", "name"),
    [
        ('a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j"),
        ("../../etc/passwd", "-..-etc-passwd".strip(" .-")),
        ("line\r\nX-Header: 1", "line X-Header- 1"),
        ("a\u202eb\u200bc", "abc"),
        ("日本", "日本"),
        ("x" * 300, "x" * 60),
        ("...", "download"),
    ],
)
def test_refused_characters_never_reach_the_name(client, name):
    header = build_disposition((client,), "pdf")

    assert split_names(header)[1] == f"{name}.pdf"
    assert header.isascii()
    assert "\n" not in header
