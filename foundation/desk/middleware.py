"""What holds for every request: whose word is taken on the address, which verbs are known, what may be kept.

Proxies are believed only when `TRUSTED_PROXIES` names them; logins end after a while; nothing that
a signed-in person was shown stays in a cache.
"""

import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from foundation.access import sessions
from foundation.desk import errors
from foundation.pages import attempt, uploads

View = Callable[[HttpRequest], HttpResponse]
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FORWARDED = tuple(f"HTTP_X_FORWARDED_{what}" for what in ("FOR", "HOST", "PROTO", "PORT"))
CLEARED = '"cache"'  # cookies would forget a known device, storage enrolments that wait for a signal
TOUCH_EVERY = 60  # seconds between two writes of "seen", so that a page is not a write


class TrustedProxies:
    """Take client address, host and scheme from a proxy that is trusted; drop the headers of all others."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Rewrite the request's address before anything reads it."""
        networks = [ip_network(item) for item in settings.TRUSTED_PROXIES]
        if _within(request.META.get("REMOTE_ADDR", ""), networks):
            self._believe(request, networks)
        for header in FORWARDED:
            request.META.pop(header, None)
        return self.get_response(request)

    @staticmethod
    def _believe(request: HttpRequest, networks: Iterable[object]) -> None:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        client = next((hop for hop in reversed(hops) if not _within(hop, networks)), "")
        if _is_address(client):
            request.META["REMOTE_ADDR"] = client
        if host := request.META.get("HTTP_X_FORWARDED_HOST"):
            request.META["HTTP_HOST"] = host.split(",")[-1].strip()  # ALLOWED_HOSTS still decides
        if request.META.get("HTTP_X_FORWARDED_PROTO", "").split(",")[-1].strip() == "https":
            request.META["wsgi.url_scheme"] = "https"


class KnownVerbs:
    """Answer 405 to TRACE and to verbs that nobody knows."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse before any view is asked."""
        if request.method not in VERBS:
            return HttpResponseNotAllowed(VERBS)
        return self.get_response(request)


class BodySize:
    """
    Refuse a body that is larger than its view takes, before anything reads it.

    Files are held in memory, so that nothing lies in clear on a disk: a stranger, or a page that
    takes no file, must not make the server hold them. Stands above the middleware for forgeries,
    which is the first to read a body.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the view that will answer is not known yet."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Compare what the request says it brings with what the view takes."""
        size = _size_of_body(request)
        if size <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return None
        if uploads.largest_file_mb(view) and not request.user.is_authenticated:
            return redirect_to_login(request.path)
        return errors.too_large(uploads.largest_mb(view)) if size > uploads.largest_body(view) else None


class Privacy:
    """Keep what a signed-in person was shown out of every cache, and clear the browser at logout."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers to the answer, also when the login ended with this very request."""
        response = self.get_response(request)
        was_signed_in = getattr(request, "was_signed_in", False)
        user = getattr(request, "user", None)
        signed_in = user is not None and user.is_authenticated
        if was_signed_in or signed_in or settings.SESSION_COOKIE_NAME in request.COOKIES:
            response["Cache-Control"] = "no-store, private"
        if was_signed_in and not signed_in:
            response["Clear-Site-Data"] = CLEARED
        return response


class SessionLimits:
    """
    End a login after so long without work, and after so long in all.

    Source: docs/sources.md#sessions
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End what is over before any view is asked; else note that the person is at work."""
        if request.user.is_authenticated:
            request.was_signed_in = True  # type: ignore[attr-defined]
            if _is_over(request):
                logout(request)
            else:
                _touch(request)
                sessions.rotate_if_asked(request)
        return self.get_response(request)


class Refusals:
    """
    Say to who is signed in why a page cannot be shown now, where its view could not: no text is in force.

    Any exception that carries ``sentences`` is a refusal, as for ``pages.Attempt``; others are faults.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; only what its view raises matters."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Lead back to Today with the sentences; where it is Today that failed there is no way back."""
        sentences, today = getattr(fault, "sentences", None), reverse("desk:today")
        if not sentences or not request.user.is_authenticated or request.path == today:
            return None
        for sentence in sentences:
            messages.error(request, str(sentence))
        attempt.write_down(request, fault)
        return redirect(today)


def _size_of_body(request: HttpRequest) -> int:
    """Return what the request says it brings, in bytes; a body without a size is not read at all."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


def _is_over(request: HttpRequest) -> bool:
    now = time.time()
    started = request.session.get(sessions.STARTED, now)
    seen = request.session.get(sessions.SEEN, now)
    idle, whole = timedelta(seconds=now - seen), timedelta(seconds=now - started)
    return bool(idle > settings.SESSION_IDLE or whole > settings.SESSION_LONGEST)


def _touch(request: HttpRequest) -> None:
    now = int(time.time())
    request.session.setdefault(sessions.STARTED, now)
    if now - request.session.get(sessions.SEEN, 0) >= TOUCH_EVERY:
        request.session[sessions.SEEN] = now


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _within(text: str, networks: Iterable[object]) -> bool:
    return _is_address(text) and any(ip_address(text) in network for network in networks)  # type: ignore[operator]
