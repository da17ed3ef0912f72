"""Pictures in Office files: only PNG and JPEG of a limited size."""

from io import BytesIO

from PIL import Image

IMAGE_FORMATS = ("PNG", "JPEG")
MAX_PIXELS = 4_000_000  # a small file may decode to a huge image


def load_logo(content: bytes | None) -> bytes | None:
    """Return a logo as PNG; None for anything else than a PNG or JPEG within the limits."""
    if content is None:
        return None
    try:
        with Image.open(BytesIO(content), formats=IMAGE_FORMATS) as image:
            if not 0 < image.width * image.height <= MAX_PIXELS:
                return None
            target = BytesIO()
            image.convert("RGBA").save(target, format="PNG", optimize=False)
            return target.getvalue()
    except Exception:  # noqa: BLE001 - decoders raise anything for a broken image; it is left out
        return None
