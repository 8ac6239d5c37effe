"""Codes drawn as SVG are read by a scanner."""

import re

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from foundation.papers import codes

WIDE = 3  # pixels a module, as a scanner sees it


def scanned(svg: str) -> str:
    """Paint the bars of a Code 128 and let a scanner read them."""
    width = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    line = bytearray(b"\xff" * width * WIDE)
    for x, bar in re.findall(r"M(\d+) 0h(\d+)v", svg):
        line[int(x) * WIDE : (int(x) + int(bar)) * WIDE] = bytes(int(bar) * WIDE)
    picture = memoryview(bytes(line) * 60).cast("B", shape=[60, width * WIDE])
    return zxingcpp.read_barcode(picture).text


class TestCode128Svg:
    @given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=48))
    def test_is_read_back_by_a_scanner(self, text):
        assert scanned(codes.code128_svg(text)) == text

    def test_is_named_for_those_who_do_not_see_it(self):
        assert 'role="img" aria-label="ZJ25040200001"' in codes.code128_svg("ZJ25040200001")

    @pytest.mark.parametrize(
        "text", ["", "张三", "a" * 49, "a\n"], ids=["nothing", "Chinese", "too long", "a line break"]
    )
    def test_refuses(self, text):
        with pytest.raises(codes.NoCode):
            codes.code128_svg(text)


class TestQrSvg:
    def test_holds_an_address_in_chinese(self):
        assert codes.qr_svg("https://example.org/号码变了").startswith("<svg")

    def test_holds_no_text_that_could_run(self):
        assert "script" not in codes.qr_svg("<script>alert(1)</script>")

    @pytest.mark.parametrize("text", ["", "a" * 4000], ids=["nothing", "more than it holds"])
    def test_refuses(self, text):
        with pytest.raises(codes.NoCode):
            codes.qr_svg(text)
