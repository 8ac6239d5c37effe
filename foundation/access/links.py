"""Links to set a password: signed, used once, for a day. They are made from no request's host."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from foundation.access.models import Staff


class _Links(PasswordResetTokenGenerator):
    """Tokens that a new password, e-mail address or login makes void."""

    key_salt = "foundation.access.links"

    def check_token(self, user: Any, token: str | None) -> bool:
        """Return whether the token holds, and is young enough."""
        if user is None or not token or not super().check_token(user, token):
            return False
        made, _dash, _mark = token.partition("-")
        age = self._num_seconds(self._now()) - int(made, 36)
        return bool(age <= settings.SET_PASSWORD_LINK_HOURS * 3600)


_links = _Links()


def path_for(staff: Staff) -> str:
    """Return the page where this person, and whoever has the link, sets a new password once."""
    mark = urlsafe_base64_encode(str(staff.pk).encode())
    return reverse("set_password", args=[mark, _links.make_token(staff)])


def staff_of(mark: str, token: str) -> Staff | None:
    """Return whose link this is, or None when it was used, is too old or was never ours."""
    try:
        found = Staff.objects.filter(pk=force_str(urlsafe_base64_decode(mark)), is_active=True).first()
    except (ValueError, ValidationError):
        return None
    return found if found and _links.check_token(found, token) else None


def hours() -> int:
    """Return for how many hours a link holds."""
    return int(settings.SET_PASSWORD_LINK_HOURS)


def site_address() -> str:
    """Return the address of this installation as the settings, not a request, tell it."""
    return str(settings.SITE_URL)
