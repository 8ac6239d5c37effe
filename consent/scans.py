"""Scans of signed papers: told by what they are, and made anew where they are pictures. No database."""

from __future__ import annotations

import re
import zlib
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
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_HIDDEN_NAME = re.compile(rb"#[0-9A-Fa-f]{2}")
_MOST_INFLATED = 8 * 1024 * 1024  # bytes of one object stream; a page's objects have a few thousand


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


def _readable(content: bytes) -> list[bytes]:
    """Return the objects of a PDF outside its pictures: the body, and what object streams hold."""
    parts = [_STREAM.sub(b"", content)]
    for found in _STREAM.finditer(content):
        before = content[max(0, found.start() - 400) : found.start()]
        if b"/ObjStm" in before.rpartition(b"obj")[2]:
            parts.append(_inflated(found.group(1)))
    return parts


def _inflated(stream: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        inflated = inflater.decompress(stream, _MOST_INFLATED)
    except zlib.error:
        return b"/Encrypt"  # what cannot be looked into is refused
    return b"/Encrypt" if inflater.unconsumed_tail else inflated
