"""Words as a QR code (ISO/IEC 18004), drawn here."""

import segno
from django.utils.safestring import mark_safe


def qr(words: str) -> str:
    """An inline SVG, black on white in every appearance: cameras read nothing else.

    It says nothing to a screen reader: what it leads to stands beside it, or labels the frame around it.
    """
    drawn = segno.make(words, error="m", micro=False).svg_inline(
        scale=6, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S308 (segno's own)
