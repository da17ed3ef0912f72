"""A Word template that says more than fields, runs something or loads something is refused; client texts stay texts."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document

from assessment.errors import InvalidError
from assessment.office.word_template.filling import fill_word_template
from tests.office.word_templates import change_part, list_problems, write_template
from tests.pdf.hostile_texts import list_hostile_texts
from tests.reports import build_case_report

MAX_PROPERTY_LENGTH = 255
TEXTS = list_hostile_texts()

HOSTILE_TEXTS = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ title.__class__ }}",
    "{{ organisation.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ self }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "{{ joiner }}",
    "{{ namespace(a=1) }}",
    "{{ config }}",
    "{{ request.environ }}",
    "{{ range(10**9)|list }}",
    "{% for one in range(1000000000) %}x{% endfor %}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9**9**9 }}",
    "{{ title ~ title }}",
    "{{ '%s' % title }}",
    "{{ title.format(1) }}",
    "{{ title|attr('__class__') }}",
    "{{ title|safe }}",
    "{{ actions|map(attribute='__class__')|list }}",
    "{{ actions[0].title }}",
    "{{ title[0] }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
    "{% extends '/etc/passwd' %}",
    "{% block a %}{% endblock %}",
    "{% macro a() %}{% endmacro %}",
    "{% call title() %}{% endcall %}",
    "{% set x = title %}",
    "{% filter upper %}a{% endfilter %}",
    "{% with x = title %}{% endwith %}",
    "{% for one in actions recursive %}{{ loop(one.steps) }}{% endfor %}",
    "{% for a, b in actions %}{% endfor %}",
    "{% for one in actions if one.title %}{% endfor %}",
    "{% for a in actions %}" * 4 + "x" + "{% endfor %}" * 4,
    "{% for one in actions %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{{ caller() }}",
    "{% raw %}{{ title }}",
    "{% if title is defined %}{% endif %}",
    "{{ [1, 2] }}",
    "{{ {'a': 1} }}",
    "{{ (lambda: 0)() }}",
    "{" * 5000,
    "{{ " + "(" * 3000 + "title" + ")" * 3000 + " }}",
)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (place, text)
        for place in ("body", "header", "properties")
        for text in HOSTILE_TEXTS
        if place != "properties" or len(text) <= MAX_PROPERTY_LENGTH
    ],
)
def test_template_that_says_more_than_fields_is_refused(place: str, text: str):
    template = {
        "body": lambda: write_template(text),
        "header": lambda: write_template(header=text),
        "properties": lambda: write_template(title=text),
    }[place]()
    assert list_problems(template)


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_rendering_refuses_what_the_check_before_it_let_pass(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("assessment.office.word_template.filling.check_template", lambda _: None)

    with pytest.raises(
        Exception, match=r"template can’t be used|expected|Unknown|unexpected|Unexpected|Missing|recursion"
    ):
        fill_word_template(build_case_report("plain-24"), write_template(text))


MACRO_TYPE = (
    '<Override PartName="/word/x.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
)


def list_hostile_packages() -> Iterator[tuple[str, bytes]]:
    plain = write_template("{{ title }}")
    relationships = "word/_rels/document.xml.rels"

    def relate(kind: str, target: str) -> bytes:
        added = (
            f'<Relationship Id="rIdX" Type="http://x/relationships/{kind}" Target="{target}" TargetMode="External"/>'
        )
        return change_part(plain, relationships, "</Relationships>", f"{added}</Relationships>")

    def relate_inside(added: str) -> bytes:
        return change_part(plain, relationships, "</Relationships>", f"{added}</Relationships>")

    def insert(runs: str) -> bytes:
        return change_part(plain, "word/document.xml", "<w:p>", f"<w:p><w:r>{runs}</w:r>")

    def field(*codes: str) -> bytes:
        return insert("".join(f"<w:instrText>{code}</w:instrText>" for code in codes))

    yield "no zip", b"not a document"
    yield "empty", b""
    yield "cut off", plain[: len(plain) // 2]
    yield "other package", _add_parts(b"", 1)
    yield "macros", change_part(plain, "word/vbaProject.bin", "", "x")
    yield "macro type", change_part(plain, "[Content_Types].xml", "</Types>", MACRO_TYPE)
    yield "control", change_part(plain, "word/activeX/activeX1.xml", "", "<x/>")
    yield "embedded", change_part(plain, "word/embeddings/oleObject1.bin", "", "x")
    yield "chunk", change_part(plain, "word/afchunk.html", "", "x")
    yield "attached template", relate("attachedTemplate", "http://127.0.0.1:9/evil.dotm")
    yield "image", relate("image", "http://127.0.0.1:9/a.png")
    yield "file", relate("image", "file:///etc/hostname")
    yield "sub-document", relate("subDocument", "http://127.0.0.1:9/")
    yield "include text", field("INCLUDETEXT /etc/hostname")
    yield "include picture", field("INCLUDEPICTURE http://127.0.0.1:9/a.png")
    yield "DDE", field("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe /k calc")
    yield "database", field("DATABASE \\d c:\\x.mdb")
    yield "link", field("LINK Excel.Sheet.8 c:\\x.xls")
    picture = '<Relationship Id="a>b" Type="http://x/relationships/image" Target="http://127.0.0.1:9/" {}/>'
    yield "mode in character references", relate_inside(picture.format('TargetMode="Ex&#116;ernal"'))
    yield "sign in an attribute", relate_inside(picture.format('TargetMode="External"'))
    embedded = '<Relationship Id="rIdX" Type="http://x/relationships/oleObject" Target="/docProps/thumbnail.jpeg"/>'
    yield "embedded under another name", relate_inside(embedded)
    header = '<Override PartName="/word/header9.dat" ContentType="application/x.header+xml"/></Types>'
    yield "XML under another name", change_part(plain, "[Content_Types].xml", "</Types>", header)
    yield "code in two runs", field("INCLUDE", "PICTURE http://127.0.0.1:9/a.png")
    yield "code in small letters", field(" includepicture http://127.0.0.1:9/a.png")
    yield "code in character references", field("INCLUDE&#84;EXT /etc/hostname")
    yield "simple field", insert("<w:fldSimple w:instr='INCLUDETEXT /etc/hostname'/>")
    start, end = ('<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>')
    code = "<w:instrText>{}</w:instrText>"
    yield (
        "field after a field",
        insert(f"{start}{code.format('PAGE')}{end}{start}{code.format('INCLUDETEXT /etc/hostname')}{end}"),
    )
    yield "field in a field", insert(f"{start}{code.format('IF 1 = 1')}{start}{code.format('DDE x')}{end}{end}")
    nested = f"{start}{code.format('QUOTE INCLUDE')}{end}"
    yield "code that a field completes", insert(f"{start}{nested}{code.format('TEXT /etc/hostname')}{end}")
    entity = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    yield "entities", change_part(plain, "word/document.xml", "<w:document", f"{entity}<w:document")
    outside = '<!DOCTYPE w SYSTEM "file:///etc/hostname">'
    yield "document type", change_part(plain, "word/styles.xml", "<w:styles", f"{outside}<w:styles")
    yield "bomb", change_part(plain, "word/media/image9.png", "", "\0" * (70 * 1024**2))
    yield "many parts", _add_parts(plain, 1100)
    yield "large", plain + bytes(6 * 1024**2)


def _add_parts(template: bytes, count: int) -> bytes:
    target = BytesIO(template)
    with ZipFile(target, "a" if template else "w") as archive:
        for number in range(count):
            archive.writestr(f"word/media/{number}.txt", b"")
    return target.getvalue()


HOSTILE_PACKAGES = (
    "no zip",
    "empty",
    "cut off",
    "other package",
    "macros",
    "macro type",
    "control",
    "embedded",
    "chunk",
    "attached template",
    "image",
    "file",
    "sub-document",
    "include text",
    "include picture",
    "DDE",
    "database",
    "link",
    "mode in character references",
    "sign in an attribute",
    "embedded under another name",
    "XML under another name",
    "code in two runs",
    "code in small letters",
    "code in character references",
    "simple field",
    "field after a field",
    "field in a field",
    "code that a field completes",
    "entities",
    "document type",
    "bomb",
    "many parts",
    "large",
)


@cache
def make_hostile_packages() -> dict[str, bytes]:
    """Make them for the first test that asks: not each process that collects tests needs them."""
    packages = dict(list_hostile_packages())
    assert tuple(packages) == HOSTILE_PACKAGES
    return packages


@pytest.mark.parametrize("name", HOSTILE_PACKAGES)
def test_package_with_active_or_outside_content_is_refused(name: str):
    assert list_problems(make_hostile_packages()[name])


def test_field_that_the_template_itself_completes_is_refused():
    code = "<w:p><w:r><w:instrText>{{ 'INCLUDE' }}TEXT /etc/hostname</w:instrText></w:r>"
    template = change_part(write_template("{{ title }}"), "word/document.xml", "<w:p>", code)

    with pytest.raises(InvalidError, match="template can’t be used"):
        fill_word_template(build_case_report("plain-24"), template)


@pytest.mark.parametrize("start", range(0, len(TEXTS), 25))
def test_hostile_client_text_stands_in_the_document_as_text(start: int):
    template = write_template("{{ organisation }}", header="{{ title }}")
    for text in TEXTS[start : start + 25]:
        filled = fill_word_template(build_case_report("small-9", organisation=text, title=text), template)

        document = Document(BytesIO(filled))
        assert "{{" not in document.paragraphs[0].text or "{{" in text
        assert len(document.paragraphs) == 1
