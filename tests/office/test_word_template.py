"""A consultant's own Word template: filled in with released figures, and refused where it says more than fields."""

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document

from assessment.domain.report.file_formats import FileFormat
from assessment.errors import InvalidError, UnavailableError
from assessment.i18n import get_translator
from assessment.office.word_template.fields import list_template_fields
from assessment.office.word_template.filling import fill_word_template
from assessment.office.word_template.template_check import check_template
from assessment.services.reports import own_templates
from tests.office.office_files import make_job
from tests.pdf.hostile_texts import list_hostile_texts
from tests.reports import build_case_report, load_shipped_questionnaire

RELATIONSHIP = '<Relationship Id="rIdX" Type="http://x/relationships/{kind}" Target="{target}" TargetMode="External"/>'
MAX_PROPERTY_LENGTH = 255
TEXTS = list_hostile_texts()


def write_template(*paragraphs: str, rows: tuple[str, ...] = (), header: str = "", title: str = "") -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(len(rows), 1)
        for row, text in zip(table.rows, rows, strict=True):
            row.cells[0].text = text
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.core_properties.title = title
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def change_part(template: bytes, name: str, old: str, new: str) -> bytes:
    """Replace text in one part; a part that is not there is added with the new text."""
    target = BytesIO()
    with ZipFile(BytesIO(template)) as source, ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == name:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            archive.writestr(entry, content)
        if name not in source.namelist():
            archive.writestr(name, new)
    return target.getvalue()


def read_texts(document: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(BytesIO(document)).paragraphs]


def list_problems(template: bytes) -> list[tuple[str, str]]:
    with pytest.raises(InvalidError) as caught:
        check_template(template)
    return [(str(problem.message), str(problem.remedy)) for problem in caught.value.problems]


def test_fields_loops_rows_header_and_properties_are_filled_in():
    template = write_template(
        "{{ organisation }} stands at {{ level }}.",
        "{%p for finding in findings %}",
        "- {{ finding }}",
        "{%p endfor %}",
        "{% if own_text %}Ours: {{ own_text }}{% else %}Nothing added{% endif %}",
        rows=("{%tr for action in actions %}", "{{ action.number }} {{ action.title }}", "{%tr endfor %}"),
        header="{{ edition }}, {{ date }}",
        title="{{ organisation }}",
    )
    report = build_case_report("gap-50", organisation="A & B <GmbH>")

    document = Document(BytesIO(fill_word_template(report, template)))

    words = get_translator("en")
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "A & B <GmbH> stands at 3."
    assert texts[1:-1] == [f"- {words.render_message(finding)}" for finding in report.answer.findings]
    assert texts[-1] == "Nothing added"
    assert [row.cells[0].text for row in document.tables[0].rows] == [
        f"{action.place} {action.title}" for action in report.roadmap.actions
    ]
    assert document.sections[0].header.paragraphs[0].text == "Full report, 2 November 2026"
    assert document.core_properties.title == "A & B <GmbH>"


def test_every_field_of_the_catalogue_can_be_used():
    lists = {field.path for field in list_template_fields() if field.is_list}

    def write_use(path: str) -> str:
        parent, _, name = path.rpartition(".")
        if parent:
            owner, _, inner = parent.rpartition(".")
            loop = f"{{% for one in {'outer.' if owner else ''}{inner} %}}"
            use = f"{{% for each in one.{name} %}}{{% endfor %}}" if path in lists else f"{{{{ one.{name} }}}}"
            text = f"{loop}{use}{{% endfor %}}"
            return f"{{% for outer in {owner} %}}{text}{{% endfor %}}" if owner else text
        return f"{{% for one in {path} %}}{{% endfor %}}" if path in lists else f"{{{{ {path} }}}}"

    uses = [write_use(field.path) for field in list_template_fields()]

    for start in range(0, len(uses), 30):
        check_template(write_template(*uses[start : start + 30]))
    assert len(uses) > 80


def test_same_template_and_report_give_the_same_bytes():
    template, report = write_template("{{ answer }}"), build_case_report("risk-36")

    assert fill_word_template(report, template) == fill_word_template(report, template)


def test_playbook_template_has_figures_of_its_function_only():
    report = build_case_report("risk-36")
    template = write_template(
        "{% for one in functions %}{{ one.name }};{% endfor %}", "{{ score }}", "{% for one in gaps %}gap{% endfor %}"
    )

    assert read_texts(fill_word_template(report, template, "function:hr")) == ["HR;", "–", ""]


def test_hidden_figure_is_a_dash_or_its_reason():
    report = build_case_report("small-9")
    template = write_template("{% for one in functions %}{{ one.score }} {{ one.level }};{% endfor %}")

    (text,) = read_texts(fill_word_template(report, template))

    assert not any(letter.isdigit() for letter in text)


def test_all_mistakes_are_listed_with_the_text_around_them():
    template = write_template(
        "Dear {{ organization }}", "{{ actions }}", "{% for one in title %}{% endfor %}", "{{ a|b }}"
    )

    assert list_problems(template) == [
        ("There is no field organization. The list of fields shows what there is.", "Near: “Dear {{ organization }}”"),
        ("actions is a list: write a loop over it, with for … in actions.", "Near: “{{ actions }}”"),
        ("title is no list, so a loop can’t go over it.", "Near: “{% for one in title %}{% endfor %}”"),
        ("Only fields, loops and conditions are possible here, not Filter.", "Near: “{{ a|b }}”"),
    ]


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


def test_ordinary_fields_are_allowed():
    start, end = ('<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>')
    code = "<w:instrText>{}</w:instrText>"
    page = f"{start}{code.format(' PAGE ')}{end}"
    link = code.format(' HYPERLINK "https://a.example/link" ')
    runs = f"{page}{start}{link}{end}{start}{code.format('= ')}{page}{code.format(' + 1')}{end}"

    check_template(change_part(write_template("x"), "word/document.xml", "<w:p>", f"<w:p><w:r>{runs}</w:r></w:p><w:p>"))


def test_hyperlink_to_the_web_is_allowed():
    added = RELATIONSHIP.format(kind="hyperlink", target="https://a.example")
    check_template(
        change_part(write_template("x"), "word/_rels/document.xml.rels", "</Relationships>", f"{added}</Relationships>")
    )


@pytest.mark.parametrize("start", range(0, len(TEXTS), 25))
def test_hostile_client_text_stands_in_the_document_as_text(start: int):
    template = write_template("{{ organisation }}", header="{{ title }}")
    for text in TEXTS[start : start + 25]:
        filled = fill_word_template(build_case_report("small-9", organisation=text, title=text), template)

        document = Document(BytesIO(filled))
        assert "{{" not in document.paragraphs[0].text or "{{" in text
        assert len(document.paragraphs) == 1


@pytest.mark.slow
def test_template_is_filled_in_a_child_process_that_reports_its_problems():
    job = make_job("risk-36", FileFormat.DOCUMENT)
    questionnaire = load_shipped_questionnaire()

    filled = own_templates.fill_own_template(questionnaire, job, write_template("{{ title }}", "{{ date }}"))
    with pytest.raises(InvalidError) as caught:
        own_templates.fill_own_template(questionnaire, job, write_template("{{ nobody }}"))

    assert read_texts(filled) == ["Autumn", "2 November 2026"]
    (problem,) = caught.value.problems
    assert get_translator("de").translate_error(problem.message).startswith("Es gibt kein Feld nobody.")


def test_templates_wait_for_a_free_child_process_and_too_many_are_refused(monkeypatch: pytest.MonkeyPatch):
    running, most, ended = 0, 0, threading.Event()
    lock = threading.Lock()

    def fill_slowly(_: bytes) -> own_templates.TemplateOutcome:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        ended.wait(60)
        with lock:
            running -= 1
        return own_templates.TemplateOutcome(b"made")

    def fill() -> bytes:
        return own_templates.fill_own_template(load_shipped_questionnaire(), job, b"")

    monkeypatch.setattr(own_templates, "_run_child", fill_slowly)
    job = make_job("small-9", FileFormat.DOCUMENT)
    allowed = own_templates.MAX_CHILDREN + own_templates.MAX_WAITING
    with ThreadPoolExecutor(allowed + 1) as pool:
        futures = [pool.submit(fill) for _ in range(allowed + 1)]
        (refused,), _ = wait(futures, timeout=60, return_when=FIRST_COMPLETED)
        ended.set()
        outcomes = [future.result() for future in futures if future is not refused]

    assert isinstance(refused.exception(), UnavailableError)
    assert outcomes == [b"made"] * allowed
    assert most == own_templates.MAX_CHILDREN


@pytest.mark.slow
def test_child_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(own_templates, "CHILD_SECONDS", 0.01)

    with pytest.raises(UnavailableError):
        own_templates.fill_own_template(
            load_shipped_questionnaire(), make_job("small-9", FileFormat.DOCUMENT), write_template("x")
        )
