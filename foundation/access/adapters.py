"""What allauth asks us: who may come in, how its secrets are kept, what is written down.

Sign-up is closed. Secrets of second factors are sealed under a key of the program's own. Every
login, failed login and logout is on the trail.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from foundation import trail
from foundation.access import lockout, login, sessions
from foundation.access.models import Staff
from foundation.trail import Actor, ActorKind
from foundation.vault import keys, suites
from foundation.vault.models import DataKey

KEY_LABEL = "access.second_factor"
NOBODY = "nobody"  # the trail's id of a login name that belongs to nobody


class SecretDoesNotOpen(Exception):
    """A second factor's secret was altered, or its key is gone: set the factor up again."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """How staff come in, and go."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The name and the password do not belong together."),
        "too_many_login_attempts": _("Too many tries. Please wait a quarter of an hour, then try again."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code does not open. Please wait for the next one and type that."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themself: an administrator adds them."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Return whether a page to go to is one of ours: a path, never another address."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the trusted proxies, and nobody else, may tell."""
        return str(request.META.get("REMOTE_ADDR", "")) or "unknown"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Staff | None:
        """
        Return who this is, or None: the same for a wrong password, an unknown and a closed account.

        :raises ValidationError: if there were too many failures.
        """
        at = timezone.now()
        attempt = lockout.attempt_of(request, str(credentials.get("username", "")))
        if lockout.is_locked(attempt, at=at):
            _note_failure("login.locked", attempt.account, attempt, at=at)
            raise self.validation_error("too_many_login_attempts")
        user = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()  # a closed account answers as a wrong password
        if not isinstance(user, Staff):
            lockout.count_failure(attempt, at=at)
            _note_failure("login.failed", attempt.account, attempt, at=at)
            return None
        return user

    def login(self, request: HttpRequest, user: Staff) -> None:
        """Open a session under a new id, and write down who came, from where."""
        super().login(request, user)
        at, attempt = timezone.now(), lockout.attempt_of(request, user.username)
        lockout.forget_failures(attempt, at=at)
        sessions.describe(request, address=attempt.address)
        trail.record("login.opened", by=actor_of(user), at=at, object=user, address=attempt.address)

    def post_login(self, request: HttpRequest, user: Staff, **kwargs: Any) -> HttpResponse:
        """Let this device through to this account from now on."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if login.has_second_factor(user):
            lockout.remember_device(request, response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Close the session and write it down."""
        if isinstance(request.user, Staff):
            trail.record("login.closed", by=actor_of(request.user), at=timezone.now(), object=request.user)
        super().logout(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again only who did not just prove who they are."""
        return not login.is_fresh(context.request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go back to where one was, else to Today."""
        return get_next_redirect_url(request) or "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Show one's own logins after a new password: the others have ended."""
        return reverse("desk:my_logins")

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Say nothing in passing: our own pages say what happened."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: what happened to an account stands on its page and on the trail."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """How the secrets of second factors are kept."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def get_totp_label(self, user: Staff) -> str:
        """Return the login name, as the app on the phone shows it."""
        return str(user.username)

    def encrypt(self, text: str) -> str:
        """Return a secret sealed under the program's own key, with the key's id before it."""
        key = keys.own_key(KEY_LABEL)
        cipher = suites.BY_NUMBER[key.suite]
        blob = cipher.seal(keys.secret_of(key), text.encode(), _bound_to(key.pk))
        return f"{key.pk}.{base64.urlsafe_b64encode(blob).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """
        Return what ``encrypt`` was given.

        :raises SecretDoesNotOpen: if it was altered or its key is gone.
        """
        key_id, _dot, body = encrypted_text.partition(".")
        try:
            key = DataKey.objects.get(pk=UUID(key_id))
            blob = base64.urlsafe_b64decode(body)
            return suites.BY_NUMBER[key.suite].open(keys.secret_of(key), blob, _bound_to(key.pk)).decode()
        except (ValueError, DataKey.DoesNotExist, suites.DoesNotOpen) as fault:
            raise SecretDoesNotOpen from fault

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Nobody works without a second factor; an administrator resets a lost one."""
        return False


def actor_of(staff: Staff) -> Actor:
    """Return who acts on their own account: the person, in no role."""
    return Actor(ActorKind.STAFF, str(staff.pk))


def _bound_to(key_id: UUID) -> bytes:
    return "\0".join(("second-factor", str(key_id))).encode()


def _note_failure(verb: str, account: str, attempt: lockout.Try, *, at: datetime) -> None:
    staff = Staff.objects.filter(username__iexact=account).only("pk").first()
    by = actor_of(staff) if staff else Actor(ActorKind.STAFF, NOBODY)
    trail.refused(
        verb, by=by, at=at, object=staff, address=attempt.address, known_device=attempt.known_device
    )
