"""Come in, prove who you are, go; one's own password and second factor."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

from allauth.account import views as allauth_account
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base import views as allauth_mfa
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from foundation.access import Staff, StaffRequest, links, lockout, login, public, signed_in, staffing
from foundation.desk import tasks
from foundation.desk.forms import account as forms

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])

sign_in = public(reason="Signing in comes before being signed in.")(GET_OR_POST(allauth_account.login))
second_step = public(reason="The second step of signing in; the first is in the session.")(
    GET_OR_POST(allauth_mfa.authenticate)
)
sign_out = public(reason="Whoever is here may go.")(GET_OR_POST(allauth_account.logout))


@GET_OR_POST
@sensitive_post_parameters()
@signed_in
def again(request: StaffRequest) -> HttpResponse:
    """Ask who it is once more: a code, or the password before there is a second factor."""
    kind = forms.Code if login.has_second_factor(request.staff) else forms.PasswordAgain
    form = kind(request.POST or None, user=request.staff, request=request)
    if request.method == "POST" and form.is_valid():
        form.save()
        request.session.cycle_key()
        return redirect(get_next_redirect_url(request) or "/")
    back = get_next_redirect_url(request) or ""
    return render(request, "account/reauthenticate.html", {"form": form, "next": back})


@require_safe
@signed_in
def second_factor(request: StaffRequest) -> HttpResponse:
    """Show what one's second factor is, and how many recovery codes are left."""
    app = Authenticator.objects.filter(user_id=request.staff.pk, type=Authenticator.Type.TOTP).first()
    left = login.recovery_codes_left(request.staff)
    return render(request, "mfa/index.html", {"app": app, "left": left})


@GET_OR_POST
@sensitive_post_parameters()
@login.fresh
@signed_in
def set_up(request: StaffRequest) -> HttpResponse:
    """Set up the second factor; the recovery codes are shown in the answer, and never again."""
    if login.has_second_factor(request.staff):
        return redirect("mfa_index")
    form = forms.SetUp(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        codes = login.set_up(request.staff, form.secret, step=form.step, at=request.at)
        del request.session[forms.SECRET_IN_SESSION]
        request.session.cycle_key()
        response = render(request, "mfa/codes.html", {"codes": codes, "first": True})
        lockout.remember_device(request, response, request.staff)
        return response
    adapter = mfa_adapter()
    url = adapter.build_totp_url(request.staff, form.secret)
    context = {"form": form, "picture": login.picture_of(url), "secret": login.in_groups(form.secret)}
    return render(request, "mfa/set_up.html", context)


@GET_OR_POST
@login.fresh
@signed_in
def recovery_codes(request: StaffRequest) -> HttpResponse:
    """Make new recovery codes and show them once."""
    if not login.has_second_factor(request.staff):
        return redirect("mfa_activate_totp")
    if request.method == "POST":
        codes = login.renew_recovery_codes(request.staff, at=request.at)
        return render(request, "mfa/codes.html", {"codes": codes, "first": False})
    return render(request, "mfa/renew_codes.html", {"left": login.recovery_codes_left(request.staff)})


@GET_OR_POST
@sensitive_post_parameters()
@signed_in
def change_password(request: StaffRequest) -> HttpResponse:
    """Change one's own password; every other open login ends."""
    form = forms.ChangePassword(request.POST or None, user=request.staff)
    if request.method == "POST" and form.is_valid():
        staffing.set_password(request.staff, form.cleaned_data["password"], at=request.at)
        update_session_auth_hash(request, request.staff)
        return redirect("desk:my_logins")
    return render(request, "account/password_change.html", {"form": form})


@GET_OR_POST
@sensitive_post_parameters()
@never_cache
@public(reason="Whoever holds the link sets a password once; the link is signed and of one day.")
def set_password(request: HttpRequest, mark: str, token: str) -> HttpResponse:
    """Set a password by a link: the first one, or after having forgotten it."""
    staff = links.staff_of(mark, token)
    if staff is None:
        return render(request, "account/link_over.html", status=410)
    form = forms.NewPassword(request.POST or None, user=staff)
    if request.method == "POST" and form.is_valid():
        staffing.set_password(staff, form.cleaned_data["password"], at=timezone.now())
        messages.success(request, _("Your password is set. Sign in with it now."))
        return redirect("account_login")
    return render(request, "account/set_password.html", {"form": form, "login_name": staff.username})


@GET_OR_POST
@public(reason="Who forgot the password cannot sign in; the answer is the same for every name.")
def forgotten(request: HttpRequest) -> HttpResponse:
    """Send a link by e-mail, if the login name has an address; the page never says whether."""
    form = forms.Forgotten(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _send_link(request, form.cleaned_data["login"])
        return render(request, "account/link_sent.html")
    return render(request, "account/forgotten.html", {"form": form})


def _send_link(request: HttpRequest, name: str) -> None:
    """Leave the sending to a task, in the same time for every name; it carries an id, be it nobody's."""
    at, attempt = timezone.now(), lockout.attempt_of(request, name, lockout.Step.LINK)
    if lockout.is_locked(attempt, at=at):
        return
    lockout.count_failure(attempt, at=at)
    named = Staff.objects.filter(username__iexact=attempt.account, is_active=True)
    whom = named.values_list("pk", flat=True).first() or uuid4()
    transaction.on_commit(partial(tasks.send_password_link.delay, str(whom)))
