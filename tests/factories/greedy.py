"""Files that ask for as much as there is, of time or of memory, each small as it travels."""

from __future__ import annotations

import io
import zlib

from django.conf import settings
from PIL import Image

from tests.unit.foundation.papers.workbooks import text_cell, workbook

_OBJECT_STREAM = b"1 0 obj <</Type /ObjStm /Filter /FlateDecode>>stream\n%s\nendstream endobj\n"


def slow_workbook() -> bytes:
    """Return a workbook of cells without end and without content."""
    return workbook("<c/>" * 250_000 for _ in range(100))


def wide_workbook() -> bytes:
    """Return a workbook of one cell at the far end of what may be read: all before it is laid out."""
    far = f'<row r="{settings.SHEET_ROWS_MOST}">{text_cell(f"GR{settings.SHEET_ROWS_MOST}", "a")}</row>'
    return workbook([f'<row r="1">{text_cell("A1", "a")}</row>', far])


def slow_scan() -> bytes:
    """Return a PDF of a page of lines of dots that are too small to be seen."""
    return _pdf(_deflated(b"[.001] 0 d 0 0 m 595 842 l S\n" * 1_000, times=10))


def wide_scan() -> bytes:
    """Return a PDF of a page on which nothing is drawn, in very many words."""
    return _pdf(_deflated(b" " * 1_000_000, times=900))


def half_objects() -> bytes:
    """Return a PDF of streams that begin and do not end, and of an act behind them."""
    return b"%PDF-1.7\n" + b"stream\n" * 1_400_000 + b"1 0 obj <</JS (a)>> endobj\n%%EOF\n"


def objects() -> bytes:
    """Return a PDF of streams of objects, each as large as one may be."""
    one = _OBJECT_STREAM % _deflated(b" " * 1_000_000, times=7)
    return b"%PDF-1.7\n" + one * 900 + b"%%EOF\n"


def picture() -> bytes:
    """Return a picture of as many points as are taken."""
    side = int((settings.CONSENT_SCAN_LARGEST_MEGAPIXELS * 1_000_000) ** 0.5)
    written = io.BytesIO()
    Image.new("RGB", (side, side), "white").save(written, "PNG", compress_level=1)
    return written.getvalue()


def drawn_often() -> bytes:
    """Return a picture that is drawn over itself, line by line anew, as long as the file lasts."""
    side = int((settings.CONSENT_SCAN_LARGEST_MEGAPIXELS * 1_000_000) ** 0.5)
    written = io.BytesIO()
    Image.new("L", (side, side), "white").save(written, "JPEG", progressive=True, quality=1)
    content = written.getvalue()
    last = content.rindex(b"\xff\xda")
    scan = content[last:-2]
    return content[:-2] + scan * (8_000_000 // len(scan)) + content[-2:]


def _deflated(piece: bytes, *, times: int) -> bytes:
    """Return a piece so many times, packed as PDF has it: it is packed once."""
    packer = zlib.compressobj()
    begun = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    packed = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return begun + packed * times + packer.flush()


def _pdf(drawing: bytes) -> bytes:
    """Return a PDF of one page of A4, which ``drawing`` draws."""
    objects = (
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R>>",
        b"<</Filter /FlateDecode /Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
    )
    written, table = b"%PDF-1.7\n", b"xref\n0 5\n0000000000 65535 f \n"
    for number, one in enumerate(objects, start=1):
        table += b"%010d 00000 n \n" % len(written)
        written += b"%d 0 obj %s endobj\n" % (number, one)
    return written + table + b"trailer <</Size 5 /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(written)
