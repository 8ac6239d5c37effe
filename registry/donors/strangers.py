"""What holds for the pages that strangers open: kept by no cache, and not too often from one address.

A queue behind one address stays far below the limits; nobody is locked out longer than a
quarter of an hour, and nothing is said of who is registered.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from foundation.access import public
from foundation.access.lockout import address_of
from foundation.access.requires import Guarded
from foundation.pages import RelayForm

_SALT = "registry.donors.strangers"
View = Callable[..., HttpResponse]


class StrangerRequest(HttpRequest):
    """A request by somebody who signs in nowhere."""

    at: datetime


def for_strangers(*, reason: str) -> Callable[[View], Guarded]:
    """Let in everybody, and let neither the browser nor a search engine keep the page."""

    def decorate(view: View) -> Guarded:
        @wraps(view)
        def open_to_all(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            stranger = cast("StrangerRequest", request)
            stranger.at = timezone.now()
            response = view(stranger, *args, **kwargs)
            response["Cache-Control"] = "no-store, private"
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return public(reason=reason)(open_to_all)

    return decorate


def are_too_many(request: StrangerRequest, what: str, *, most: int) -> bool:
    """Count one more of this act; return whether its address did it too often in a quarter of an hour."""
    window = settings.STRANGERS_MINUTES * 60
    mark = salted_hmac(_SALT, address_of(request), algorithm="sha256").hexdigest()[:32]
    key = f"strangers:{what}:{mark}:{int(request.at.timestamp()) // window}"
    cache.add(key, 0, timeout=window)
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # it ran out between the two lines: the next quarter has begun
        return False


class TrapForm(RelayForm):
    """A form with a field that no person sees, and that a program fills in."""

    leave_empty = forms.CharField(
        label=_("Please leave this empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_leave_empty(self) -> str:
        """Take nothing from a program; say to a person what to do."""
        if self.cleaned_data["leave_empty"]:
            raise forms.ValidationError(_("Please leave this field empty, and send the form once more."))
        return ""
