"""A consultant's own Word template: filled in with released figures, in a process of its own."""

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from io import BytesIO

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
from tests.office.word_templates import change_part, list_problems, read_texts, write_template
from tests.reports import build_case_report, load_shipped_questionnaire

RELATIONSHIP = '<Relationship Id="rIdX" Type="http://x/relationships/{kind}" Target="{target}" TargetMode="External"/>'


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
        has_all_styles=True,
    )
    report = build_case_report("gap-50", organisation="A & B <GmbH>")

    document = Document(BytesIO(fill_word_template(report, template)))

    translator = get_translator("en")
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "A & B <GmbH> stands at 3."
    assert texts[1:-1] == [f"- {translator.render_message(finding)}" for finding in report.answer.findings]
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
