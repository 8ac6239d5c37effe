"""Scans and drawn signatures: told by what they are."""

import zlib
from io import BytesIO

import pytest
from PIL import Image

from consent import scans, signatures
from consent.evidence import EvidenceProblem
from tests.factories import greedy
from tests.factories.consent import jpeg, png

PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def refused(content):
    with pytest.raises(EvidenceProblem) as problem:
        scans.check(content)
    return problem.value.sentences[0]


class TestAScan:
    def test_is_kept_when_it_is_a_plain_pdf(self):
        assert scans.check(PDF).content_type == "application/pdf"

    def test_is_drawn_anew_when_it_is_a_picture(self):
        kept = scans.check(jpeg() + b"PK\x03\x04 a second file behind it")

        assert kept.content_type == "image/jpeg"
        assert b"second file" not in kept.content

    def test_loses_the_place_where_it_was_taken(self):
        written = BytesIO()
        exif = Image.Exif()
        exif[0x010F] = "Maker of the camera"
        Image.new("RGB", (300, 300), "white").save(written, "JPEG", exif=exif)

        assert b"Maker" not in scans.check(written.getvalue()).content

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"MZ\x90\x00 a program",
            b"<html><script>alert(1)</script></html>",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"GIF89a...",
            b"\x89PNG\r\n\x1a\n not really",
            b"\xff\xd8\xff not really",
            PDF[:-8],
        ],
        ids=["empty", "program", "page", "drawing", "gif", "broken png", "broken jpeg", "cut pdf"],
    )
    def test_is_refused_with_a_sentence_when_it_is_none(self, content):
        assert refused(content)

    @pytest.mark.parametrize(
        "name",
        [
            b"/JavaScript",
            b"/JS",
            b"/Launch",
            b"/OpenAction",
            b"/EmbeddedFile",
            b"/J#61vaScript",
            b"/XFA",
            b"/Encrypt",
        ],
    )
    def test_is_refused_when_the_pdf_could_act(self, name):
        assert refused(PDF.replace(b"/Type", name + b" (x) /Type"))

    def test_is_refused_when_the_act_hides_in_a_stream(self):
        packed = zlib.compress(b"<< /S /JavaScript /JS (app.alert) >>")
        stream = b"3 0 obj << /Type /ObjStm /Length 9 >> stream\n" + packed + b"\nendstream endobj\n"

        assert refused(PDF.replace(b"trailer", stream + b"trailer"))

    def test_is_refused_when_its_streams_are_large_together(self):
        assert refused(greedy.objects())

    def test_is_refused_when_it_is_drawn_over_and_over(self, settings):
        settings.CONSENT_SCAN_LARGEST_MEGAPIXELS = 1

        assert refused(greedy.drawn_often())

    def test_is_refused_when_the_act_stands_behind_streams_without_an_end(self):
        assert refused(greedy.half_objects())  # in one look: each of them to the end would take days

    def test_is_refused_when_it_is_a_bomb(self, settings):
        settings.CONSENT_SCAN_LARGEST_MEGAPIXELS = 1
        written = BytesIO()
        Image.new("1", (1100, 1000)).save(written, "PNG")

        assert refused(written.getvalue())

    def test_is_refused_when_it_is_too_large(self, settings):
        settings.CONSENT_SCAN_LARGEST_MB = 0

        assert refused(PDF)


class TestASignature:
    def test_is_drawn_anew(self):
        kept = signatures.redraw(png() + b"something behind it")

        assert kept.startswith(signatures.PNG)
        assert b"something" not in kept
        assert len(kept) < 8000

    @pytest.mark.parametrize("content", [b"", png(drawn=False), jpeg(), b"\x89PNG\r\n\x1a\n"])
    def test_is_none_when_nothing_is_drawn(self, content):
        with pytest.raises(signatures.NotASignature):
            signatures.redraw(content)

    def test_is_seen_on_a_picture_without_ground(self):
        written = BytesIO()
        picture = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
        picture.paste((0, 0, 0, 255), (10, 10, 60, 20))
        picture.save(written, "PNG")

        assert signatures.redraw(written.getvalue())

    def test_is_packed_and_unpacked(self):
        assert signatures.unpack(signatures.pack({"a": png()})) == {"a": png()}

    @pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 1}', b'{"a": "AAAA"}', b"\xff"])
    def test_is_not_taken_from_anything_else(self, content):
        with pytest.raises(signatures.NotASignature):
            signatures.unpack(content)
