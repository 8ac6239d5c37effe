"""Scans of paper forms as an office scanner makes them: printed pages, a label, a hand, and noise.

What was drawn once is kept: most tests hand in the same few pages. Where a test begins after the
pages were read, ``told`` and ``ReadBefore`` spare it the drawing and the reading.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Self

import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from registry.drives.piles.reading import Drawn

MILLIMETRES = (210, 297)
LABEL = (43.65, 13.97)  # bars of the usual label, 48.5 x 25.4: see registry/samples/labels.py
_INK, _GREY_INK = (40, 50, 120), 55


@dataclass(frozen=True)
class Sheet:
    """One page to be scanned. ``code`` is on its label; ``words`` are printed on it."""

    code: str = ""
    kind: str = "front"  # front, back, empty, or a stroke of a pen
    dpi: int = 200
    skew: float = 0  # degrees the whole page lies askew
    turned: int = 0  # quarter turns
    ink: int = 0  # 0 is black; 150 a tired printer
    label_skew: float = 0
    label: tuple[float, float] = LABEL
    words: str = ""
    mark: str = ""


def page(sheet: Sheet, *, seed: int = 1) -> Image.Image:
    """Return a page as the scanner sees it."""
    chance = random.Random(seed)  # noqa: S311 a picture, no secret
    dots = sheet.dpi / 25.4
    paper = _printed(Sheet(kind=sheet.kind, dpi=sheet.dpi, words=sheet.words)).copy()
    if sheet.kind != "empty":
        _sign(ImageDraw.Draw(paper), dots, chance)
    if sheet.code:
        _stick(paper, sheet, dots)
    if sheet.mark:
        square = _image(sheet.mark, zxingcpp.BarcodeFormat.QRCode, (20, 20), dots)
        paper.paste(square, (round(15 * dots), round(12 * dots)))
    if sheet.skew:
        paper = paper.rotate(sheet.skew, Image.Resampling.BICUBIC, fillcolor=(250, 250, 247))
    if sheet.turned:
        paper = paper.rotate(90 * sheet.turned, expand=True)
    return _noisy(paper, seed)


def pdf(sheets: Sequence[Sheet]) -> bytes:
    """Return a PDF with a page for each sheet, as a scanner writes it: one grey picture a page."""
    return _pdf(tuple(sheets))


@lru_cache(maxsize=32)
def _pdf(sheets: tuple[Sheet, ...]) -> bytes:
    pictures = [page(sheet, seed=place).convert("L") for place, sheet in enumerate(sheets)]
    written = io.BytesIO()
    rest = {"append_images": pictures[1:], "resolution": sheets[0].dpi, "quality": 75}
    pictures[0].save(written, "PDF", save_all=True, **rest)
    return written.getvalue()


def told(*codes: str) -> bytes:
    """Return what ``ReadBefore`` reads as a pile: a front for each barcode, "" without one; "back" a back."""
    return b"%PDF-" + json.dumps(codes).encode()


class ReadBefore:
    """Stands in for ``reading.Scan`` over a pile of ``told``: no process, no drawing, small pictures."""

    def __init__(self, content: bytes) -> None:
        """Take the pile."""
        self._codes = json.loads(content.removeprefix(b"%PDF-"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None: ...

    def count(self) -> int:
        """Return how many pages it has."""
        return len(self._codes)

    def pages(self, first: int, count: int) -> Iterator[Drawn]:
        """Yield some pages."""
        for number in range(first, first + count):
            code = self._codes[number - 1]
            kind = "back" if code == "back" else "front"
            codes = () if code in {"", "back"} else (code,)
            yield Drawn(number, _small(kind), codes, sketch=_looks(kind))


@cache
def _small(kind: str) -> bytes:
    written = io.BytesIO()
    page(Sheet(kind=kind, dpi=40)).save(written, "JPEG")
    return written.getvalue()


@cache
def _looks(kind: str) -> bytes:
    return page(Sheet(kind=kind, dpi=40)).convert("L").resize((24, 34), Image.Resampling.BOX).tobytes()


def tiff(sheets: Sequence[Sheet]) -> bytes:
    """Return a TIFF of several pages in black and white."""
    pictures = [page(sheet, seed=place).convert("1") for place, sheet in enumerate(sheets)]
    written = io.BytesIO()
    pictures[0].save(
        written, "TIFF", save_all=True, append_images=pictures[1:], compression="group4", dpi=(200, 200)
    )
    return written.getvalue()


def scanned(printed: bytes, codes: Sequence[str], *, torn: Mapping[int, str], dpi: int = 200) -> bytes:
    """
    Return one PDF of a printed form, once for each code: labelled, signed, and scanned on both sides.

    :param torn: by place, what is on the label instead of the code.
    """
    with contextlib.closing(pypdfium2.PdfDocument(printed)) as document:
        sides = [sheet.render(scale=dpi / 72).to_pil().convert("L") for sheet in document]
    pictures = []
    for place, code in enumerate(codes):
        chance = random.Random(place)  # noqa: S311 as above
        for number, side in enumerate(sides):
            paper = side.copy()
            if number == 0 and (stuck := torn.get(place, code)):
                _stick(paper, Sheet(stuck, dpi=dpi), dpi / 25.4, place=(96, 14))
            _sign(ImageDraw.Draw(paper), dpi / 25.4, chance)
            askew = paper.rotate(chance.uniform(-1.5, 1.5), Image.Resampling.BILINEAR, fillcolor="white")
            pictures.append(_noisy(askew, place))
    written = io.BytesIO()
    rest = {"append_images": pictures[1:], "resolution": dpi, "quality": 70}
    pictures[0].save(written, "PDF", save_all=True, **rest)
    return written.getvalue()


@cache
def photograph(sheet: Sheet, *, width: int = 3000) -> bytes:
    """Return a photograph of one page: on a table, a little askew, lit from one side."""
    paper = page(sheet)
    table = Image.new("RGB", (round(paper.width * 1.25), round(paper.height * 1.2)), (96, 78, 60))
    askew = paper.convert("RGBA").rotate(4, Image.Resampling.BICUBIC, expand=True)
    table.paste(askew, ((table.width - askew.width) // 2, (table.height - askew.height) // 2), askew)
    shade = Image.linear_gradient("L").resize(table.size).point(lambda level: 255 - level // 3)
    lit = Image.composite(table, Image.new("RGB", table.size, (20, 20, 20)), shade)
    lit.thumbnail((width, width * 2))
    written = io.BytesIO()
    lit.save(written, "JPEG", quality=80)
    return written.getvalue()


@cache
def _printed(sheet: Sheet) -> Image.Image:
    """Return a page as it comes from the press, before anything is stuck or written on it."""
    dots = sheet.dpi / 25.4
    paper = Image.new("RGB", (round(MILLIMETRES[0] * dots), round(MILLIMETRES[1] * dots)), (250, 250, 247))
    if sheet.kind in {"front", "back"}:
        _print(ImageDraw.Draw(paper), sheet, dots)
    return paper


def _print(draw: Any, sheet: Sheet, dots: float) -> None:
    """Print lines as long as words are: a front has a title and boxes to sign, a back long paragraphs."""
    chance = random.Random(7 if sheet.kind == "front" else 11)  # noqa: S311 the same print on every sheet
    font = ImageFont.load_default(size=4 * dots)
    draw.text((40 * dots, 14 * dots), sheet.words or "LIFE RELAY", font=font, fill=(30, 30, 30))
    y = 50.0
    while y < 280:
        x = 18.0
        if sheet.kind == "front" and chance.random() < 0.15:
            draw.line([(18 * dots, (y + 9) * dots), (110 * dots, (y + 9) * dots)], fill=(60, 60, 60), width=2)
            y += 16
            continue
        end = 192 if chance.random() < 0.8 else chance.uniform(40, 150)
        while x < end:
            length = chance.uniform(2, 11)
            box = (x * dots, y * dots, min(x + length, end) * dots, (y + 2.4) * dots)
            draw.rectangle(box, fill=(90, 90, 90))
            x += length + 1.4
        y += 5.2 if sheet.kind == "front" else 4.6


def _sign(draw: Any, dots: float, chance: random.Random) -> None:
    x, y = chance.uniform(40, 60), chance.uniform(200, 215)
    points = [((x + step * 4) * dots, (y + chance.uniform(-4, 4)) * dots) for step in range(10)]
    ink = _INK if draw.mode == "RGB" else _GREY_INK
    draw.line(points, fill=ink, width=max(2, round(0.5 * dots)), joint="curve")


def _stick(paper: Image.Image, sheet: Sheet, dots: float, *, place: tuple[float, float] = (140, 12)) -> None:
    """Stick the tube's label on: bars, and the code below in letters."""
    label = Image.new(paper.mode, (round(48.5 * dots), round(25.4 * dots)), "white")
    bars = _image(sheet.code, zxingcpp.BarcodeFormat.Code128, sheet.label, dots)
    if sheet.ink:
        bars = bars.point(lambda level: max(level, sheet.ink))
    label.paste(bars, (round(2.4 * dots), round(3 * dots)))
    font = ImageFont.load_default(size=3 * dots)
    ImageDraw.Draw(label).text((14 * dots, 19 * dots), sheet.code, font=font, fill=_grey(label, sheet.ink))
    corner = (round(place[0] * dots), round(place[1] * dots))
    if sheet.label_skew:
        askew = label.convert("RGBA").rotate(sheet.label_skew, Image.Resampling.BICUBIC, expand=True)
        paper.paste(askew, corner, askew)
    else:
        paper.paste(label, corner)


def _grey(picture: Image.Image, level: int) -> Any:
    return (level,) * 3 if picture.mode == "RGB" else level


def _image(text: str, kind: Any, size: tuple[float, float], dots: float) -> Image.Image:
    """Return a code as it is printed, its bars at the printer's 600 dpi and then scanned."""
    drawn = zxingcpp.create_barcode(text, kind).to_image(scale=8)
    height, width = drawn.shape[:2]
    plain = Image.frombytes("L", (width, height), bytes(memoryview(drawn)))
    wanted = (round(size[0] * dots), round(size[1] * dots))
    return plain.resize(wanted, Image.Resampling.BOX)


def _noisy(paper: Image.Image, seed: int) -> Image.Image:
    """Add the grain of a scanner's glass."""
    return Image.blend(paper, _grain(paper.size, paper.mode), 0.06) if seed >= 0 else paper


@cache
def _grain(size: tuple[int, int], mode: str) -> Image.Image:
    return Image.effect_noise(size, 14).convert(mode)
