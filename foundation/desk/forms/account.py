"""Forms of signing in, second factors and passwords."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.access import Staff, lockout, login
from foundation.access.adapters import SecretDoesNotOpen
from foundation.pages import RelayForm

SECRET_IN_SESSION = "second_factor"  # noqa: S105 - where the sealed secret waits until it is proven
LONGEST_PASSWORD = 256  # characters; never cut


def _password(label: Any, *, new: bool = False) -> forms.CharField:
    attrs = {"autocomplete": "new-password" if new else "current-password"}
    return forms.CharField(
        label=label, strip=False, max_length=LONGEST_PASSWORD, widget=forms.PasswordInput(attrs=attrs)
    )


def _code(label: Any, help_text: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short", "autofocus": True}
    return forms.CharField(
        label=label, help_text=help_text, max_length=16, widget=forms.TextInput(attrs=attrs)
    )


class SignIn(RelayForm, LoginForm):  # type: ignore[misc]
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "autofocus": True,
        }
        self.fields["login"] = forms.CharField(
            label=_("Login name"), max_length=150, widget=forms.TextInput(attrs=name)
        )
        self.fields["password"] = _password(_("Password"))
        self.order_fields(["login", "password"])


class Code(RelayForm):
    """A code of the app, or a recovery code. allauth's login stage gives the person as ``user``."""

    code = _code(_("Code"), _("Six digits from the app on your phone, or one of your recovery codes."))

    def __init__(self, *args: Any, user: Staff, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.request = request or get_adapter().request
        self.authenticator: Authenticator | None = None

    def clean_code(self) -> str:
        """
        Check the code, and use it up.

        :raises ValidationError: if it does not open, or there were too many tries.
        """
        code: str = self.cleaned_data["code"]
        at, adapter = timezone.now(), get_adapter()
        attempt = lockout.attempt_of(self.request, self.user.username, lockout.Step.CODE)
        if lockout.is_locked(attempt, at=at):
            raise adapter.validation_error("too_many_login_attempts")
        self.authenticator = _opened(self.user, code)
        if self.authenticator is None:
            lockout.count_failure(attempt, at=at)
            login.note_wrong_code(self.user, at=at, address=attempt.address)
            raise adapter.validation_error("incorrect_code")
        lockout.forget_failures(attempt, at=at)
        return code

    def save(self) -> None:
        """Note in the session that the second factor was shown."""
        if self.authenticator is not None:
            login.note_second_factor(self.request, self.authenticator)


class PasswordAgain(RelayForm):
    """One's password once more, before a second factor is set up."""

    password = _password(_("Password"))

    def __init__(self, *args: Any, user: Staff, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.request = request

    def clean_password(self) -> str:
        """
        Check the password, counted as any other try.

        :raises ValidationError: if it is another, or there were too many tries.
        """
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("incorrect_password")
        return password

    def save(self) -> None:
        """Note in the session that the password was typed just now."""
        login.note_password(self.request, self.user)


class SetUp(RelayForm):
    """The first code of a new app. The secret waits sealed in the session until it is proven."""

    code = _code(_("Code"), _("The six digits that the app shows now."))

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = _waiting_secret(request, renew=not self.is_bound)
        self.step = 0

    def clean_code(self) -> str:
        """
        Check that the app has the secret.

        :raises ValidationError: if it shows another code.
        """
        code: str = self.cleaned_data["code"]
        step = login.matching_step(self.secret, code, at=timezone.now())
        if step is None:
            raise get_adapter().validation_error("incorrect_code")
        self.step = step
        return code


class NewPassword(RelayForm):
    """A new password, typed once and shown to nobody."""

    password = _password(_("New password"), new=True)

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = _(
            "At least 12 characters. Three or four words that only you would put together are good."
        )

    def clean_password(self) -> str:
        """
        Check the password against the rules.

        :raises ValidationError: if it is too short, too common or too like the name.
        """
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class ChangePassword(NewPassword):
    """One's present password, and a new one."""

    oldpassword = _password(_("Present password"))
    field_order = ["oldpassword", "password"]

    def clean_oldpassword(self) -> str:
        """
        Check the present password, counted as any other try.

        :raises ValidationError: if it is another, or there were too many tries.
        """
        typed: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, typed):
            raise ValidationError(_("This is not your present password."), "wrong")
        return typed


class Forgotten(RelayForm):
    """The login name of somebody who cannot get in."""

    login = forms.CharField(
        label=_("Login name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )


def _opened(staff: Staff, code: str) -> Authenticator | None:
    try:
        return login.opens(staff, code, at=timezone.now())
    except SecretDoesNotOpen:  # altered or its key is gone: an administrator resets it
        return None


def _waiting_secret(request: HttpRequest, *, renew: bool) -> str:
    sealed = request.session.get(SECRET_IN_SESSION)
    if renew or not sealed:
        sealed = request.session[SECRET_IN_SESSION] = encrypt(login.new_secret())
    return str(decrypt(sealed))
