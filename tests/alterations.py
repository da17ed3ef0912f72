"""A hundred ways to alter a sealed report: each a function from its bytes to other bytes.

`resealed` ones are made by somebody who has the program: every digest and the seal fit what was altered.
"""

import random
from collections.abc import Callable, Iterator
from io import BytesIO

import msgspec
import pikepdf
from msgspec.structs import replace
from pikepdf import Array, Dictionary, Name, Operator, Pdf, String

from assessment.domain.provenance import Provenance, digest, encode, sealed
from assessment.pdf import anatomy, reading, sealing

Alteration = Callable[[bytes], bytes]
FIGURES, STALE, OPTIONS, PRINTED, SEALS = 35, 8, 12, 25, 8


def alterations() -> Iterator[tuple[str, Alteration]]:
    """All of them, by what they do."""
    for seed in range(FIGURES):
        yield f"a figure {seed}, resealed", lambda content, seed=seed: _figure(content, seed, reseal=True)
    for seed in range(STALE):
        yield f"a figure {seed}, old seal", lambda content, seed=seed: _figure(content, 900 + seed, reseal=False)
    for name, change in OPTION.items():
        yield f"{name}, resealed", lambda content, change=change: _option(content, change)
    for seed in range(PRINTED):
        resealed = bool(seed % 2)
        yield (
            f"a printed number {seed}{', resealed' * resealed}",
            lambda content, seed=seed, resealed=resealed: _printed(content, seed, reseal=resealed),
        )
    for seed in range(SEALS):
        yield f"the seal {seed}", lambda content, seed=seed: _seal(content, seed)
    for name, change in AROUND.items():
        yield name, lambda content, change=change: _around(content, change)


def _figure(content: bytes, seed: int, *, reseal: bool) -> bytes:
    """Change one number, truth value or word of the released result."""
    rng = random.Random(seed)  # noqa: S311 - which figure is altered, not a secret
    with Pdf.open(BytesIO(content)) as pdf:
        provenance, _ = sealing.provenance_of(pdf)
        figures = msgspec.json.decode(provenance.contents.result)
        places = [place for place in _places(figures) if place[-1] not in ("engine", "computed_at")]
        holder, key = _found(figures, rng.choice(places))
        holder[key] = _other(holder[key], rng)
        contents = replace(provenance.contents, result=msgspec.Raw(msgspec.json.encode(figures)))
        altered = replace(provenance, contents=contents)
        if reseal:
            altered = replace(altered, enclosed=digest(encode(contents)), release=digest(contents.result))
        return _with(pdf, altered, reseal=reseal)


def _places(value: object, path: tuple = ()) -> Iterator[tuple]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, (*path, number))
    elif value is not None:
        yield path


def _found(value, path):
    for key in path[:-1]:
        value = value[key]
    return value, path[-1]


def _other(value, rng):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice([1, 2, 3])
    if isinstance(value, float):
        return value + rng.choice([5.0, -5.0]) if value > 1 else value / 2 + 0.2
    return f"{value}x"


def _option(content: bytes, change: Callable[[Provenance], Provenance]) -> bytes:
    with Pdf.open(BytesIO(content)) as pdf:
        provenance, _ = sealing.provenance_of(pdf)
        altered = change(provenance)
        return _with(pdf, replace(altered, enclosed=digest(encode(altered.contents))), reseal=True)


def _detail(**changes):
    def change(provenance):
        details = replace(provenance.contents.details, **changes)
        return replace(provenance, contents=replace(provenance.contents, details=details))

    return change


OPTION = {
    "the organisation": _detail(organisation="Another"),
    "the title": _detail(title="Another"),
    "the date": _detail(date="2020-01-01"),
    "the author": _detail(author="Somebody else"),
    "a remark": _detail(remarks={"answer": "All is well."}),
    "the wave": _detail(wave="7"),
    "the audience": lambda found: replace(found, audience="board"),
    "the language": lambda found: replace(found, language="xx"),
    "the engine": lambda found: replace(found, engine="9.9.9"),
    "the texts": lambda found: replace(found, texts="0" * 64),
    "the release": lambda found: replace(found, release="0" * 64),
    "the questionnaire": lambda found: replace(found, questionnaire=replace(found.questionnaire, version="9.0.0")),
}


def _printed(content: bytes, seed: int, *, reseal: bool) -> bytes:
    """Change one digit that is drawn on a page into another one."""
    rng = random.Random(seed)  # noqa: S311 - as above
    with Pdf.open(BytesIO(content)) as pdf:
        pages = [page for page in pdf.pages if list(_digits(page))]
        page = rng.choice(pages)
        number, place, code, digits = rng.choice(list(_digits(page)))
        instructions = list(pikepdf.parse_content_stream(page))
        text = bytearray(bytes(instructions[number].operands[0]))
        text[place] = rng.choice([other for other in digits if other != code])
        instructions[number] = pikepdf.ContentStreamInstruction([String(bytes(text))], Operator("Tj"))
        page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
        provenance, _ = sealing.provenance_of(pdf)
        return _with(pdf, provenance, reseal=True) if reseal else sealing.saved(pdf)


def _digits(page):
    """Instruction, place, code, and the codes of all digits in the same typeface."""
    codes: dict[int, str] = {}
    for number, (operands, operator) in enumerate(pikepdf.parse_content_stream(page)):
        if str(operator) == "Tf":
            font = page.Resources.Font[str(operands[0])]
            codes = reading.letters(font)
        elif str(operator) == "Tj":
            digits = [code for code, letter in codes.items() if letter.isdigit()]
            for place, code in enumerate(bytes(operands[0])):
                if codes.get(code, "").isdigit() and len(digits) > 1:
                    yield number, place, code, digits


def _seal(content: bytes, seed: int) -> bytes:
    with Pdf.open(BytesIO(content)) as pdf:
        provenance, attached = sealing.provenance_of(pdf)
        first = "0" if provenance.seal[0] != "0" else "1"
        pages = ("0" * 64, *provenance.pages[1:])
        made = [
            encode(replace(provenance, seal=first + provenance.seal[1:])),
            encode(replace(provenance, seal="")),
            encode(replace(provenance, seal=provenance.seal.upper())),
            attached + b" ",
            encode(replace(provenance, pages=pages)),
            encode(sealed(replace(provenance, pages=pages))),
            encode(sealed(replace(provenance, document="0" * 64))),
            encode(sealed(replace(provenance, contents=None))),
        ][seed]
        return _attached(pdf, made)


def _around(content: bytes, change: Callable[[Pdf], None]) -> bytes:
    with Pdf.open(BytesIO(content)) as pdf:
        change(pdf)
        return sealing.saved(pdf)


def _action(pdf):
    pdf.Root.OpenAction = Dictionary(S=Name.URI, URI=String("http://127.0.0.1/"))


def _more(pdf):
    pdf.attachments["more.txt"] = pikepdf.AttachedFileSpec(pdf, b"more", filename="more.txt")


def _reversed(pdf):
    pdf.pages.reverse()


def _without_last(pdf):
    del pdf.pages[-1]


def _stamp(pdf):
    """A note that covers a number, as a viewer would add it."""
    form = pdf.make_stream(b"1 1 1 rg 0 0 90 20 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 90, 20])
    note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=[60, 700, 150, 720], AP=Dictionary(N=form))
    pdf.pages[1].obj.Annots = Array([pdf.make_indirect(note)])


def _covered(pdf):
    """A white box over figures, drawn after everything else."""
    page = pdf.pages[2]
    page.contents_add(pdf.make_stream(b"q 1 1 1 rg 60 500 400 60 re f Q"))


def _mapped(pdf):
    """A typeface that reads otherwise than it looks."""
    font = next(iter(pdf.pages[2].Resources.Font.values()))
    table = bytes(font.ToUnicode.read_bytes())
    font.ToUnicode.write(table.replace(b"<0031>", b"<0039>").replace(b"0031", b"0039"))


def _set(key, value):
    return lambda pdf: pdf.docinfo.__setitem__(key, value)


AROUND = {
    "the title of the document": _set("/Title", "Another"),
    "the author of the document": _set("/Author", "Somebody else"),
    "the subject of the document": _set("/Subject", "Something else"),
    "the producer of the document": _set("/Producer", "another"),
    "the language of the document": lambda pdf: pdf.Root.__setitem__(Name.Lang, String("xx")),
    "a bookmark": lambda pdf: pdf.Root.Outlines.First.__setitem__(Name.Title, String("Another")),
    "what opens with it": _action,
    "another attachment": _more,
    "the order of pages": _reversed,
    "the last page": _without_last,
    "a stamp": _stamp,
    "a white box": _covered,
}


def _with(pdf: Pdf, provenance: Provenance, *, reseal: bool) -> bytes:
    if reseal:
        pages, document = anatomy.page_digests(pdf), anatomy.document_digest(pdf)
        provenance = sealed(replace(provenance, pages=pages, document=document))
    return _attached(pdf, encode(provenance))


def _attached(pdf: Pdf, content: bytes) -> bytes:
    pdf.attachments[sealing.ATTACHED].get_file().obj.write(content)
    return sealing.saved(pdf)
