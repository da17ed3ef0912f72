"""Lists of people as programs export them: twenty shapes, and files that are refused."""

import asyncio
import io
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

from assessment.services.people.list_import import spreadsheet_child
from tests.web import people

INPUTS = Path(__file__).parents[2] / "inputs" / "people"
SHAPES = sorted(INPUTS.glob("[0-9]*"))
PEOPLE = [
    ("Anna Berg", "anna.berg@client.example", "leader", {"customer-service"}),
    ("Jürgen Groß", "juergen.gross@client.example", "practitioner", {"marketing"}),
    ("Zoë Müller", "zoe.mueller@client.example", "staff", {"hr", "marketing"}),
]
# What a list doesn't say, or says otherwise: one choice on the check page.
CHOICES = {"06-linkedin-connections.csv": {"word:functions:": "*"}}
ALL = {"customer-service", "marketing", "hr"}
OTHER_PEOPLE = {
    "06-linkedin-connections.csv": [(*each[:3], ALL) for each in PEOPLE],
    "15-last-name-comma-first.csv": [
        (name, *each[1:]) for name, each in zip(("Berg, Anna", "Groß, Jürgen", "Müller, Zoë"), PEOPLE, strict=True)
    ],
    "18-excel-merged-areas.xlsx": [(*PEOPLE[0][:3], {"marketing"}), *PEOPLE[1:]],
}


class CheckForm(HTMLParser):
    """Fields of the check page's form, as a browser without scripts would send them."""

    def __init__(self, page):
        super().__init__()
        self.fields, self.select, self.area, self.is_inside = {}, "", "", False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.is_inside = values.get("action", "").endswith("/lines")
        if not self.is_inside:
            return
        if tag == "select":
            self.select = values["name"]
        elif tag == "option" and (self.select not in self.fields or "selected" in values):
            self.fields[self.select] = values["value"]
        elif tag == "textarea":
            self.area = values["name"]
            self.fields[self.area] = ""
        elif tag == "input" and (values.get("type") != "checkbox" or "checked" in values):
            self.fields[values["name"]] = values.get("value") or ""

    def handle_endtag(self, tag):
        if tag in ("form", "textarea", "select"):
            self.area = ""
            self.is_inside = self.is_inside and tag != "form"

    def handle_data(self, data):
        if self.area:
            self.fields[self.area] += data


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def upload_file(visitor, world, content, name="list.csv"):
    """Send a file as the form on the people page does."""
    return await visitor.client.post(
        f"/console/assessments/{world.open}/people/file",
        data={"_token": await visitor.token(), "deliver": "link"},
        files={"file": (name, content)},
        headers=people.OWN_PAGE,
    )


async def press_button(visitor, world, page, **changes):
    """Send the form of the check page again, as it was rendered, with changes."""
    form = CheckForm(page.text).fields
    return await visitor.post(f"/console/assessments/{world.open}/people/lines", form | changes)


def list_people(world):
    return [(each.name, each.email, each.role, set(each.functions)) for each in world.invited(world.open)[3:]]


def make_zip(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        if "content" not in members:
            archive.writestr("xl/workbook.xml", "<workbook/>")
            archive.writestr("xl/_rels/workbook.xml.rels", "<Relationships/>")
        for name, content in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return packed.getvalue()


def test_there_are_twenty_shapes():
    assert len(SHAPES) == 20


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
async def test_list_of_each_program_is_imported_with_at_most_one_choice(path, world, running):
    choice = CHOICES.get(path.name, {})
    async with running() as come:
        alice = come("alice")

        page = await upload_file(alice, world, path.read_bytes(), path.name)
        added = await press_button(alice, world, page, sure="yes", **choice)

    assert page.status_code == (422 if choice else 200)
    assert len(choice) <= 1
    assert added.status_code == 303
    assert list_people(world) == OTHER_PEOPLE.get(path.name, PEOPLE)


async def test_copied_recipients_are_people_without_role_and_area(world, running):
    async with running() as come:
        alice = come("alice")
        page = await alice.post(
            f"/console/assessments/{world.open}/people/lines", {"lines": (INPUTS / "recipients.txt").read_text()}
        )
        checked = await press_button(alice, world, page, **{"word:role:": "staff", "word:functions:": "hr"})
        await press_button(alice, world, checked, sure="yes")

    assert "3 lines: no role" in page.text
    assert list_people(world) == [(*each[:2], "staff", {"hr"}) for each in PEOPLE]


async def test_file_that_is_not_utf8_is_read_as_windows_1252_with_a_notice(world, running):
    async with running() as come:
        page = await upload_file(come("alice"), world, (INPUTS / "01-excel-german-semicolons.csv").read_bytes())

    assert "read as Windows-1252" in page.text


SHEET = '<worksheet><sheetData><row r="1"><c r="{cell}"><v>1</v></c></row></sheetData></worksheet>'
CELLS = (
    '<table:table xmlns:table="t" xmlns:office="o"><table:table-row table:number-rows-repeated="{rows}">'
    "{cell}</table:table-row></table:table>"
)
REPEATED = '<table:table-cell table:number-columns-repeated="{columns}" office:value-type="float" office:value="1"/>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Choose a file."),
        (b" \n", "This file is empty."),
        (b"PK\x03\x04 not a workbook", "can’t be read as a spreadsheet"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel file"),
        (make_zip(xl__worksheets__sheet1=SHEET.format(cell="A1048576")), "too large: at most 20,000 rows"),
        (make_zip(xl__worksheets__sheet1=SHEET.format(cell="XFD1")), "too large: at most 20,000 rows"),
        (make_zip(xl__worksheets__sheet1=SHEET.format(cell="&#65;1048576")), "too large: at most 20,000 rows"),
        (make_zip(content=CELLS.format(rows=900_000, cell=REPEATED.format(columns=1))), "too large: at most"),
        (make_zip(content=CELLS.format(rows=1, cell=REPEATED.format(columns=9_000))), "too large: at most"),
        (make_zip(content="<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "can’t be read as a spreadsheet"),
        (make_zip(media=b"0" * 70_000_000), "too large: at most 20,000 rows"),
        (b"x" * (5 * 1024**2 + 1), "This file is too large: at most 5 MB."),
        (b'Ann,ann@x.example,"Staff,HR\nBen,ben@x.example,Staff,HR', "Line 1: A quote opens"),
    ],
)
async def test_unreadable_file_is_refused_with_a_reason(content, message, world, running):
    async with running() as come:
        page = await upload_file(come("alice"), world, content)

    assert page.status_code == 422
    assert message in page.text
    assert list_people(world) == []


async def test_upload_over_the_size_limit_is_refused_while_it_is_received(world, running):
    async with running() as come:
        page = await upload_file(come("alice"), world, b"x" * 7_000_000)

    assert page.status_code == 413


async def test_viewer_cannot_upload_a_list(world, running):
    async with running() as come:
        page = await upload_file(come("bob"), world, SHAPES[0].read_bytes())

    assert page.status_code == 403


async def test_large_upload_with_its_token_in_a_header_is_answered(world, running):
    """Parsing it lets other dependencies run, and two that parse the same body would wait for each other forever."""
    file = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n%s\r\n--x--\r\n'
    async with running() as come:
        alice = come("alice")
        headers = {"x-csrf-token": await alice.token(), "content-type": "multipart/form-data; boundary=x"}
        async with asyncio.timeout(60):
            response = await alice.client.post(
                f"/console/assessments/{world.open}/people/file",
                content=file % (b"Ann,ann@x.example,Staff,HR\n" * 60_000),
                headers=people.OWN_PAGE | headers,
            )

    assert response.status_code == 422
    assert "This list has too much text." in response.text


def test_workbook_is_read_with_limits_of_memory_and_time():
    code = (
        "import resource, runpy, sys; limits = runpy.run_path(sys.argv[1]); limits['limit_resources'](); "
        "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )

    done = subprocess.run([sys.executable, "-c", code, spreadsheet_child.__file__], capture_output=True, check=True)

    assert done.stdout.split() == [str(1024**3).encode(), b"20"]
    assert "limit_resources()" in Path(spreadsheet_child.__file__).read_text("utf-8").partition("__main__")[2]
