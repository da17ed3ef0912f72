"""400 hostile texts in every text of users on every page: the page has the same elements and attributes as without."""

# ruff: noqa: E501  # rows of payloads
import itertools
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import jinja2.runtime
import msgspec
import pytest
from lxml import html
from markupsafe import Markup

from assessment.domain.assessment import AssessmentKey
from assessment.services.reports import share_links
from assessment.services.reports.share_links import NewShareLink
from assessment.storage import database, tables
from tests import applications
from tests.trust.conftest import Place
from tests.trust.test_access import Who, ways
from tests.trust.test_queries import FEW, fill, path_of, principals
from tests.web import people

pytestmark = pytest.mark.slow
RUNNING_JOB = "/import/{job_id}"
PAYLOADS = 400
SEED = 20261129
HTMX = ("hx-get", "hx-post", "hx-on:click", "hx-on::load", "hx-trigger", "hx-vals", "hx-swap-oob", "hx-boost")
ACTS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<a href=javascript:alert(1)>x",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<form action=//evil.example><button>", "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example>", "<style>*{display:none}</style>", "<meta http-equiv=refresh content=0>",
    "<object data=javascript:alert(1)>", "<embed src=//evil.example>", "<math><mi//xlink:href='javascript:alert(1)'>",
    "<details open ontoggle=alert(1)>", "<input autofocus onfocus=alert(1)>", "<video><source onerror=alert(1)>",
    "<template><script>alert(1)</script></template>", "<body onpageshow=alert(1)>", "<noscript><p title='</noscript><img>'>",
    "<SCRIPT/SRC=//evil.example>", "<img/src='x'/onerror=alert(1)>", "<svg><script>alert&#40;1)</script>", "<!--><img src=x>",
    "<xmp><p title='</xmp><svg/onload=alert(1)>'>", " onmouseover=alert(1) x=", " autofocus onfocus=alert(1) ", "{{7*7}}",
    "${alert(1)}", "{% include '/etc/passwd' %}", "%3Cscript%3E", "&lt;script&gt;alert(1)&lt;/script&gt;", "<\u2028script>",
    *(f"<div {name}='/console/sign-out'>" for name in HTMX),
)  # fmt: skip
BREAKS = (
    "",
    '"',
    "'",
    '">',
    "'>",
    "</title>",
    "</textarea>",
    "</script>",
    "</style>",
    "-->",
    "]]>",
    '\\"',
    "`",
    "</option></select>",
)
# Texts that people write; addresses that are looked up, codes and what the program writes itself are left out.
WRITTEN = (
    tables.organisation.c.name, tables.organisation.c.contact_name, tables.organisation.c.contact_email,
    tables.workspace.c.name, tables.workspace.c.sender_name, tables.assessment.c.title, tables.assessment.c.asker,
    tables.invitation.c.name, tables.invitation.c.email, tables.api_key.c.name, tables.webhook.c.url, tables.user.c.email,
    tables.published_report.c.note, tables.share_link.c.note, tables.voice.c.text, tables.answer.c.reason,
    tables.list_word.c.spelling, tables.console_session.c.browser, tables.mail_template.c.subject,
    tables.mail_template.c.body, tables.mailing.c.subject, tables.mailing.c.body, tables.account_token.c.email,
)  # fmt: skip
LONGEST_ADDRESS = 250
UNIQUE = {"name", "email"}  # within a workspace or a server: these texts begin with the number of their row
STATIC = re.compile(r'(?:src|href)="(/static/[^"]+)"')
Structure = Counter[tuple[object, ...]]


def list_payloads() -> list[str]:
    """Return 400 different texts, 60 of them and more with attributes of htmx."""
    every = [before + act for act, before in itertools.product(ACTS, BREAKS)]
    return random.Random(SEED).sample(every, PAYLOADS)  # noqa: S311  # a choice of tests


def write_everywhere(place: Place, text: str) -> None:
    """Put the text into every column that people write, and into words of a report."""
    with database.write_session(place.engine) as session:
        for column in WRITTEN:
            table = column.table
            for number, row in enumerate(session.execute(table.select()).all()):
                keys = [key == row._mapping[key.name] for key in table.primary_key]
                value = f"{number} {text}" if column.name in UNIQUE else text
                if column is tables.user.c.email:
                    value = value[:LONGEST_ADDRESS]  # it becomes a QR code
                session.execute(table.update().where(*keys).values({column.name: value}))
        for row in session.execute(tables.comments.select()).all():
            content = msgspec.json.decode(row.content) | {"author": text, "remarks": {"answer": text}}
            content |= {"findings": [{"title": text, "text": text}]}
            where = (tables.comments.c.assessment_id == row.assessment_id, tables.comments.c.number == row.number)
            session.execute(tables.comments.update().where(*where).values(content=msgspec.json.encode(content)))


def describe_page(text: str) -> Structure:
    """Count elements with the names of their attributes, and values that lead somewhere or do something."""
    found: Structure = Counter()
    for element in html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8")).iter():
        if isinstance(element.tag, str):
            acting = sorted(
                (name, value)
                for name, value in element.attrib.items()
                if name.startswith(("hx-", "on")) or value.strip().lower().startswith(("javascript:", "//"))
            )
            found[element.tag, *sorted(element.attrib), *acting] += 1
    return found


async def fetch_pages(
    place: Place, folder: Path, newest: str, share_path: str, who: dict[str, Who], every: int
) -> dict[str, httpx.Response]:
    """Open every n-th page of the program, by its route and the state of the assessment; also what pages load."""
    pages: dict[str, httpx.Response] = {}
    async with people.serve_app(place.url, folder) as app, people.open_client(app) as client:
        wanted = [("anybody", "", share_path)]
        for way in ways(app):
            if (
                way.method == "GET"
                and way.policy.name != "key"
                and "/static/" not in way.path
                and "report." not in way.path
            ):
                wanted += [(way.policy.name, way.path, path_of(way, place, each)) for each in (place.open, newest)]
        headers = {way.policy.name: who[way.policy.name].headers(way) for way in ways(app) if way.method == "GET"}
        for policy, route, path in wanted[::every]:
            answer = await client.get(path, headers=headers.get(policy, {}))
            client.cookies.clear()
            assert answer.status_code < 500, path
            if answer.headers.get("content-type", "").startswith("text/html"):
                state = "open" if place.open in path else "closed"
                pages[f"{route or '/r/'} {state}"] = answer
        for path in {path for page in pages.values() for path in STATIC.findall(page.text)}:
            pages[path] = await client.get(path)
    return pages


def describe_pages(pages: dict[str, httpx.Response]) -> dict[str, Structure]:
    """Return what each page consists of."""
    return {name: describe_page(page.text) for name, page in pages.items() if not name.startswith("/static/")}


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


def make_folder(path: Path) -> Path:
    path.mkdir()
    return path


class PageReader:
    """Opens all pages of the program, with a text of users everywhere."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place, self.folders = place, (make_folder(folder / str(number)) for number in itertools.count())
        self.newest = fill(place, FEW)
        key = AssessmentKey(place.home, place.closed)
        new = NewShareLink(
            note="Board", audiences=("board",), formats=("docx",), password="", recipient="",
            last_day=(people.NOW + timedelta(days=2)).date(), user_id=place.ids["alice"],
        )  # fmt: skip
        report = place.published
        with database.write_session(place.engine) as session:
            self.share_path = share_links.create_link(session, key, report, new, people.NOW).path
        assert place.webhook_id
        self.who = principals(place)  # once: a page lists sessions

    async def fetch(self, text: str, every: int = 1) -> dict[str, httpx.Response]:
        write_everywhere(self.place, text)
        return await fetch_pages(self.place, next(self.folders), self.newest, self.share_path, self.who, every)


@pytest.fixture
def described(place: Place, tmp_path: Path) -> Callable[[str], Awaitable[dict[str, Structure]]]:
    """Describe all pages with a text everywhere."""
    reader = PageReader(place, tmp_path)

    async def describe(text: str) -> dict[str, Structure]:
        return describe_pages(await reader.fetch(text))

    return describe


def find_changes(plain: dict[str, Structure], hostile: dict[str, Structure]) -> dict[str, Structure]:
    """Return additions of pages with texts of users, except on a page with the progress of a running job."""
    return {
        path: hostile[path] - plain[path] for path in plain if hostile[path] - plain[path] and RUNNING_JOB not in path
    }


async def test_texts_of_users_add_no_element_or_attribute_to_pages(described):
    payloads = list_payloads()

    hostile = await described(" ".join(payloads))  # first: what is done here adds lines to the audit log
    plain = await described("plain words")

    assert len(set(payloads)) == PAYLOADS
    assert sum("hx-" in each for each in payloads) >= 60
    assert len(plain) > 60
    assert plain.keys() == hostile.keys()
    assert find_changes(plain, hostile) == {}


async def test_mutant_without_escaping_is_caught(described, monkeypatch):
    monkeypatch.setattr(applications, "_idle_apps", [])  # no other test may use this application
    with monkeypatch.context() as patch:
        patch.setattr(jinja2.runtime, "escape", Markup)
        hostile = await described(" ".join(list_payloads()[:20]))
    applications._idle_apps.clear()

    plain = await described("plain words")

    assert len(find_changes(plain, hostile)) > 20
