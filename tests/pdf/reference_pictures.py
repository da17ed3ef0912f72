"""Pictures of the key pages: what they should look like, and how far a page is from it.

Make them again after looking at every page: `python -m tests.pdf.reference_pictures`.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

from assessment.pdf import render_report
from tests import reports

FOLDER = Path(__file__).parent / "pictures"
SCALE = 0.6  # points to pixels: enough to see that something has moved
BLOCK = 12
PAGES = {
    "cover": "The cover",
    "answer": "The answer",
    "heatmap": "Where practice is strong",
    "function": "HR stands at level",
    "hand-offs": "Hand-offs between channels",
    "roadmap": "Roadmap",
}


@lru_cache(maxsize=1)
def draw_pages():
    """The key pages as they are drawn now, in grey, by name."""
    with pypdfium2.PdfDocument(
        render_report(reports.build_case_report("risk-36", organisation="Nordlicht Energie"))
    ) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
        contents = next(number for number, text in enumerate(texts) if "Contents" in text)
        places = {"cover": 0}
        for name, heading in PAGES.items():
            found = (number for number, text in enumerate(texts) if heading in text[:200] and number != contents)
            places.setdefault(name, next(found, 0))
        return {
            name: np.asarray(document[place].render(scale=SCALE).to_pil().convert("L"), dtype=float)
            for name, place in places.items()
        }


def load_picture(name):
    """The picture that was looked at and kept."""
    return np.asarray(Image.open(FOLDER / f"{name}.png").convert("L"), dtype=float)


def measure_distance(one, other):
    """The widest mean difference of any small block, 0 to 255: one number moved, one bar shorter."""
    difference = np.abs(one - other)
    rows, columns = (length // BLOCK for length in difference.shape)
    blocks = difference[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    return float(blocks.mean(axis=(1, 3)).max())


def main():
    """Keep the pages as they are drawn now."""
    FOLDER.mkdir(exist_ok=True)
    for name, picture in draw_pages().items():
        Image.fromarray(picture.astype(np.uint8)).quantize(32).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
