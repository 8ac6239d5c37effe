"""Drawn signatures: a small picture for each place to sign, made anew from what was sent. No database."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from io import BytesIO

from PIL import Image, ImageOps

WIDEST = 4000  # pixels either way that a picture may have before it is opened at all
KEPT_WIDTH = 720  # pixels that are kept: a signature prints well at 60 mm
LEAST_INK = 60  # dark pixels; fewer is a slip of the finger, not a signature
DARK = 160  # of 255
PNG = b"\x89PNG\r\n\x1a\n"


class NotASignature(ValueError):
    """What was sent is no drawing, or an empty one."""


def redraw(picture: bytes) -> bytes:
    """
    Return a signature as a small grey PNG of our own making; nothing else of the file is kept.

    :raises NotASignature: if it is not a PNG, is too large, or nothing is drawn on it.
    """
    try:
        with Image.open(BytesIO(picture), formats=["PNG"]) as opened:
            if max(opened.size) > WIDEST:
                raise NotASignature
            drawn = Image.new("RGBA", opened.size, "white")
            drawn.alpha_composite(opened.convert("RGBA"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise NotASignature from fault
    grey = (
        ImageOps.contain(drawn.convert("L"), (KEPT_WIDTH, KEPT_WIDTH))
        if drawn.width > KEPT_WIDTH
        else drawn.convert("L")
    )
    if sum(grey.histogram()[:DARK]) < LEAST_INK:
        raise NotASignature
    kept = BytesIO()
    grey.quantize(16).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def pack(signatures: Mapping[str, bytes]) -> bytes:
    """Return the signatures by place as bytes to seal."""
    whole = {slot: base64.b64encode(picture).decode() for slot, picture in signatures.items()}
    return json.dumps(whole, sort_keys=True).encode()


def unpack(content: bytes) -> dict[str, bytes]:
    """
    Return the signatures by place.

    :raises NotASignature: if one of them is no picture.
    """
    try:
        whole = {
            slot: base64.b64decode(picture, validate=True) for slot, picture in json.loads(content).items()
        }
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError, TypeError, binascii.Error) as fault:
        raise NotASignature from fault
    if not all(picture.startswith(PNG) for picture in whole.values()):
        raise NotASignature
    return whole
