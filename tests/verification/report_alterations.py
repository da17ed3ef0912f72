"""A hundred and twenty ways to alter a sealed report: each a function from its bytes to other bytes.

`resealed` ones are made by somebody who has the program: every digest and the seal fit what was altered.
"""

import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO

import msgspec
import pikepdf
from msgspec.structs import replace
from pikepdf import Array, Dictionary, Name, Operator, Pdf, String

from assessment.domain.verification.provenance import Provenance, encode_canonical_json, hash_content, seal_provenance
from assessment.pdf import provenance_attachment
from assessment.pdf.inspection import digests, extract_text

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
    for name, around in AROUND.items():
        yield name, partial(_alter_pdf, change=around)
    for name, around in RESEALED.items():
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
    "the author": _alter_detail(author="Somebody else"),
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
    """What another report was made from, whole and well sealed."""
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


def _add_action(pdf):
    pdf.Root.OpenAction = Dictionary(S=Name.URI, URI=String("http://127.0.0.1/"))


def _add_attachment(pdf):
    pdf.attachments["more.txt"] = pikepdf.AttachedFileSpec(pdf, b"more", filename="more.txt")


def _add_hidden_file(pdf):
    """A file that no list of attachments names."""
    pdf.Root.AF.append(pdf.make_indirect(pikepdf.AttachedFileSpec(pdf, b"more", filename="more.txt").obj))


def _reverse_pages(pdf):
    pdf.pages.reverse()


def _remove_last_page(pdf):
    del pdf.pages[-1]


def _duplicate_page(pdf):
    pdf.pages.insert(3, pdf.pages[2])


def _add_stamp(pdf):
    """A note that covers a number, as a viewer would add it."""
    form = pdf.make_stream(b"1 1 1 rg 0 0 90 20 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 90, 20])
    note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=[60, 700, 150, 720], AP=Dictionary(N=form))
    pdf.pages[1].obj.Annots = Array([pdf.make_indirect(note)])


def _cover_figures(pdf):
    """A white box over figures, drawn after everything else."""
    page = pdf.pages[2]
    page.contents_add(pdf.make_stream(b"q 1 1 1 rg 60 500 400 60 re f Q"))


def _crop_pages(pdf):
    """Every page shows its upper half only, by what pages have in common."""
    pdf.Root.Pages.CropBox = Array([0, 421, 596, 842])


def _remap_font(pdf):
    """A typeface that reads otherwise than it looks."""
    font = next(iter(pdf.pages[2].Resources.Font.values()))
    table = bytes(font.ToUnicode.read_bytes())
    font.ToUnicode.write(table.replace(b"<0031>", b"<0039>").replace(b"0031", b"0039"))


def _lengthen_bar(pdf):
    """A bar of a chart made longer; no word or number is changed."""
    instructions = list(pikepdf.parse_content_stream(pdf.pages[1]))
    within = ""
    for number, (operands, operator) in enumerate(instructions):
        within = str(operands[0]) if str(operator) == "BDC" else "" if str(operator) == "EMC" else within
        if within == "/Figure" and str(operator) == "l":
            longer = [float(operands[0]) + 60, operands[1]]
            instructions[number] = pikepdf.ContentStreamInstruction(longer, operator)
    pdf.pages[1].obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))


def _alter_heading(pdf):
    """The title of a page drawn in other words, by taking letters out."""
    instructions = list(pikepdf.parse_content_stream(pdf.pages[3]))
    begins = next(at for at, (what, how) in enumerate(instructions) if str(how) == "BDC" and str(what[0]) == "/H1")
    at = next(at for at in range(begins, len(instructions)) if str(instructions[at].operator) == "Tj")
    text = bytes(instructions[at].operands[0])
    instructions[at] = pikepdf.ContentStreamInstruction([String(text[: len(text) // 2])], Operator("Tj"))
    pdf.pages[3].obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))


def _redirect_link(pdf):
    pdf.pages[2].Annots[0].Dest = pdf.pages[2].Annots[-1].Dest


def _alter_chart_text(pdf):
    """What a chart shows in words, for those who don't see it."""
    figure = next(part for part in _iterate_structure(pdf.Root.StructTreeRoot.K) if part.S == "/Figure")
    figure.Alt = String("All is well.")


def _iterate_structure(element):
    yield element
    for kid in element.K:
        if isinstance(kid, pikepdf.Object) and "/S" in kid:
            yield from _iterate_structure(kid)


def _alter_description(pdf):
    about = bytes(pdf.Root.Metadata.read_bytes())
    pdf.Root.Metadata.write(about.replace(b"Norden", b"Another"))


def _set_metadata(key, value):
    return lambda pdf: pdf.docinfo.__setitem__(key, value)


def _move_reading_part(pdf):
    """What a screen reader reads as a part of page 2 is drawn on page 4."""
    here = pdf.pages[1].obj.objgen
    part = next(
        part for part in _iterate_structure(pdf.Root.StructTreeRoot.K) if Name.Pg in part and part.Pg.objgen == here
    )
    part.Pg = pdf.pages[3].obj


def _move_structure_part(pdf):
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    numbers[3], numbers[5] = numbers[5], numbers[3]


def _add_layer(pdf):
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Layer")))
    pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(OFF=[layer]))


def _add_form_field(pdf):
    field = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("a"), V=String("99"), Rect=[9, 9, 99, 99]
    )
    made = pdf.make_indirect(field)
    pdf.Root.AcroForm = Dictionary(Fields=[made])
    pdf.pages[2].obj.Annots.append(made)


def _rename_attachment(pdf):
    pdf.attachments[provenance_attachment.ATTACHMENT_NAME].obj.UF = String("invoice.exe")


def _date_attachment(pdf):
    pdf.attachments[provenance_attachment.ATTACHMENT_NAME].obj.EF.F.Params.ModDate = String("D:20200101000000Z")


def _widen_glyphs(pdf):
    next(font for font in pdf.pages[2].Resources.Font.values()).Widths[40] = 1500


def _replace_glyphs(pdf):
    """A typeface that draws other shapes: it is another subset."""
    one, other, *_ = [font.FontDescriptor for font in pdf.pages[2].Resources.Font.values()]
    one.FontFile2 = other.FontFile2


def _alter_spoken_text(pdf):
    heading = next(part for part in _iterate_structure(pdf.Root.StructTreeRoot.K) if part.S == "/H1")
    heading.ActualText = String("All is well.")


def _alter_role_map(pdf):
    pdf.Root.StructTreeRoot.RoleMap = Dictionary(P=Name.Artifact)


def _swap_page_contents(pdf):
    one, other = pdf.pages[2].obj, pdf.pages[3].obj
    one.Contents, other.Contents = other.Contents, one.Contents


def _set_page_entry(key, value):
    return lambda pdf: pdf.Root.__setitem__(key, value)


def _set_bookmark_entry(key, value):
    return lambda pdf: pdf.Root.Outlines.First.__setitem__(key, value)


AROUND = {
    "where a screen reader reads": _move_reading_part,
    "what marks belong to": _move_structure_part,
    "the marks of a page": lambda pdf: pdf.pages[1].obj.__setitem__(Name.StructParents, 3),
    "what a heading says": _alter_spoken_text,
    "what paragraphs are": _alter_role_map,
    "a page upside down": lambda pdf: pdf.pages[1].rotate(180, relative=False),
    "what two pages show": _swap_page_contents,
    "a layer": _add_layer,
    "a field": _add_form_field,
    "the name of the attachment": _rename_attachment,
    "the date of the attachment": _date_attachment,
    "the width of a letter": _widen_glyphs,
    "the shapes of letters": _replace_glyphs,
    "the colour of a bookmark": _set_bookmark_entry(Name.C, Array([1, 0, 0])),
    "bookmarks folded": lambda pdf: pdf.Root.Outlines.__setitem__(Name.Count, -5),
    "a note at the tree of pages": lambda pdf: pdf.Root.Pages.__setitem__(Name.Metadata, pdf.make_stream(b"note")),
    "a note at the end of the file": lambda pdf: pdf.trailer.__setitem__(Name.Note, String("note")),
    "an extension": _set_page_entry(
        Name.Extensions, Dictionary(ADBE=Dictionary(BaseVersion=Name("/1.7"), ExtensionLevel=8))
    ),
    "numbers of pages": _set_page_entry(Name.PageLabels, Dictionary(Nums=[0, Dictionary(S=Name.r)])),
    "a form of another kind": _set_page_entry(Name.AcroForm, Dictionary(Fields=[], NeedAppearances=True)),
    "the title of the document": _set_metadata("/Title", "Another"),
    "the author of the document": _set_metadata("/Author", "Somebody else"),
    "the subject of the document": _set_metadata("/Subject", "Something else"),
    "the producer of the document": _set_metadata("/Producer", "another"),
    "the language of the document": lambda pdf: pdf.Root.__setitem__(Name.Lang, String("xx")),
    "a bookmark": lambda pdf: pdf.Root.Outlines.First.__setitem__(Name.Title, String("Another")),
    "what opens with it": _add_action,
    "another attachment": _add_attachment,
    "a hidden file": _add_hidden_file,
    "the order of pages": _reverse_pages,
    "the last page": _remove_last_page,
    "a page twice": _duplicate_page,
    "a stamp": _add_stamp,
    "a white box": _cover_figures,
    "half of every page": _crop_pages,
}
RESEALED = {
    "a bar of a chart": _lengthen_bar,
    "the title of a page": _alter_heading,
    "where the contents lead": _redirect_link,
    "a chart's words": _alter_chart_text,
    "the description of the document": _alter_description,
    "a white box": _cover_figures,
    "a typeface": _remap_font,
    "the last page": _remove_last_page,
    "a hidden file": _add_hidden_file,
}


def _move_first_advice_last(figures):
    figures["advice"].append(figures["advice"].pop(0))


def _alter_bar_and_version(content):
    with Pdf.open(BytesIO(content)) as pdf:
        _lengthen_bar(pdf)
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
