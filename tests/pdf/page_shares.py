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


def measure_columns(content):
    """Tops and ends of both columns of the last page, in points from the top of its frame."""
    with pypdfium2.PdfDocument(content) as document:
        image = np.asarray(document[len(document) - 1].render(scale=1).to_pil().convert("L"))
    frame = image[int(TOP_MARGIN) : image.shape[0] - int(BOTTOM_MARGIN)]
    middle = frame.shape[1] // 2
    inked = [np.flatnonzero((half < WHITE).any(axis=1)) for half in (frame[:, :middle], frame[:, middle:])]
    return [(int(rows[0]), int(rows[-1])) for rows in inked]
