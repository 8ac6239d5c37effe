"""What stands before every view: who is asking, with which right, and where it reaches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from foundation import trail
from foundation.access import rights
from foundation.access.models import Branch, RoleAt, Staff
from foundation.access.roles import Permission
from foundation.access.scopes import Scope
from foundation.trail import Actor

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

BRANCH_IN_SESSION = "branch"  # the id of the branch one has switched to

View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """A request by somebody on the staff, after ``requires`` has looked at it."""

    staff: Staff
    roles: list[RoleAt]
    actor: Actor
    scope: Scope
    at: datetime
    branch: Branch | None
    htmx: HtmxDetails

    def holds(self, permission: Permission) -> bool:
        """Return whether the person holds a permission anywhere; for what a page offers."""
        return bool(rights.scope_from(self.roles, permission))


class Guarded(Protocol):
    """A view that says what it needs. A test fails on one that does not."""

    permission: tuple[Permission, ...] | str

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a request."""


def requires(*permissions: Permission) -> Callable[[View], Guarded]:
    """
    Let in staff who hold one of the permissions somewhere.

    ``request.scope`` reaches where the first held of them is held; the view fetches
    every object through ``visible_to(request.scope)``. A branch chosen in the
    switcher narrows it.
    """

    def decorate(view: View) -> Guarded:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_login(request)
            staff_request = _prepared(request)
            held = next((p for p in permissions if staff_request.holds(p)), None)
            if held is None:
                _refuse(staff_request, permissions[0])
            _enter(staff_request, held)
            return view(staff_request, *args, **kwargs)

        cast("Any", guarded).permission = permissions
        return cast("Guarded", guarded)

    return decorate


def signed_in(view: View) -> Guarded:
    """Let in anybody on the staff; the scope is empty."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_login(request)
        staff_request = _prepared(request)
        _enter(staff_request, None)
        return view(staff_request, *args, **kwargs)

    cast("Any", guarded).permission = "signed in"
    return cast("Guarded", guarded)


def public(*, reason: str) -> Callable[[View], Guarded]:
    """Let in everybody, and say why that is right."""

    def decorate(view: View) -> Guarded:
        cast("Any", view).permission = f"public: {reason}"
        return cast("Guarded", view)

    return decorate


def _to_login(request: HttpRequest) -> HttpResponse:
    """Send to the login and from there back; after a form, to the page it was typed on."""
    back = request.get_full_path()
    if request.method not in {"GET", "HEAD"}:
        page = urlsplit(request.headers.get("Referer", ""))
        back = page.path if page.path.startswith("/") and page.netloc == request.get_host() else "/"
    query = urlencode({REDIRECT_FIELD_NAME: back})
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{query}")


def _prepared(request: HttpRequest) -> StaffRequest:
    prepared = cast("StaffRequest", request)
    prepared.staff = cast("Staff", request.user)
    prepared.at = timezone.now()
    prepared.roles = rights.roles_of(prepared.staff.pk, timezone.localdate(prepared.at))
    prepared.holds = StaffRequest.holds.__get__(prepared)  # type: ignore[method-assign]
    prepared.branch = _chosen_branch(prepared)
    return prepared


def _enter(request: StaffRequest, permission: Permission | None) -> None:
    path = request.branch.path if request.branch else None
    scope = rights.scope_from(request.roles, permission) if permission else Scope()
    request.scope = scope.under(path) if path and permission else scope
    request.actor = rights.actor_from(request.staff.pk, request.roles, permission, path=path)
    if not request.actor.role:
        request.actor = rights.actor_from(request.staff.pk, request.roles, permission)


def _chosen_branch(request: StaffRequest) -> Branch | None:
    chosen = request.session.get(BRANCH_IN_SESSION)
    if not chosen:
        return None
    branch = Branch.objects.filter(pk=chosen, active=True).first()
    inside = branch and any(branch.path.startswith(held.branch.path) for held in request.roles)
    return branch if inside else None


def _refuse(request: StaffRequest, permission: Permission) -> None:
    actor = rights.actor_from(request.staff.pk, request.roles, None)
    match = request.resolver_match
    trail.refused(
        "view.denied", by=actor, at=request.at, reason=permission.value, view=match.view_name if match else ""
    )
    raise PermissionDenied
