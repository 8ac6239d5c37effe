"""Draw pages of one scan in a process of its own, which may die of it, and read their barcodes.

Run as ``python -I child.py MEGABYTES SECONDS PAGES LOOK|FIRST COUNT LONG|SHORT < file``, the file being
seekable; a long look at a page without a barcode takes four times as long as the rest of it.
Imports nothing of this program. Prints, for a look, ``{"pages": n}``; else for each page a line of JSON,
``{"page": n, "size": bytes, "codes": [...], "mark": "", "blank": false, "sketch": hex}``, and then the
picture's bytes. Where something is wrong with the file it prints ``{"problem": code}`` and no more.
No script of a PDF ever runs: the library is built without an engine for any, and forms are not drawn.
"""

from __future__ import annotations

import ctypes
import io
import json
import mmap
import os
import re
import resource
import sys
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

DRAWN = 3508  # pixels of the longer side while barcodes are read: 300 dpi of A4
KEPT = 2400  # pixels of the longer side of the picture that is kept: 200 dpi of A4
POINTS_MOST = 60_000_000  # of a picture before it is opened: a bomb asks for more
SKETCH = (24, 34)
QUALITY = 82
SKEWED = (18, -18, 36, -36, 45)  # degrees a label may lie askew on its page, besides quarter turns
MARK = "LIFE-RELAY "  # begins the square code that our printed form bears on its first page
FAINT = 40  # shades darker than the paper before a point counts as ink
DARK = 128  # shade below which it is no paper at all, but a table or a hand
BLANK_BELOW = 0.00005  # share of ink: 200 points of an A4 page at 200 dpi, a stroke of 8 mm

ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
HIDDEN = re.compile(rb"#([0-9A-Fa-f]{2})")
INFLATED_MOST = 8 << 20  # bytes of one object stream; a page's objects have a few thousand
HEAD_MOST = 1024  # bytes before the mark of a PDF, as readers allow


class Problem(Exception):
    """Something is wrong with the file; the code is the message."""


# What kind of file


def opened(source: Any) -> Any:
    """Return the file as something with pages."""
    head = source[: HEAD_MOST + 5]
    if b"%PDF-" in head:
        return Printed(source)
    if head.startswith((b"II*\0", b"MM\0*", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return Pictures(source)
    raise Problem("not_a_scan")


class Printed:
    """A PDF."""

    def __init__(self, source: Any) -> None:
        """Open it; its pages are found and not drawn."""
        import pypdfium2  # noqa: PLC0415 only under the limits

        self.source = source
        try:
            self.document = pypdfium2.PdfDocument((ctypes.c_ubyte * len(source)).from_buffer(source))
        except pypdfium2.PdfiumError as fault:
            raise Problem("protected" if "assword" in str(fault) else "broken") from None
        self.pages = len(self.document)

    def check(self) -> None:
        """Refuse what a scanner never writes and a reader may act upon. ISO 32000-1, 7.11, 12.6, 12.7.8."""
        import pypdfium2.raw as pdfium  # noqa: PLC0415 as above

        if pdfium.FPDFDoc_GetJavaScriptActionCount(self.document) > 0:
            raise Problem("acts")
        if pdfium.FPDFDoc_GetAttachmentCount(self.document) > 0:
            raise Problem("acts")
        if any(ACTIVE.search(plain(part)) for part in readable(self.source)):
            raise Problem("acts")

    def draw(self, number: int) -> Any:
        """Return a page as a picture, its longer side ``DRAWN`` pixels."""
        page = self.document[number - 1]
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            raise Problem("broken")
        return page.render(scale=DRAWN / max(width, height), may_draw_forms=False).to_pil().convert("RGB")


def plain(part: bytes) -> bytes:
    """Return names as a reader takes them: ``/J#53`` is ``/JS``."""
    return HIDDEN.sub(lambda found: bytes([int(found[1], 16)]), part)


def readable(source: Any) -> Iterator[bytes]:
    """Yield the objects of a PDF outside its pictures: the body, and what object streams hold."""
    end = 0
    for found in STREAM.finditer(source):
        before = source[end : found.start()]
        yield before
        if b"/ObjStm" in before.rpartition(b"obj")[2]:
            yield inflated(found[1])
        end = found.end()
    yield source[end:]


def inflated(stream: bytes) -> bytes:
    """Return what an object stream holds; what cannot be looked into is refused."""
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(stream, INFLATED_MOST)
    except zlib.error:
        raise Problem("broken") from None
    if inflater.unconsumed_tail:
        raise Problem("too_large")
    return content


class Pictures:
    """A photograph, or the pages of a TIFF."""

    def __init__(self, source: Any) -> None:
        """Open it; nothing is decoded yet."""
        from PIL import Image  # noqa: PLC0415 only under the limits

        Image.MAX_IMAGE_PIXELS = POINTS_MOST
        try:
            self.image = Image.open(io.BytesIO(source), formats=["TIFF", "JPEG", "PNG"])
            self.pages = getattr(self.image, "n_frames", 1) if self.image.format == "TIFF" else 1
        except Image.DecompressionBombError:
            raise Problem("too_large") from None
        except (OSError, SyntaxError, ValueError, EOFError):
            raise Problem("broken") from None

    def check(self) -> None:
        """Let every picture pass: it is drawn anew, and nothing else of the file is kept."""

    def draw(self, number: int) -> Any:
        """Return a page as a picture that stands upright as the camera says."""
        from PIL import ImageOps  # noqa: PLC0415 as above

        self.image.seek(number - 1)
        width, height = self.image.size
        if width * height > POINTS_MOST:
            raise Problem("too_large")
        drawn = ImageOps.exif_transpose(self.image).convert("RGB")
        drawn.thumbnail((DRAWN, DRAWN))
        return drawn


# What stands on a page


def told(grey: Any, *, long: bool) -> tuple[list[str], str, int]:
    """Return the barcodes of a page, the mark of our printed form, and how far the page is turned."""
    barcodes, marks = read(grey)
    if long and not barcodes:
        barcodes = patiently(grey)
    turned = turn(grey, barcodes, marks)
    texts = {found.text: None for found in barcodes}
    return list(texts)[:5], (marks[0].text[len(MARK) :] if marks else ""), turned


def read(grey: Any, *, squares: bool = True, fixed: bool = False) -> tuple[list[Any], list[Any]]:
    """Return the barcodes and the marks on a picture; ``fixed`` takes what is darker than half for ink."""
    import zxingcpp  # noqa: PLC0415 only under the limits

    kinds: Any = [zxingcpp.BarcodeFormat.Code128, *([zxingcpp.BarcodeFormat.QRCode] if squares else [])]
    ways = zxingcpp.Binarizer
    way = ways.FixedThreshold if fixed else ways.LocalAverage
    found = zxingcpp.read_barcodes(grey, formats=kinds, try_invert=False, binarizer=way)
    bars = [one for one in found if one.format == zxingcpp.BarcodeFormat.Code128]
    marks = [one for one in found if one not in bars and one.text.startswith(MARK)]
    return bars, marks


def patiently(grey: Any) -> list[Any]:
    """Look again for a barcode: a faint one in pictures drawn clearer, then one that lies askew."""
    for picture, fixed in clearer(grey):
        found, _marks = read(picture, squares=False, fixed=fixed)
        if found:
            return found
    return []


def clearer(grey: Any) -> Iterator[tuple[Any, bool]]:
    """Yield a page in other lights; each found labels that the others missed."""
    from PIL import Image, ImageFilter, ImageOps  # noqa: PLC0415 only under the limits

    flat = grey.resize((grey.width, grey.height // 4), Image.Resampling.BOX)
    yield grey.resize((grey.width * 2 // 3, grey.height // 6), Image.Resampling.BOX), False
    yield flat, False
    yield ImageOps.autocontrast(flat, cutoff=(0.05, 40)), True
    yield ImageOps.autocontrast(grey, cutoff=(1, 40)), True
    yield ImageOps.autocontrast(grey.filter(ImageFilter.BoxBlur(1)), cutoff=(1, 40)), False
    sharp = grey.filter(ImageFilter.UnsharpMask(3, 200, 0))
    yield sharp, False
    for angle in SKEWED:
        yield grey.rotate(angle, Image.Resampling.BILINEAR, fillcolor=255), False


def turn(grey: Any, barcodes: list[Any], marks: list[Any]) -> int:
    """Return by how many quarter turns the page stands wrong: a label may lie, the mark never does."""
    if marks:
        return int(round(marks[0].orientation / 90) % 4)
    quarter = int(round(barcodes[0].orientation / 90) % 4) if barcodes else 0
    lying = grey.width > grey.height
    return quarter if quarter == 2 or lying else 0  # noqa: PLR2004 half a turn


def is_blank(grey: Any) -> bool:
    """Return whether a page has no ink: the empty back of a sheet. A single stroke of a pen is ink."""
    counts: list[int] = grey.histogram()
    brighter = list(accumulate(counts[::-1]))
    paper = 255 - bisect_left(brighter, brighter[-1] // 4)  # a quarter of the page is as bright, or brighter
    ink = sum(counts[: max(0, paper - FAINT)])
    return paper >= DARK and ink < BLANK_BELOW * brighter[-1]


def page(file: Any, number: int, *, long: bool) -> tuple[dict[str, Any], bytes]:
    """Return what is told of one page, and its picture."""
    from PIL import Image  # noqa: PLC0415 only under the limits

    drawn = file.draw(number)
    grey = drawn.convert("L")
    if is_blank(grey):
        return {"page": number, "size": 0, "codes": [], "mark": "", "blank": True, "sketch": ""}, b""
    codes, mark, turned = told(grey, long=long)
    if turned:
        drawn, grey = drawn.rotate(90 * turned, expand=True), grey.rotate(90 * turned, expand=True)
    sketch = grey.resize(SKETCH, Image.Resampling.BOX).tobytes()
    drawn.thumbnail((KEPT, KEPT))
    written = io.BytesIO()
    drawn.save(written, "JPEG", quality=QUALITY)
    said = {"page": number, "size": written.tell(), "codes": codes, "mark": mark[:64], "blank": False}
    return {**said, "sketch": sketch.hex()}, written.getvalue()


# The process


def say(line: dict[str, Any], content: bytes = b"") -> None:
    """Tell the parent at once, so that it has what was done should the next page be the last."""
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


def work(source: Any, most: int, asked: list[str]) -> None:
    """Look at the file as a whole, or draw some of its pages."""
    file = opened(source)
    if not 0 < file.pages <= most:
        raise Problem("too_many_pages" if file.pages else "broken")
    if asked[0] == "LOOK":
        file.check()
        say({"pages": file.pages})
        return
    first, count = int(asked[0]), int(asked[1])
    for number in range(first, min(first + count, file.pages + 1)):
        say(*page(file, number, long=asked[2] == "LONG"))


def main(megabytes: str, seconds: str, most: str, *asked: str) -> None:
    """Take the limits on, then read standard input."""
    memory = int(megabytes) << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)  # whoever waits for a page comes first
    try:
        work(mmap.mmap(sys.stdin.fileno(), 0, access=mmap.ACCESS_COPY), int(most), list(asked))
    except Problem as problem:
        say({"problem": str(problem)})
    except MemoryError:
        say({"problem": "too_large"})


if __name__ == "__main__":
    main(*sys.argv[1:])
