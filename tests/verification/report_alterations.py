"""A hundred and twenty ways to alter a sealed report: each a function from its bytes to other bytes.

`resealed` ones are made by someone who has the program: every digest and the seal fit what was altered.
"""

import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO

import msgspec
import pikepdf
from msgspec.structs import replace
from pikepdf import Operator, Pdf, String

from assessment.domain.verification.provenance import Provenance, encode_canonical_json, hash_content, seal_provenance
from assessment.pdf import provenance_attachment
from assessment.pdf.inspection import digests, extract_text
from tests.verification.pdf_alterations import RESEALED_ALTERATIONS, UNSEALED_ALTERATIONS, lengthen_bar

Alteration = Callable[[bytes], bytes]
Path = tuple[str | int, ...]
FIGURES, STALE, PRINTED, SEALS = 29, 4, 18, 8
CODE = re.compile(r"[A-Z]+-\w+")


def list_alterations(other: Callable[[], bytes]) -> Iterator[tuple[str, Alteration]]:
    """All of them, by what they do; `other` prints the report of another release."""
    for number in range(FIGURES):
        yield f"a figure of kind {number}, resealed", partial(_alter_figure_kind, number=number, reseal=True)
    for number in range(STALE):
        yield f"a figure of kind {number}, old seal", partial(_alter_figure_kind, number=number, reseal=False)
    for name, change in OPTION.items():
        yield f"{name}, resealed", partial(_alter_option, change=change)
    for seed in range(PRINTED):
        resealed = bool(seed % 2)
        yield (
            f"a printed number {seed}{', resealed' * resealed}",
            partial(_alter_printed_digit, seed=seed, reseal=resealed),
        )
    for seed in range(SEALS):
        yield f"the seal {seed}", partial(_alter_seal, seed=seed)
    for name, around in UNSEALED_ALTERATIONS.items():
        yield name, partial(_alter_pdf, change=around)
    for name, around in RESEALED_ALTERATIONS.items():
        yield f"{name}, resealed", partial(_alter_pdf, change=around, reseal=True)
    for name, made_with in ELSEWHERE.items():
        yield name, partial(_alter_page_object, change=made_with)
    yield "the attachment of another report", lambda content: _swap_contents(content, other())


def list_figure_paths(content: bytes) -> list[Path]:
    """The place of every figure of the released result."""
    with Pdf.open(BytesIO(content)) as pdf:
        provenance, _ = provenance_attachment.read_provenance(pdf)
    figures = msgspec.json.decode(provenance.contents.result)
    return [place for place in _iterate_paths(figures) if place[-1] != "engine"]  # who names another one: below


def find_figure_kinds(content: bytes) -> dict[str, Path]:
    """One figure of each kind: whichever function, dimension or item it is of."""
    places = list_figure_paths(content)
    own = {str(key) for place in places for at, key in enumerate(place) if at and place[at - 1] in OF_MANY}
    return {".".join("*" if _is_collection_key(key, own) else str(key) for key in place): place for place in places}


def _alter_figure_kind(content: bytes, number: int, *, reseal: bool) -> bytes:
    kinds = find_figure_kinds(content)
    chosen = random.Random(1).sample(sorted(kinds), FIGURES)[number]  # noqa: S311 - which are tried, no secret
    return alter_figure(content, kinds[chosen], reseal=reseal)


OF_MANY = frozenset({"functions", "dimensions", "items", "rows", "contacts", "by_function", "by_role", "personal"})


def _is_collection_key(key: str | int, own: set[str]) -> bool:
    return isinstance(key, int) or key in own or bool(CODE.fullmatch(key))


def alter_figure(content: bytes, path: Path, *, reseal: bool) -> bytes:
    """Change one number, truth value or word of the released result."""
    rng = random.Random(".".join(map(str, path)))  # noqa: S311 - what it becomes, not a secret

    def change(figures: dict) -> None:
        holder, key = _find_value(figures, path)
        holder[key] = _choose_other_value(holder[key], rng)

    return _alter_result(content, change, reseal=reseal)


def _alter_result(content: bytes, change: Callable[[dict], None], *, reseal: bool) -> bytes:
    with Pdf.open(BytesIO(content)) as pdf:
        provenance, _ = provenance_attachment.read_provenance(pdf)
        figures = msgspec.json.decode(provenance.contents.result)
        change(figures)
        contents = replace(provenance.contents, result=msgspec.Raw(msgspec.json.encode(figures)))
        altered = replace(provenance, contents=contents, engine=figures["engine"])
        if reseal:
            altered = replace(
                altered, enclosed=hash_content(encode_canonical_json(contents)), release=hash_content(contents.result)
            )
        return _replace_provenance(pdf, altered, reseal=reseal)


def _iterate_paths(value: object, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _iterate_paths(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _iterate_paths(inner, (*path, number))
    elif value is not None:
        yield path


def _find_value(value, path):
    for key in path[:-1]:
        value = value[key]
    return value, path[-1]


def _choose_other_value(value, rng):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice([1, 2, 3])
    if isinstance(value, float):
        return value + rng.choice([5.0, -5.0]) if value > 1 else value / 2 + 0.2
    return f"{value}x"


def _alter_option(content: bytes, change: Callable[[Provenance], Provenance]) -> bytes:
    with Pdf.open(BytesIO(content)) as pdf:
        provenance, _ = provenance_attachment.read_provenance(pdf)
        altered = change(provenance)
        return _replace_provenance(
            pdf, replace(altered, enclosed=hash_content(encode_canonical_json(altered.contents))), reseal=True
        )


def _alter_detail(**changes):
    def change(provenance):
        details = replace(provenance.contents.details, **changes)
        return replace(provenance, contents=replace(provenance.contents, details=details))

    return change


OPTION = {
    "the organisation": _alter_detail(organisation="Another"),
    "the title": _alter_detail(title="Another"),
    "the date": _alter_detail(date="2020-01-01"),
    "the author": _alter_detail(author="Someone else"),
    "a remark": _alter_detail(remarks={"answer": "All is well."}),
    "the wave": _alter_detail(wave="7"),
    "the audience": lambda found: replace(found, audience="board"),
    "the language": lambda found: replace(found, language="xx"),
    "the engine": lambda found: replace(found, engine="9.9.9"),
    "the texts": lambda found: replace(found, texts="0" * 64),
    "the release": lambda found: replace(found, release="0" * 64),
    "the questionnaire": lambda found: replace(found, questionnaire=replace(found.questionnaire, version="9.0.0")),
}


def _alter_printed_digit(content: bytes, seed: int, *, reseal: bool) -> bytes:
    """Change one digit that is drawn on a page into another one."""
    rng = random.Random(seed)  # noqa: S311 - as above
    with Pdf.open(BytesIO(content)) as pdf:
        pages = [page for page in pdf.pages if list(_iterate_digits(page))]
        page = rng.choice(pages)
        number, place, code, digits = rng.choice(list(_iterate_digits(page)))
        instructions = list(pikepdf.parse_content_stream(page))
        text = bytearray(bytes(instructions[number].operands[0]))
        text[place] = rng.choice([other for other in digits if other != code])
        instructions[number] = pikepdf.ContentStreamInstruction([String(bytes(text))], Operator("Tj"))
        page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
        provenance, _ = provenance_attachment.read_provenance(pdf)
        return (
            _replace_provenance(pdf, provenance, reseal=True)
            if reseal
            else provenance_attachment.save_deterministically(pdf)
        )


def _iterate_digits(page):
    """Instruction, place, code, and the codes of all digits in the same typeface."""
    codes: dict[int, str] = {}
    for number, (operands, operator) in enumerate(pikepdf.parse_content_stream(page)):
        if str(operator) == "Tf":
            font = page.Resources.Font[str(operands[0])]
            codes = extract_text.read_character_map(font)
        elif str(operator) == "Tj":
            digits = [code for code, letter in codes.items() if letter.isdigit()]
            for place, code in enumerate(bytes(operands[0])):
                if codes.get(code, "").isdigit() and len(digits) > 1:
                    yield number, place, code, digits


def _alter_seal(content: bytes, seed: int) -> bytes:
    with Pdf.open(BytesIO(content)) as pdf:
        provenance, attached = provenance_attachment.read_provenance(pdf)
        first = "0" if provenance.seal[0] != "0" else "1"
        pages = ("0" * 64, *provenance.pages[1:])
        made = [
            encode_canonical_json(replace(provenance, seal=first + provenance.seal[1:])),
            encode_canonical_json(replace(provenance, seal="")),
            encode_canonical_json(replace(provenance, seal=provenance.seal.upper())),
            attached + b" ",
            encode_canonical_json(replace(provenance, pages=pages)),
            encode_canonical_json(seal_provenance(replace(provenance, pages=pages))),
            encode_canonical_json(seal_provenance(replace(provenance, document="0" * 64))),
            encode_canonical_json(seal_provenance(replace(provenance, contents=None))),
        ][seed]
        return _replace_attachment(pdf, made)


def _swap_contents(content: bytes, other: bytes) -> bytes:
    """Data of another report, complete and well sealed."""
    with Pdf.open(BytesIO(content)) as pdf, Pdf.open(BytesIO(other)) as elsewhere:
        return _replace_attachment(pdf, provenance_attachment.read_provenance(elsewhere)[1])


def _alter_pdf(content: bytes, change: Callable[[Pdf], None], *, reseal: bool = False) -> bytes:
    with Pdf.open(BytesIO(content)) as pdf:
        change(pdf)
        return (
            _replace_provenance(pdf, provenance_attachment.read_provenance(pdf)[0], reseal=True)
            if reseal
            else provenance_attachment.save_deterministically(pdf)
        )


def _move_first_advice_last(figures):
    figures["advice"].append(figures["advice"].pop(0))


def _alter_bar_and_version(content):
    with Pdf.open(BytesIO(content)) as pdf:
        lengthen_bar(pdf)
        provenance, _ = provenance_attachment.read_provenance(pdf)
        return _replace_provenance(
            pdf, replace(provenance, drawn_with={"pikepdf": "1.0", "reportlab": "1.0"}), reseal=True
        )


def _alter_figure_and_version(content):
    def change(figures):
        figures["engine"] = "9.9.9"
        figures["overall"]["level"] = 5

    return _alter_result(content, change, reseal=True)


ELSEWHERE = {
    "the order of advice, resealed": lambda content: _alter_result(content, _move_first_advice_last, reseal=True),
    "the order of advice, old seal": lambda content: _alter_result(content, _move_first_advice_last, reseal=False),
    "a bar, as if another version had drawn it, resealed": _alter_bar_and_version,
    "a level, as if another version had found it, resealed": _alter_figure_and_version,
}


def _alter_page_object(content, change):
    return change(content)


def _replace_provenance(pdf: Pdf, provenance: Provenance, *, reseal: bool) -> bytes:
    if reseal:
        pages, document = digests.compute_page_digests(pdf), digests.compute_document_digest(pdf)
        provenance = seal_provenance(replace(provenance, pages=pages, document=document))
    return _replace_attachment(pdf, encode_canonical_json(provenance))


def _replace_attachment(pdf: Pdf, content: bytes) -> bytes:
    pdf.attachments[provenance_attachment.ATTACHMENT_NAME].get_file().obj.write(content)
    return provenance_attachment.save_deterministically(pdf)
