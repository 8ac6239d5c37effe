"""Hand a file out: an attachment of one kind, which no browser guesses at and no cache keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.http import HttpResponse, StreamingHttpResponse

CSV: Final = "text/csv; charset=utf-8"
PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(content: bytes | Iterable[bytes], kind: str, name: str) -> HttpResponse:
    """
    Return an answer that is saved as a file.

    :param content: whole, or piece by piece, which is then streamed.
    :param kind: the media type. :param name: without personal data, in ASCII.
    """
    whole = isinstance(content, bytes)
    response = (HttpResponse if whole else StreamingHttpResponse)(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response  # type: ignore[return-value]  # a streamed one is one too, for Django
