"""Sanitize a logo: decode it and encode the pixels again, which drops metadata and embedded data."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageOps

from assessment.domain.report.details import MAX_LOGO_BYTES
from assessment.errors import InvalidError, Problem
from assessment.i18n.messages import N_

MAX_PIXELS = 4_000_000
MAX_SIDES = (
    1200,
    600,
    300,
)  # pixels, tried in turn: the first is more than a cover needs, the others for PNGs above the size limit
IMAGE_FORMATS = ("PNG", "JPEG")


def reencode_logo(content: bytes) -> bytes:
    """Return a PNG of the image, at most 1,200 pixels wide and high.

    Raises `InvalidError` unless it is a readable PNG or JPEG within the limits. The result is within them too, and
    unchanged when it is sanitized again.
    """
    if len(content) > MAX_LOGO_BYTES:
        raise _build_logo_error(N_("The logo is larger than 1 MB."))
    try:
        with Image.open(BytesIO(content), formats=IMAGE_FORMATS) as image:
            pixels = image.width * image.height
            picture = _convert_image(image) if pixels <= MAX_PIXELS else None
    except Exception as error:  # decoders raise anything for a broken image
        raise _build_logo_error(N_("The logo is no PNG or JPEG that can be read.")) from error
    if picture is None:
        raise _build_logo_error(N_("The logo has more than 4 million pixels."))
    return next(png for side in MAX_SIDES if len(png := _encode_bare_png(picture, side)) <= MAX_LOGO_BYTES)


def _convert_image(image: Image.Image) -> Image.Image:
    """Turn the image upright by its EXIF orientation, and convert it to 8 bits a channel."""
    if image.mode.startswith("I"):  # 16 bits of grey: Pillow would clip them to white
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    upright = ImageOps.exif_transpose(image)
    return upright.convert("RGBA" if upright.has_transparency_data else "RGB")


def _encode_bare_png(image: Image.Image, side: int) -> bytes:
    """Encode the pixels alone, at most `side` pixels wide and high."""
    image.thumbnail((side, side))
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    target = BytesIO()
    bare.save(target, format="PNG", optimize=False)
    return target.getvalue()


def _build_logo_error(message: str) -> InvalidError:
    remedy = N_("Take a PNG or JPEG of at most 1 MB and 4 million pixels.")
    return InvalidError(message, [Problem(message, remedy, pointer="/logo")])
