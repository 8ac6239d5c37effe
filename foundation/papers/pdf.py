"""Render templates as PDF; fetches nothing from a network, and no file but our own static ones."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template.loader import render_to_string

_HOUSE: Final = "https://papers.invalid/"  # a base that resolves nowhere: RFC 2606


class NoPdf(RuntimeError):
    """PDF cannot be made on this machine. Offer the page that prints the same."""


class NotOurs(ValueError):
    """A page asked for something that is not a static file of ours."""


def render(template: str, context: Mapping[str, Any], request: HttpRequest | None = None) -> bytes:
    """
    Return a template as a tagged PDF.

    :raises NoPdf: where the libraries of pango are not installed.
    """
    return from_html(render_to_string(template, dict(context), request))


def from_html(html: str) -> bytes:
    """
    Return a whole HTML page as PDF.

    :raises NoPdf: where the libraries of pango are not installed.
    """
    try:
        import weasyprint  # noqa: PLC0415 without pango it fails at import
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 as above
    except OSError as fault:
        raise NoPdf("The libraries of pango are not installed.") from fault

    class Fetcher(URLFetcher):  # type: ignore[misc]  # weasyprint has no types
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 weasyprint gives them
            content, kind = our_static_file(url)
            return URLFetcherResponse(url, content, headers={"Content-Type": kind})

    page = weasyprint.HTML(string=html, base_url=_HOUSE, url_fetcher=Fetcher())
    return bytes(page.write_pdf(pdf_tags=True))


def our_static_file(url: str) -> tuple[bytes, str]:
    """
    Return content and type of one of our static files.

    :raises NotOurs: for anything else: a network address, a file of the machine, a path that climbs.
    """
    parts = urlsplit(url)
    prefix = "/" + settings.STATIC_URL.lstrip("/")
    path = unquote(parts.path)
    ours = f"{parts.scheme}://{parts.netloc}/" == _HOUSE and path.startswith(prefix) and ".." not in path
    found = finders.find(path.removeprefix(prefix)) if ours else None
    if not isinstance(found, str):
        raise NotOurs("Only static files of this program are read.")
    with open(found, "rb") as file:
        return file.read(), mimetypes.guess_type(found)[0] or "application/octet-stream"
