"""PDF is made of our own files alone."""

import builtins

import pytest

from foundation.papers import pdf

PAGE = '<html lang="zh"><head><title>回执</title>{}</head><body><h1>生命同行</h1>{}</body></html>'


@pytest.fixture
def _with_pango():
    try:
        pdf.from_html(PAGE)
    except pdf.NoPdf:
        pytest.skip("pango is not installed (apt: libpango-1.0-0 libpangoft2-1.0-0)")


class TestFromHtml:
    @pytest.mark.usefixtures("_with_pango")
    def test_gives_a_pdf(self):
        assert pdf.from_html(PAGE.format("", "")).startswith(b"%PDF-")

    @pytest.mark.usefixtures("_with_pango")
    @pytest.mark.parametrize(
        "address", ["file:///etc/passwd", "http://127.0.0.1:9/x.png", "https://example.org/x.css"]
    )
    def test_goes_on_without_what_it_may_not_fetch(self, address):
        page = PAGE.format(f'<link rel="stylesheet" href="{address}">', f'<img src="{address}" alt="">')

        assert pdf.from_html(page).startswith(b"%PDF-")

    def test_says_so_where_pango_is_missing(self, monkeypatch):
        importing = builtins.__import__

        def without_pango(name, *args, **kwargs):
            if name.startswith("weasyprint"):
                raise OSError("cannot load library 'libpango-1.0-0'")
            return importing(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", without_pango)

        with pytest.raises(pdf.NoPdf):
            pdf.from_html(PAGE)


class TestOurStaticFile:
    @pytest.mark.parametrize(
        "address",
        [
            "file:///etc/passwd",
            "https://example.org/static/relay/relay.css",
            "https://papers.invalid/static/../manage.py",
            "https://papers.invalid/static/%2e%2e/manage.py",
            "https://papers.invalid/etc/passwd",
            "https://papers.invalid/static/nothing-of-ours.css",
        ],
    )
    def test_is_nothing_else(self, address):
        with pytest.raises(pdf.NotOurs):
            pdf.our_static_file(address)
