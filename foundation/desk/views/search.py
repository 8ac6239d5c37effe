"""Search: anything typed, posted so that it stands in no URL; one hit is opened at once."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import trail
from foundation.access import StaffRequest, signed_in
from foundation.desk import search


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def box(request: StaffRequest) -> HttpResponse:
    """Find what was typed, and go to it when it is the only one."""
    if request.method != "POST":
        return render(request, "foundation/desk/search.html", {"asked": False})
    text = search.normal(request.POST.get("q", ""))
    if len(text) < search.SHORTEST:
        return _page(request, text, [_("Please type at least two characters.")], status=422)
    if not search.within_budget(request, at=request.at):
        trail.refused("search.asked", by=request.actor, at=request.at, reason="budget")
        return _page(
            request, text, [_("That was a lot of searching for one hour. Please go on later.")], status=429
        )
    with transaction.atomic():  # what was found and that it was asked reach the trail in one commit
        found = search.find(request, text)
        trail.record("search.asked", by=request.actor, at=request.at, hits=len(found.hits))
    if len(found.hits) == 1 and not found.notes:
        return redirect(found.hits[0].url)
    context = {"asked": True, "text": text, "hits": found.hits, "notes": found.notes}
    return render(request, "foundation/desk/search.html", context)


def _page(request: StaffRequest, text: str, sentences: list[str], *, status: int) -> HttpResponse:
    context = {"asked": False, "text": text, "sentences": sentences}
    return render(request, "foundation/desk/search.html", context, status=status)
