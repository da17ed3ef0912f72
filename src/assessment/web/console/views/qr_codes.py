"""QR codes of links, as SVG within a page."""

from markupsafe import Markup


def draw_qr_code(link: str) -> Markup:
    """Draw a QR code; `link` is one of our own, so that what is drawn needs no escaping."""
    import segno  # noqa: PLC0415  # a server process may never need it

    code = segno.make_qr(link, error="m").svg_inline(border=4, omitsize=True, light="#fff", svgclass="qr")
    return Markup(code)  # noqa: S704  # SVG of rectangles, without the text
