"""Files made to harm: each is refused with its place, or read as the text that it is."""

import io
import zipfile

import pytest

from assessment.errors import InvalidError
from assessment.services.imports.questions.limesurvey_reader import read_lss
from assessment.services.imports.questions.surveyjs_reader import read_definition
from assessment.services.imports.questions.xlsform_reader import read_xlsform
from assessment.services.imports.responses.import_mapping import read_mapping
from assessment.services.imports.responses.source_tables import read_json_results, read_source_table

DEEP = 3000
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<document><questions><rows><row><qid>1</qid><title>&b;</title></row></rows></questions></document>"
)
OUTSIDE = LAUGHS.replace('"ha"', 'SYSTEM "file:///etc/passwd"')


def make_lss(row):
    return f"<document><questions><rows><row>{row}</row></rows></questions></document>".encode()


def make_workbook(**members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def make_bomb():
    """Takes a second, so the test makes it, and not each process that collects tests."""
    return make_workbook(**{"xl/worksheets/sheet1.xml": b" " * 200_000_000})


REFUSED = {
    "entities that grow": (read_lss, LAUGHS.encode()),
    "entity of a file": (read_lss, OUTSIDE.encode()),
    "entities in UTF-16": (read_lss, LAUGHS.encode("utf-16")),
    "question without id": (read_lss, make_lss("<title>a</title>")),
    "structure that is too large": (read_lss, b"<" + b" " * (20 * 1024**2)),
    "deep definition": (read_definition, b'{"pages":' + b"[" * DEEP + b"]" * DEEP + b"}"),
    "deep type": (read_definition, b'{"elements":[{"type":' + b"[" * 60 + b"]" * 60 + b"}]}"),
    "number without end": (read_definition, b'{"elements":[{"rateMin":' + b"9" * 5000 + b"}]}"),
    "definition cut off": (read_definition, b'{"elements":['),
    "definition with half a character": (
        read_definition,
        b'{"title":"a\\ud800b","elements":[{"type":"rating","name":"r","title":"How good?"}]}',
    ),
    "results with half a character": (read_json_results, b'[{"id":"a\\ud800b"}]'),
    "results with half a character in a name": (read_json_results, b'[{"a\\udc00b":["x"]}]'),
    "deep results": (read_json_results, b'[{"a":' * 300 + b"1" + b"}]" * 300),
    "wide results": (read_json_results, b"[" + b",".join(b'{"n%d":1}' % number for number in range(5000)) + b"]"),
    "many results": (read_json_results, b"[" + b",".join([b"{}"] * 100_001) + b"]"),
    "wide table": (read_source_table, b",".join(b"c%d" % number for number in range(100_000)) + b"\na\n" * 1000),
    "cell without end": (read_source_table, b'a,b\n"' + b"x" * 200_000),
    "zip without a sheet": (read_source_table, make_workbook(**{"../../etc/passwd": b"x"})),
    "form that is a bomb": (read_xlsform, make_bomb),
    "form without a sheet": (read_xlsform, make_workbook(**{"../../etc/passwd": b"x"})),
    "deep mapping": (read_mapping, b"ignore = " + b"[" * DEEP + b"]" * DEEP),
    "mapping with a long key": (read_mapping, b".".join([b"a"] * 100_000) + b" = 1"),
    "large mapping": (read_mapping, b"#" * (1024**2 + 1)),
    "mapping of another type": (read_mapping, b"items = [1]"),
}
HARMLESS = {
    "number of an order that is none": (
        read_lss,
        make_lss("<qid>1</qid><type>L</type><question_order>x</question_order>"),
    ),
    "number of an order without end": (
        read_lss,
        make_lss(f"<qid>1</qid><type>5</type><question_order>{'9' * 5000}</question_order>"),
    ),
    "elements that are no list": (read_definition, b'{"pages":[{"elements":5},{"questions":"x"}]}'),
    "choices that are no list": (read_definition, b'{"elements":[{"type":"radiogroup","choices":{"a":1}}]}'),
    "number that is infinite": (read_json_results, b'[{"a":1e999,"b":1e300,"c":null}]'),
    "characters of two halves": (read_json_results, b'[{"id":"\\ud83d\\ude00"}]'),
    "formulas": (read_source_table, b"a,b\n=cmd|' /C calc'!A0,@SUM(1)\n"),
}


@pytest.mark.parametrize(("read", "content"), REFUSED.values(), ids=REFUSED)
def test_hostile_file_is_refused_with_a_reason(read, content):
    content = content() if callable(content) else content

    with pytest.raises(InvalidError) as refused:
        read(content)

    assert refused.value.problems


@pytest.mark.parametrize(("read", "content"), HARMLESS.values(), ids=HARMLESS)
def test_unusual_but_valid_file_is_read(read, content):
    assert read(content) is not None
