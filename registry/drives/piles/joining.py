"""Lay the pages of one form together, so that who verifies it sees them at one glance. No database."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from PIL import Image

_ON_ONE_PICTURE: Final = 4  # pages that are still read side by side; more become a PDF
_QUALITY: Final = 88  # the picture is drawn once more when it is kept as evidence


def joined(pictures: Sequence[bytes]) -> bytes:
    """
    Return the pages of a form as one scan: a picture of up to four side by side, else a PDF of pictures.

    :param pictures: JPEG, each drawn by ``child``.
    """
    if len(pictures) == 1:
        return pictures[0]
    opened = [Image.open(io.BytesIO(picture), formats=["JPEG"]).convert("RGB") for picture in pictures]
    written = io.BytesIO()
    if len(opened) > _ON_ONE_PICTURE:
        opened[0].save(written, "PDF", save_all=True, append_images=opened[1:], quality=_QUALITY)
    else:
        _side_by_side(opened).save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _side_by_side(pages: Sequence[Image.Image]) -> Image.Image:
    """Lay upright pages beside each other and lying ones below each other, in rows of two."""
    width, height = (max(page.size[side] for page in pages) for side in (0, 1))
    columns = 1 if len(pages) == 2 and width > height else 2  # noqa: PLR2004 two pages that lie
    rows = -(-len(pages) // columns)
    shrink = min(1.0, settings.CONSENT_SCAN_LONGEST_SIDE / max(columns * width, rows * height))
    cell = (int(width * shrink), int(height * shrink))
    whole = Image.new("RGB", (columns * cell[0], rows * cell[1]), "white")
    for place, page in enumerate(pages):
        page.thumbnail(cell)
        whole.paste(page, (place % columns * cell[0], place // columns * cell[1]))
    return whole
