"""The pictures in the README, made by the browser tests so that they are never old."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

WANTED: Final = os.environ.get("RELAY_PICTURES") == "1"
FOLDER: Final = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"
PHONE: Final = 500  # CSS pixels: below it the picture is one of a phone


def take(page: Page, name: str) -> None:
    """Keep a picture of what the window shows, when asked to; one for the desk and one for the phone."""
    if not WANTED:
        return
    size = page.viewport_size
    assert size is not None
    page.evaluate("window.scrollTo(0, 0)")
    FOLDER.mkdir(exist_ok=True)
    shown = Image.open(BytesIO(page.screenshot()))
    kind = "phone" if size["width"] < PHONE else "desk"
    few = shown.convert("RGB").quantize(colors=128, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}-{kind}.png", optimize=True)
