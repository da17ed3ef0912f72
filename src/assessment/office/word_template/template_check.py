"""Check a Word template before anything is rendered: an ordinary document, with known fields and nothing else.

A template is a program. What it may say is listed here (fields, loops over lists, conditions); everything else is
refused by place, before the library that fills it in sees it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any, TypeAlias, get_args
from zipfile import ZipFile

from docx import Document
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from assessment.errors import InvalidError, Problem, with_values
from assessment.i18n.messages import N_
from assessment.office.template_package import (
    MAX_PLACE_LENGTH,
    PackageKind,
    check_package,
    get_local_name,
    parse_xml,
)
from assessment.office.word_template.fields import TemplateFields, get_element_type, get_field_types

MAX_LOOP_DEPTH, MAX_LOOPS = 3, 60

REFUSED = "This Word template can’t be used."
NOT_READABLE = N_("This file can’t be read as a Word document. Save it as .docx in Word and choose it again.")
ACTIVE_FIELD = N_("It has a Word field that loads other files ({field}). Remove it.")
NEAR = N_("Near: “{text}”")
NOT_PARSED = N_("This can’t be read: {reason}")
UNKNOWN_FIELD = N_("There is no field {name}. The list of fields shows what there is.")
NOT_A_LIST = N_("{name} is no list, so a loop can’t go over it.")
NOT_A_TEXT = N_("{name} is a list: write a loop over it, with for … in {name}.")
NOT_ALLOWED = N_("Only fields, loops and conditions are possible here, not {what}.")
TOO_MANY_LOOPS = N_("Too many loops: at most {loops}, and at most {depth} inside of each other.")

NESTED_FIELD = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands in a code for the field inside
# The first word of a code says what it does. One that another field would complete is refused, whatever it is.
ACTIVE_FIELD_CODE = re.compile(
    rf"\s*(\w*{NESTED_FIELD}"
    r"|(?:INCLUDE|INCLUDETEXT|INCLUDEPICTURE|DDEAUTO|DDE|LINK|IMPORT|DATABASE|RD|MACROBUTTON|EMBED)\b)",
    re.IGNORECASE,
)
PARAGRAPH_START = re.compile(r"<w:p([ >])")
TAG = re.compile(r"<[^<>]+>")
LOOP_FIELDS = ("first", "last", "index")
LOOP = "loop"
Scope: TypeAlias = Mapping[str, Any]  # type of each variable: a struct, `str`, a tuple of either, or `LOOP`
LocatedProblems: TypeAlias = Iterator[tuple[int, str]]  # line of the source, and the message


class CheckedEnvironment(ImmutableSandboxedEnvironment):
    """Environment that compiles nothing but checked templates, whichever part of a document they come from."""

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse, and raise `InvalidError` for what is not allowed; overrides Jinja's hook below `from_string`."""
        tree = super()._parse(source, name, filename)
        if problems := list(find_expression_problems(tree, source)):
            raise InvalidError(REFUSED, problems)
        return tree


def check_template(content: bytes) -> None:
    """Check a template; `InvalidError` lists all problems, each with the text around it."""
    check_package(content, WORD_PACKAGE)
    problems = list(_find_problems(content))
    if problems:
        raise InvalidError(REFUSED, problems)


def check_filled_fields(content: bytes) -> None:
    """Raise `InvalidError` if filling in a template has made a Word field that loads other files."""
    with ZipFile(BytesIO(content)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist() if name.endswith(".xml")]
    problems = [problem for name, part in parts for problem in _find_field_problems(name, part)]
    if problems:
        raise InvalidError(REFUSED, problems)


class _FieldReader:
    """Collects the codes of fields as Word reads them: of all runs together, each without the fields inside it."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self._open: list[list[str]] = [[]]  # the first one is for codes outside of a field
        self._is_code = False

    def start_element(self, tag: str, attributes: Mapping[str, str]) -> None:
        element = get_local_name(tag)
        self._is_code = element in ("instrText", "delInstrText")
        values = {get_local_name(name): value for name, value in attributes.items()}
        if element == "fldSimple":
            self.codes.append(values.get("instr", ""))
        elif element == "fldChar" and values.get("fldCharType") == "begin":
            self._open[-1].append(NESTED_FIELD)
            self._open.append([])
        elif element == "fldChar" and values.get("fldCharType") == "end" and len(self._open) > 1:
            self.codes.append("".join(self._open.pop()))

    def end_element(self, _: str) -> None:
        self._is_code = False

    def read_text(self, text: str) -> None:
        if self._is_code:
            self._open[-1].append(text)

    def list_codes(self) -> list[str]:
        """Return all codes, also of fields that do not end."""
        outside, *unfinished = ("".join(parts) for parts in self._open)
        return [*self.codes, *outside.split(NESTED_FIELD), *unfinished]


def _find_field_problems(_: str, part: bytes) -> Iterator[Problem]:
    """Yield Word fields that load other files."""
    reader = _FieldReader()
    handlers = {"EndElementHandler": reader.end_element, "CharacterDataHandler": reader.read_text}
    parse_xml(part, WORD_PACKAGE, reader.start_element, **handlers)
    for code in reader.list_codes():
        if match := ACTIVE_FIELD_CODE.match(code):
            yield Problem(with_values(ACTIVE_FIELD, field=match[1]))


WORD_PACKAGE = PackageKind("word/document.xml", ".docx", REFUSED, NOT_READABLE, _find_field_problems)


def _find_problems(content: bytes) -> Iterator[Problem]:
    """Yield the problems of all parts that are filled in."""
    environment = ImmutableSandboxedEnvironment()
    for source in _read_sources(content):
        try:
            tree = environment.parse(source)
        except TemplateSyntaxError as error:
            yield _place_problem(with_values(NOT_PARSED, reason=str(error.message)), source, error.lineno)
        except RecursionError:
            yield Problem(with_values(NOT_PARSED, reason="nested too deeply"))
        else:
            yield from find_expression_problems(tree, source)


def _read_sources(content: bytes) -> Iterator[str]:
    """Yield the text of each part that is filled in, as the library prepares it, a paragraph on each line."""
    try:
        template = DocxTemplate(BytesIO(content))
        template.init_docx()
        yield _split_paragraphs(template.patch_xml(template.get_xml()))
        for kind in (template.HEADER_URI, template.FOOTER_URI):
            for _, part in template.get_headers_footers(kind):
                yield _split_paragraphs(template.patch_xml(template.get_part_xml(part)))
        for part in template.docx.part.package.iter_parts():
            if part.content_type.endswith("footnotes+xml"):
                yield _split_paragraphs(template.patch_xml(part.blob.decode("utf-8")))
        about = Document(BytesIO(content)).core_properties
        yield from (about.author, about.comments, about.identifier, about.language, about.subject, about.title)
    except (KeyError, ValueError, AttributeError) as error:  # what python-docx raises for a broken package
        raise WORD_PACKAGE.refuse_file() from error


def _split_paragraphs(text: str) -> str:
    return PARAGRAPH_START.sub(r"\n<w:p\1", text)


def _place_problem(message: str, source: str, line: int) -> Problem:
    """Make a problem that quotes the paragraph on a line of the source."""
    lines = source.splitlines() or [""]
    text = TAG.sub("", lines[min(line, len(lines)) - 1]).strip()
    short = text if len(text) <= MAX_PLACE_LENGTH else text[: MAX_PLACE_LENGTH - 1] + "…"
    return Problem(message, with_values(NEAR, text=short))


def find_expression_problems(tree: nodes.Template, source: str) -> Iterator[Problem]:
    """Yield everything except known fields, loops and conditions; unknown fields by name."""
    loops = list(tree.find_all(nodes.For))
    if len(loops) > MAX_LOOPS or _measure_depth(tree) > MAX_LOOP_DEPTH:
        yield Problem(with_values(TOO_MANY_LOOPS, loops=MAX_LOOPS, depth=MAX_LOOP_DEPTH))
        return
    scope = {name: get_args(hint)[0] for name, hint in get_field_types(TemplateFields).items()}
    for line, message in _check_statements(tree.body, scope):
        yield _place_problem(message, source, line)


def _measure_depth(node: nodes.Node) -> int:
    return isinstance(node, nodes.For) + max((_measure_depth(child) for child in node.iter_child_nodes()), default=0)


def _check_statements(body: Iterable[nodes.Node], scope: Scope) -> LocatedProblems:
    for node in body:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                yield from _check_text(part, scope)
        elif isinstance(node, nodes.If):
            yield from _check_condition(node.test, scope)
            for branch in (node.body, node.elif_, node.else_):
                yield from _check_statements(branch, scope)
        elif isinstance(node, nodes.For):
            yield from _check_loop(node, scope)
        else:
            yield _refuse_node(node)


def _check_loop(node: nodes.For, scope: Scope) -> LocatedProblems:
    if node.recursive or node.test is not None or not isinstance(node.target, nodes.Name):
        yield _refuse_node(node)
        return
    kind, problems = _find_type(node.iter, scope)
    yield from problems
    element = get_element_type(kind)
    if element is None:
        if not problems:
            yield node.lineno, with_values(NOT_A_LIST, name=_name_node(node.iter))
        return
    inner = {**scope, node.target.name: element, LOOP: LOOP}
    yield from _check_statements(node.body, inner)
    yield from _check_statements(node.else_, scope)


def _check_text(node: nodes.Node, scope: Scope) -> LocatedProblems:
    """Check an expression whose value is written into the document."""
    if isinstance(node, (nodes.TemplateData, nodes.Const)):
        return
    if isinstance(node, nodes.CondExpr):
        yield from _check_condition(node.test, scope)
        for part in (node.expr1, node.expr2):
            if part is not None:
                yield from _check_text(part, scope)
        return
    kind, problems = _find_type(node, scope)
    yield from problems
    if not problems and kind is not str:
        yield node.lineno, with_values(NOT_A_TEXT, name=_name_node(node))


def _check_condition(node: nodes.Node, scope: Scope) -> LocatedProblems:
    if isinstance(node, nodes.Const):
        return
    if isinstance(node, (nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand)):
        for part in node.iter_child_nodes():
            yield from _check_condition(part, scope)
        return
    yield from _find_type(node, scope)[1]


def _find_type(node: nodes.Node, scope: Scope) -> tuple[Any, list[tuple[int, str]]]:
    """Return the type of a field and no problem, or None and the problem."""
    if isinstance(node, nodes.Name):
        if node.name in scope:
            return scope[node.name], []
    elif isinstance(node, nodes.Getattr):
        owner, problems = _find_type(node.node, scope)
        if problems:
            return None, problems
        if owner is LOOP and node.attr in LOOP_FIELDS:
            return str, []
        if isinstance(owner, type) and issubclass(owner, Struct) and node.attr in owner.__struct_fields__:
            return get_args(get_field_types(owner)[node.attr])[0], []
    else:
        return None, [_refuse_node(node)]
    return None, [(node.lineno, with_values(UNKNOWN_FIELD, name=_name_node(node)))]


def _name_node(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_name_node(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else type(node).__name__


def _refuse_node(node: nodes.Node) -> tuple[int, str]:
    return node.lineno, with_values(NOT_ALLOWED, what=type(node).__name__)
