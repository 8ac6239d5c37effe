"""Scans that may be anything at all, drawn in a process with limits."""

from __future__ import annotations

import io
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from registry.drives.piles.problems import PileProblem
from registry.drives.piles.reading import Scan, check
from tests.factories import piles as scans
from tests.factories.piles import Sheet

NASTY = Path(__file__).resolve().parents[6] / "shared/data/nasty"
needs_nasty = pytest.mark.skipif(
    not NASTY.is_dir(), reason="the folder shared/data/nasty is not beside the clone"
)


def pdf(*objects: bytes, root: bytes = b"", trailer: bytes = b"") -> bytes:
    """Return a PDF of one empty page, with more objects, and more in its catalogue and trailer."""
    whole = [
        b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    return assembled(whole, trailer)


def assembled(objects: list[bytes], trailer: bytes = b"") -> bytes:
    written, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    written += b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (size, trailer, start)
    return bytes(written)


def many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    pages = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)
    return assembled([b"<< /Type /Catalog /Pages 2 0 R >>", pages, *[page] * count])


def zeros(count: int, *, at_once: int = 1_000_000) -> bytes:
    """Return as many packed zeros, without packing each: every piece but the first is packed alike."""
    packer = zlib.compressobj(9)
    first, each = (packer.compress(bytes(at_once)) + packer.flush(zlib.Z_FULL_FLUSH) for _piece in range(2))
    last = b"\x03\x00" + ((count % 65_521 << 16) | 1).to_bytes(4)  # an empty piece, and the sum (RFC 1950)
    return first + each * (count // at_once - 1) + last


def bomb(side: int = 40_000) -> bytes:
    """Return a PDF whose page is a picture that inflates to billions of bytes."""
    packed = zeros(side * side)
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray"
        b" /BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
    ) % (side, side, len(packed), packed)
    content = b"q 595 0 0 842 0 0 cm /I Do Q"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    page += b" /Resources << /XObject << /I 5 0 R >> >> >>"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    root, pages = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return assembled([root, pages, page, stream, picture])


def code_of(content: bytes) -> str:
    check(content)
    with pytest.raises(PileProblem) as caught, Scan(content) as scan:
        scan.count()
    assert all(caught.value.sentences)
    return caught.value.code


class TestCheck:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"PK\x03\x04" + b"\0" * 100, "not_a_scan"),
            (b"<html><script>alert(1)</script>", "not_a_scan"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_a_scan"),
            (b" " * 2000 + b"%PDF-1.7", "not_a_scan"),
        ],
    )
    def test_refuses_by_its_first_bytes_what_is_no_scan(self, content, code):
        with pytest.raises(PileProblem) as caught:
            check(content)
        assert caught.value.code == code

    def test_refuses_in_words_on_a_machine_that_keeps_no_file_in_memory_alone(self, monkeypatch):
        monkeypatch.delattr("os.memfd_create")

        with pytest.raises(PileProblem) as caught:
            check(b"%PDF-1.7")
        assert caught.value.code == "not_here"
        assert all(caught.value.sentences)


class TestScan:
    def test_draws_each_page_once_with_its_barcode(self):
        content = scans.pdf([Sheet("LR-ABCDEFG2"), Sheet(kind="back"), Sheet(kind="empty")])

        with Scan(content) as scan:
            drawn = list(scan.pages(1, scan.count()))

        assert [(page.number, page.codes, page.blank) for page in drawn] == [
            (1, ("LR-ABCDEFG2",), False),
            (2, (), False),
            (3, (), True),
        ]
        assert Image.open(io.BytesIO(drawn[0].picture or b"")).format == "JPEG"

    @pytest.mark.parametrize(
        "sheet",
        [
            pytest.param(Sheet("LR-ABCDEFG2", dpi=300), id="300 dpi", marks=pytest.mark.slow),
            pytest.param(Sheet("LR-ABCDEFG2", skew=10), id="skewed"),
            pytest.param(Sheet("LR-ABCDEFG2", turned=2), id="upside down", marks=pytest.mark.slow),
            pytest.param(Sheet("LR-ABCDEFG2", turned=3), id="lying"),
            pytest.param(Sheet("LR-ABCDEFG2", ink=200), id="faint"),
            pytest.param(Sheet("LR-ABCDEFG2", label_skew=45), id="label askew", marks=pytest.mark.slow),
            pytest.param(Sheet("LR-ABCDEFG2", label_skew=-70, ink=120), id="both", marks=pytest.mark.slow),
            pytest.param(Sheet("LR-ABCDEFG2", label=(34.3, 11.6)), id="small label"),
        ],
    )
    def test_reads_a_label(self, sheet):
        with Scan(scans.pdf([sheet])) as scan:
            (page,) = scan.pages(1, 1)
        assert page.codes == ("LR-ABCDEFG2",)

    def test_reads_each_page_of_a_tiff(self):
        with Scan(scans.tiff([Sheet("LR-ABCDEFG2"), Sheet("LR-BCDEFGH3")])) as scan:
            read = [page.codes for page in scan.pages(1, scan.count())]
        assert read == [("LR-ABCDEFG2",), ("LR-BCDEFGH3",)]

    @pytest.mark.parametrize(
        ("drawn", "blank"),
        [
            (lambda: scans.pdf([Sheet(kind="empty")]), True),
            (lambda: scans.photograph(Sheet(), width=600), False),
            (lambda: scans.photograph(Sheet(kind="empty")), False),
            (lambda: scans.pdf([Sheet(kind="stroke")]), False),
        ],
        ids=["empty", "on a table", "empty on a table", "one stroke"],
    )
    def test_takes_for_empty_only_what_has_no_ink_at_all(self, drawn, blank):
        with Scan(drawn()) as scan:
            (page,) = scan.pages(1, 1)
        assert page.blank == blank

    def test_keeps_nothing_of_a_picture_but_the_picture(self):
        place = Image.Exif()
        place[0x010F] = "a camera that tells who held it"
        written = io.BytesIO()
        scans.page(Sheet("LR-ABCDEFG2")).save(written, "JPEG", exif=place)

        with Scan(written.getvalue() + b"PK\x03\x04 a second file") as scan:
            (page,) = scan.pages(1, 1)

        assert b"who held it" not in (page.picture or b"")
        assert b"second file" not in (page.picture or b"")

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (pdf(root=b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"), "acts"),
            (pdf(root=b"/OpenAction << /S /J#61vaScript /J#53 (x) >>"), "acts"),
            (pdf(b"<< /S /Launch /F (calc.exe) >>"), "acts"),
            (pdf(b"<< /Type /EmbeddedFile /Length 0 >>\nstream\n\nendstream"), "acts"),
            (pdf(root=b"/AcroForm << /XFA 4 0 R >>"), "acts"),
            (pdf(trailer=b"/Encrypt << /Filter /Standard /V 2 /R 3 /O (x) /U (y) /P -4 >>"), "protected"),
            (b"%PDF-1.7\n%%EOF", "broken"),
            (b"%PDF-1.7" + bytes(range(256)) * 50, "broken"),
            (b"\xff\xd8\xff" + b"\0" * 50, "broken"),
            (b"II*\0" + b"\xff" * 50, "broken"),
            (many_pages(5_000), "too_many_pages"),
        ],
        ids=[
            "script", "hidden script", "launch", "file inside", "XFA", "password", "no pages", "noise",
            "no JPEG", "no TIFF", "5000 pages",
        ],
    )  # fmt: skip
    def test_refuses_with_a_sentence(self, content, code):
        assert code_of(content) == code

    def test_outlives_a_bomb_in_its_time(self):
        began = time.monotonic()

        with Scan(bomb(20_000)) as scan:
            (page,) = scan.pages(1, scan.count())

        assert page.number == 1  # drawn within the child's 512 MB, or given up
        assert time.monotonic() - began < 60

    def test_looks_longer_only_where_a_barcode_may_yet_be_found(self, settings, monkeypatch):
        settings.PILE_PIECE = 2
        looks = {True: bytes(range(24)) * 34, False: bytes(range(24, 0, -1)) * 34}
        fronts, faint = range(1, 21, 2), 17  # every second page is a back
        asked = []

        def child(first, count, how):
            asked.append((first, count, how))
            for number in range(int(first), int(first) + int(count)):
                found = number in fronts and (number != faint or how == "LONG")
                codes, sketch = [f"LR-{number}"] if found else [], looks[number in fronts].hex()
                yield {"page": number, "codes": codes, "mark": "", "blank": False, "sketch": sketch}, b"jpeg"

        monkeypatch.setattr(Scan, "_ask", lambda _scan, *args: (list(child(*args)), ""))
        with Scan(b"%PDF-") as scan:
            drawn = list(scan.pages(1, 20))

        assert [page.codes for page in drawn] == [(f"LR-{n}",) if n in fronts else () for n in range(1, 21)]
        long = [(first, count) for first, count, how in asked if how == "LONG"]
        assert long == [("1", "2"), ("3", "2"), ("5", "2"), (str(faint), "1")]

    def test_gives_a_file_up_whose_pages_all_take_it_down(self, settings):
        settings.PILE_MEGABYTES_MOST, settings.PILE_MISSED_MOST = 60, 1
        content = scans.pdf([Sheet(), Sheet(), Sheet()])

        with pytest.raises(PileProblem) as caught, Scan(content) as scan:
            list(scan.pages(1, 3))
        assert caught.value.code == "unreadable"

    @needs_nasty
    @pytest.mark.parametrize("name", sorted(path.name for path in NASTY.glob("*")) if NASTY.is_dir() else [])
    def test_refuses_what_is_nasty(self, name):
        with pytest.raises(PileProblem):
            check((NASTY / name).read_bytes())
