"""Pictures of pages that someone looked at, and how far a page is from its picture.

Another version of the browser draws edges and form controls a little differently and moves lines by a pixel; a missing
style, another colour or a moved block changes a whole block of the shrunken picture.
"""

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

FOLDER = Path(__file__).parent / "golden"
WIDTH = 640  # pixels of a stored picture, at most
COMPARED_WIDTHS = {640: 160, 360: 48}  # by the width of the picture: of a screen 1280 wide, and of a phone
COLOURS = 96
BLOCK = 8  # pixels at the compared width: about 60 of the screen
SHIFT = 2  # rows by which a block may have moved
HEIGHT_TOLERANCE = 0.03
LIMIT = 14.0  # mean difference of a block, 0 to 255

Pixels = npt.NDArray[np.float64]


def shrink_screenshot(content: bytes) -> Image.Image:
    """Reduce a screenshot to the width and the colours of a stored picture."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    if picture.width > WIDTH:
        picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.BOX)
    return picture.quantize(COLOURS, dither=Image.Dither.NONE)


def save_picture(name: str, picture: Image.Image, folder: Path = FOLDER) -> None:
    folder.mkdir(exist_ok=True)
    picture.save(folder / f"{name}.png", optimize=True)


def load_picture(name: str) -> Image.Image:
    """Load the picture of a page; raise FileNotFoundError if nobody has stored one."""
    with Image.open(FOLDER / f"{name}.png") as picture:
        return picture.convert("RGB")


def describe_difference(expected: Image.Image, actual: Image.Image) -> str:
    """Say what differs so much that a reader of the page would notice; empty if nothing does."""
    if abs(expected.height - actual.height) > HEIGHT_TOLERANCE * expected.height + SHIFT:
        return f"The page is {actual.height} pixels high instead of {expected.height}."
    one, other = _make_pixels(expected), _make_pixels(actual)
    height = min(len(one), len(other)) // BLOCK * BLOCK
    differences = [_measure_row(one, other, top) for top in range(0, height, BLOCK)]
    row = int(np.argmax([each.max() for each in differences]))
    column = int(np.argmax(differences[row]))
    if differences[row][column] <= LIMIT:
        return ""
    place = f"{row * BLOCK * 100 // height}% down and {column * BLOCK * 100 // one.shape[1]}% across"
    return f"A block {place} differs by {differences[row][column]:.1f}, more than {LIMIT}."


def _make_pixels(picture: Image.Image) -> Pixels:
    width = COMPARED_WIDTHS[picture.width]
    size = (width, round(picture.height * width / picture.width))
    return np.asarray(picture.convert("RGB").resize(size, Image.Resampling.BOX), dtype=float)


def _measure_row(one: Pixels, other: Pixels, top: int) -> npt.NDArray[np.float64]:
    """Return the mean difference of each block of a row, to the part of the other picture that is most like it.

    The part may lie as far away as the heights differ: above it a line may have grown or shrunk.
    """
    reach = SHIFT + abs(len(one) - len(other))
    columns = one.shape[1] // BLOCK
    band, best = one[top : top + BLOCK], np.full(columns, np.inf)
    for start in range(max(0, top - reach), min(len(other) - BLOCK, top + reach) + 1):
        difference = np.abs(band - other[start : start + BLOCK]).mean(axis=2)
        blocks = difference.reshape(BLOCK, columns, BLOCK)
        best = np.minimum(best, blocks.mean(axis=(0, 2)))
    return best
