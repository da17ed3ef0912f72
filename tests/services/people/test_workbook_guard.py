"""Workbooks whose furthest cell would exhaust the memory, wherever in the file the sheet is."""

import io
import subprocess
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from assessment.services.people.list_import import list_files
from assessment.services.people.list_import.list_files import read_list_file
from assessment.services.people.list_import.workbook_guard import UnreadableListError, check_workbook

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="{row}">'
    '<c r="A{row}" t="inlineStr"><is><t>Ann Lee</t></is></c></row></sheetData></worksheet>'
)
NEAR, FAR = SHEET.format(row=1), SHEET.format(row=1_000_000)
WORKBOOK = (
    f'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="%s"%s/></Relationships>'
)
ROOT = RELATIONSHIPS.replace("/worksheet", "/officeDocument") % ("xl/workbook.xml", "")
WORKSHEET = "xl/worksheets/sheet1.xml"


def make_workbook(sheet=NEAR, name=WORKSHEET, target="worksheets/sheet1.xml", more=None, mode=""):
    target_file = io.BytesIO()
    with zipfile.ZipFile(target_file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONSHIPS % (target, mode))
        archive.writestr(name, sheet)
        for other, content in (more or {}).items():
            archive.writestr(other, content)
    return target_file.getvalue()


PLACES = {
    "usual": {},
    "other folder": {"name": "xl/other/sheet1.xml", "target": "other/sheet1.xml"},
    "other ending": {"name": "xl/other/sheet1.bin", "target": "/xl/other/sheet1.bin"},
    "external": {"name": "xl/other/sheet1.xml", "target": "other/sheet1.xml", "mode": ' TargetMode="External"'},
    "other case": {"name": "xl/Worksheets/SHEET1.XML"},
    "backslashes": {"name": "xl\\worksheets\\sheet1.xml"},
    "text before": {"sheet": f"text before{FAR}"},
    "two formats": {"more": {"content.xml": "<a/>"}},
    "two members": {"sheet": NEAR, "more": {"XL/WORKSHEETS/SHEET1.XML": FAR}},
    "binary": {"sheet": NEAR, "more": {"xl/workbook.bin": b""}},
}


@pytest.mark.parametrize("place", PLACES)
def test_distant_cell_is_refused_wherever_its_sheet_is(place):
    with pytest.raises(UnreadableListError):
        check_workbook(make_workbook(**{"sheet": FAR} | PLACES[place]))


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/Worksheets/Sheet1.xml"])
def test_ordinary_workbook_is_read(name):
    assert read_list_file(make_workbook(name=name)).text == "Ann Lee"


def test_workbook_without_a_list_of_its_sheets_is_refused():
    content = make_workbook().replace(b"workbook.xml.rels", b"workbook.xml.xxxx")

    with pytest.raises(UnreadableListError):
        check_workbook(content)


def test_two_workbooks_at_most_are_read_at_once(monkeypatch):
    state, most = threading.Lock(), []
    running: list[int] = []

    def count_children(*_arguments, **_named):
        with state:
            running.append(1)
            most.append(len(running))
        release.wait(0.2)
        with state:
            running.pop()
        return subprocess.CompletedProcess((), 0, b"[]")

    release = threading.Event()
    monkeypatch.setattr(list_files.subprocess, "run", count_children)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: list_files.read_in_child(b""), range(6)))

    assert (len(most), max(most)) == (6, list_files.MAX_CHILDREN)
