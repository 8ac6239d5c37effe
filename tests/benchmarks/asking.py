"""Ask a view as somebody on the staff, without the middleware around it, and count its queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from foundation.access import Staff

View = Callable[..., HttpResponse]
FORM: Final = "application/x-www-form-urlencoded"  # as a browser sends a form without files


def ask(
    view: View, staff: Staff, path: str, *, post: Mapping[str, str] | None = None, **get: str
) -> HttpResponse:
    """Return what a view answers to a member of the staff."""
    factory = RequestFactory()
    request: Any = (
        factory.post(path, urlencode(post), content_type=FORM) if post is not None else factory.get(path, get)
    )
    request.user, request.session, request.htmx = staff, {}, False
    request._messages = FallbackStorage(request)
    return view(request)


def queries_of(act: Callable[[], object]) -> int:
    """Return how many queries an act makes."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
