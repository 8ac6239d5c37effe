"""Draw bar codes and QR codes as SVG that stands in a page or a PDF; pure."""

from __future__ import annotations

import re
from typing import Final

import segno
import zxingcpp
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_LONGEST: Final = 48  # characters of Code 128 that still fit across a label
_DRAWN: Final = re.compile(r'width="(\d+)" height="(\d+)".*?<path d="([^"]+)"', re.DOTALL)


class NoCode(ValueError):
    """A text cannot be drawn as the code asked for."""


def code128_svg(text: str) -> SafeString:
    """
    Return a text as Code 128, with its quiet zone, stretching to the width of its box.

    :raises NoCode: if it is empty, longer than 48 characters or not printable ASCII.

    Source: ISO/IEC 15417
    """
    if not text or len(text) > _LONGEST or not (text.isascii() and text.isprintable()):
        raise NoCode("Code 128 holds 1 to 48 characters of ASCII.")
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    drawn = _DRAWN.search(zxingcpp.write_barcode_to_svg(barcode))
    if drawn is None:
        raise NoCode("The code was not drawn.")
    width, height, path = drawn.groups()
    return format_html(
        '<svg class="code128" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}"'
        ' preserveAspectRatio="none" shape-rendering="crispEdges"'
        ' role="img" aria-label="{}"><path d="{}"/></svg>',
        width,
        height,
        text,
        path,
    )


def qr_svg(text: str) -> SafeString:
    """
    Return a text as a QR code that a quarter of it may be soiled and still be read.

    :raises NoCode: if it is empty or longer than a QR code holds.

    Source: ISO/IEC 18004
    """
    if not text:
        raise NoCode("A QR code holds at least one character.")
    try:
        code = segno.make_qr(text, error="q")
    except segno.DataOverflowError:
        raise NoCode("The text is longer than a QR code holds.") from None
    drawn = code.svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None, draw_transparent=True)
    return mark_safe(drawn)  # noqa: S308 the library draws squares; the text itself is not in it
