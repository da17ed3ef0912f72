"""Logos: turned upright, and read with all bits of a channel."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from assessment.pdf.logo import reencode_logo

RED, BLUE = (220, 20, 20), (20, 20, 220)
ORIENTATION = 0x0112  # EXIF tag
CORNERS = {1: RED, 3: BLUE, 6: RED, 8: BLUE}  # upper right corner after turning; red is the upper half
SIZES = {1: (40, 80), 3: (40, 80), 6: (80, 40), 8: (80, 40)}


def save_image(image: Image.Image, kind: str, **options: object) -> bytes:
    target = BytesIO()
    image.save(target, format=kind, **options)
    return target.getvalue()


def open_logo(content: bytes) -> Image.Image:
    return Image.open(BytesIO(reencode_logo(content)))


@pytest.mark.parametrize("orientation", CORNERS)
def test_photograph_is_turned_upright(orientation: int):
    image = Image.new("RGB", (40, 80), BLUE)
    image.paste(RED, (0, 0, 40, 40))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation

    logo = open_logo(save_image(image, "JPEG", exif=exif.tobytes(), quality=95))

    assert logo.size == SIZES[orientation]
    assert logo.getpixel((logo.width - 4, 4)) == pytest.approx(CORNERS[orientation], abs=12)


@pytest.mark.parametrize(("grey", "expected"), [(0, 0), (0x2000, 0x20), (0x8000, 0x80), (0xFFFF, 0xFF)])
def test_16_bit_grey_stays_grey(grey: int, expected: int):
    image = Image.fromarray(np.full((20, 30), grey, dtype=np.uint16))

    logo = open_logo(save_image(image, "PNG"))

    assert logo.getpixel((5, 5)) == (expected, expected, expected)
    assert not logo.getexif()
