"""Scans of signed papers: told by what they are, and made anew where they are pictures. No database."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from consent.evidence import EvidenceProblem

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
SUFFIX = {PDF: "pdf", PNG: "png", JPEG: "jpg"}
_PICTURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
# What a scanner never writes and a reader may act upon. ISO 32000-1, 7.11, 12.6, 12.7.8.
_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|OpenAction|AA|RichMedia|XFA|SubmitForm|ImportData|GoToR|URI|Encrypt)\b"
)
_STREAM, _END = re.compile(rb"stream\r?\n"), b"endstream"
_HIDDEN_NAME = re.compile(rb"#[0-9A-Fa-f]{2}")
_MOST_INFLATED = 8 * 1024 * 1024  # bytes of a file's object streams; a page's objects have a few thousand
_PASS, _MOST_PASSES = b"\xff\xda", 100  # over a JPEG, each as long as the whole picture; ten are usual


@dataclass(frozen=True, slots=True, repr=False)
class Scan:
    """A scan that may be kept."""

    content: bytes
    content_type: str


def check(content: bytes) -> Scan:
    """
    Return a scan as it is kept.

    A picture is drawn anew, so that nothing of the file but its picture stays: no place,
    no camera, no second file behind it. A PDF is refused if anything in it could act.

    :raises EvidenceProblem: with a sentence, if it is too large or not what it should be.

    Source: security.md section 4.5.
    """
    if not content:
        raise EvidenceProblem(_("The file is empty."))
    if len(content) > settings.CONSENT_SCAN_LARGEST_MB * 1024 * 1024:
        raise EvidenceProblem(
            _("The file is larger than %(mb)d MB. Please scan it in a smaller size.")
            % {"mb": settings.CONSENT_SCAN_LARGEST_MB}
        )
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    for magic, kind in _PICTURES.items():
        if content.startswith(magic):
            return _picture(content, kind)
    raise EvidenceProblem(_("This is not a PDF, PNG or JPEG file."))


def _picture(content: bytes, kind: str) -> Scan:
    if kind == "JPEG" and content.count(_PASS) > _MOST_PASSES:
        raise EvidenceProblem(_("The picture cannot be read. Please scan it again."))
    try:
        with Image.open(BytesIO(content), formats=[kind]) as opened:
            width, height = opened.size
            if width * height > settings.CONSENT_SCAN_LARGEST_MEGAPIXELS * 1_000_000:
                raise EvidenceProblem(_("The picture has too many points. Please scan it in a smaller size."))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        if isinstance(fault, EvidenceProblem):
            raise
        raise EvidenceProblem(_("The picture cannot be read. Please scan it again.")) from fault
    side = settings.CONSENT_SCAN_LONGEST_SIDE
    kept = BytesIO()
    upright.thumbnail((side, side))
    upright.save(kept, "JPEG", quality=82, optimize=True)
    return Scan(kept.getvalue(), JPEG)


def _pdf(content: bytes) -> Scan:
    if b"%%EOF" not in content[-2048:]:
        raise EvidenceProblem(_("The PDF is not complete. Please scan it again."))
    if any(_acts(part) for part in _readable(content)):
        raise EvidenceProblem(_("The PDF holds more than pages. Please scan it as a plain picture or PDF."))
    return Scan(content, PDF)


def _acts(part: bytes) -> bool:
    plain = _HIDDEN_NAME.sub(lambda found: bytes([int(found.group()[1:], 16)]), part)
    return bool(_ACTIVE.search(plain))


def _readable(content: bytes) -> Iterator[bytes]:
    """Yield the objects of a PDF outside its pictures: what object streams hold, and the body."""
    body, place, left = bytearray(), 0, _MOST_INFLATED
    for begin, inside, end in _streams(content):
        body += content[place:begin]
        place = end + len(_END)
        if b"/ObjStm" in content[max(0, begin - 400) : begin].rpartition(b"obj")[2]:
            inflated = _inflated(content[inside:end], most=left)
            left -= len(inflated)
            yield inflated
    yield bytes(body + content[place:])


def _streams(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield where each stream begins, its content begins, and ends; one look at each byte."""
    begun = _STREAM.search(content)
    while begun and (end := content.find(_END, begun.end())) >= 0:
        yield begun.start(), begun.end(), end
        begun = _STREAM.search(content, end + len(_END))


def _inflated(stream: bytes, *, most: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        inflated = inflater.decompress(stream, most + 1)  # 0 would be: all
    except zlib.error:
        return b"/Encrypt"  # what cannot be looked into is refused
    return b"/Encrypt" if len(inflated) > most else inflated
