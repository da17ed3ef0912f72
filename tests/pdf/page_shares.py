"""How much of each page is used."""

import numpy as np
import pypdfium2

from assessment.pdf.typesetting.theme import BOTTOM_MARGIN, CONTENT_HEIGHT, TOP_MARGIN

SCALE = 0.3  # points to pixels: enough to see where a page ends
WHITE = 225


def measure_used_height(content):
    """How far down each page reaches, as a share of its frame."""
    with pypdfium2.PdfDocument(content) as document:
        pages = [np.asarray(page.render(scale=SCALE).to_pil().convert("L")) for page in document]
    frames = [page[int(TOP_MARGIN * SCALE) : page.shape[0] - int(BOTTOM_MARGIN * SCALE)] for page in pages]
    inked = [np.flatnonzero((frame < WHITE).any(axis=1)) for frame in frames]
    return [float(rows.max(initial=0)) / (CONTENT_HEIGHT * SCALE) for rows in inked]


def measure_column_tops(content):
    """Tops of both columns of the last page, in points from the top of its frame."""
    with pypdfium2.PdfDocument(content) as document:
        image = np.asarray(document[len(document) - 1].render(scale=1).to_pil().convert("L"))[int(TOP_MARGIN) :]
    middle = image.shape[1] // 2
    return [int(np.flatnonzero((half < WHITE).any(axis=1))[0]) for half in (image[:, :middle], image[:, middle:])]
