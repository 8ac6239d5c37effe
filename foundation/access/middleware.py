"""Nobody works without a second factor: who has none is sent to set one up."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse

from foundation.access import login, sessions
from foundation.access.models import Staff

WITHOUT = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "desk:language",
        "set_language",
        "healthz",
    }
)


class SecondFactor:
    """Send a person without a second factor to its page, and give a login whose rights changed a new id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look before any view is asked."""
        if isinstance(request.user, Staff):
            sessions.rotate_if_asked(request)
            if not login.has_second_factor(request.user) and _name(request) not in WITHOUT:
                return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)


def _name(request: HttpRequest) -> str:
    try:
        return str(resolve(request.path_info).view_name)
    except Resolver404:
        return ""
