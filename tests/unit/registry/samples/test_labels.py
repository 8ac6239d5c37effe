"""Labels on sheets."""

import re

import pytest
import zxingcpp
from django.conf import settings
from PIL import Image

from registry.samples import barcodes, labels


class TestASheet:
    @pytest.mark.parametrize("sheet", sorted(settings.LABEL_SHEETS))
    def test_keeps_every_label_on_the_page(self, sheet):
        columns, rows, *_ = settings.LABEL_SHEETS[sheet]
        pages = labels.pages([f"LR-{n:08}" for n in range(columns * rows + 1)], sheet=sheet)

        assert [len(page) for page in pages] == [columns * rows, 1]
        assert all(label.left + label.width <= 210.01 for label in pages[0])
        assert all(label.top + label.height <= 297.01 for label in pages[0])

    def test_prints_as_many_of_each_as_asked(self):
        (page,) = labels.pages(["AB-123456"], sheet=settings.LABEL_SHEET, copies=3)

        assert [label.code for label in page] == ["AB-123456"] * 3

    def test_draws_bars_that_a_scanner_reads(self):
        (page,) = labels.pages(["LR-7K2M9QXA"], sheet=settings.LABEL_SHEET)

        assert page[0].bars.startswith("<svg x=")
        assert scanned(page[0].bars) == "LR-7K2M9QXA"


def scanned(svg: str) -> str:
    """Draw the bars of a label as a picture and read them as a scanner does."""
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    picture = Image.new("L", (width, height), 255)
    for x, y, across, down in re.findall(r"M(\d+)[ ,](\d+)h(\d+)v(\d+)", svg):
        picture.paste(0, (int(x), int(y), int(x) + int(across), int(y) + int(down)))
    read = zxingcpp.read_barcodes(picture.resize((width * 3, height * 3)))
    return read[0].text if read else ""


class TestABarcode:
    @pytest.mark.parametrize("text", ["ab12cd", " AB 12 CD ", "ＡＢ１２ＣＤ"])
    def test_is_written_one_way(self, text):
        assert barcodes.check(text) == "AB12CD"

    def test_takes_any_dash(self):
        assert barcodes.check("LR\u20137K2M") == "LR-7K2M"

    @pytest.mark.parametrize(
        "text", ["", "A1", "-AB1234", "AB1234-", "A" * 21, "AB\x001234", "AB*1234", "\ud800AB1234"]
    )
    def test_is_refused_where_it_is_none(self, text):
        with pytest.raises(barcodes.BarcodeProblem) as problem:
            barcodes.check(text)

        assert problem.value.sentences
