"""Ways to alter the objects of a PDF: pages, structure, metadata, attachments, fonts."""

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, String

from assessment.pdf import provenance_attachment


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


def lengthen_bar(pdf):
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
    """Alternative text of a chart."""
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
    """Move a part that a screen reader reads on page 2 to page 4."""
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


UNSEALED_ALTERATIONS = {
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
RESEALED_ALTERATIONS = {
    "a bar of a chart": lengthen_bar,
    "the title of a page": _alter_heading,
    "where the contents lead": _redirect_link,
    "a chart's words": _alter_chart_text,
    "the description of the document": _alter_description,
    "a white box": _cover_figures,
    "a typeface": _remap_font,
    "the last page": _remove_last_page,
    "a hidden file": _add_hidden_file,
}
