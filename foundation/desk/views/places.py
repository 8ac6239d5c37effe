"""Where one stands in the tree, which language one reads, and who one is."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from foundation.access import Branch, Scope, StaffRequest, public, signed_in
from foundation.access.requires import BRANCH_IN_SESSION


@signed_in
@require_POST
def stand(request: StaffRequest) -> HttpResponse:
    """Stand at one branch of one's own, or at all of them; the page stays."""
    chosen = request.POST.get("branch", "")
    if not chosen:
        request.session.pop(BRANCH_IN_SESSION, None)
        return HttpResponseRedirect(_next(request))
    held = Scope.of(role.branch.path for role in request.roles)
    branch = get_object_or_404(Branch.objects.filter(held.q("path"), active=True), pk=_uuid(chosen))
    request.session[BRANCH_IN_SESSION] = str(branch.pk)
    return HttpResponseRedirect(_next(request))


@public(reason="chooses the language of the pages, which is no one's secret")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read in another language; the page stays."""
    return set_language(request)


@signed_in
@require_safe
def me(request: StaffRequest) -> HttpResponse:
    """Show who one is here: the roles held, where, and until when."""
    return render(request, "foundation/desk/me.html", {"roles": request.roles})


def _next(request: HttpRequest) -> str:
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe else "/"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
