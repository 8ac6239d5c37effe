"""The donor list, and the listing of all who are ready."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from consent.queries import evidence_missing_of
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import paginate
from registry.donors import actions, forms, queries
from registry.donors.queries.filtering import filtered
from registry.donors.queries.page import kind_of
from registry.donors.views.common import crumbs, short

READY_AT_ONCE = 100  # donors on one page of the listing; each is listed in a transaction of its own


@requires(Permission.DONOR_VIEW)
@require_GET
def donors(request: StaffRequest) -> HttpResponse:
    """
    List the donors whom one's branches serve: branch by branch, the newest first in each.

    So sorted, a page is read straight off one index, however large the registry is.
    htmx asks for the rows alone.
    """
    form = forms.Filters(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    place = "-owner_path" if chosen.get("whose") else "-service_path"
    today = timezone.localdate(request.at)
    found = filtered(request.scope, chosen, today=today).select_related("service_branch")
    page = paginate(found, request.GET, key=(place, "-id"))
    missing = evidence_missing_of([donor.subject_id for donor in page.items])
    rows = [
        {
            "donor": donor,
            "name": name,
            "short": short(donor),
            "kind": kind_of(donor.state),
            "scan_missing": donor.subject_id in missing,
        }
        for donor, name in zip(page.items, queries.masked_names(page.items), strict=True)
    ]
    template = "registry/donors/list.html#rows" if request.htmx else "registry/donors/list.html"
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "crumbs": [(_("Donors"), "")],
        "can_withdraw": request.holds(Permission.PERSON_STOP),
        "can_list": request.holds(Permission.DONOR_LIST),
        "can_export": request.holds(Permission.DONOR_EXPORT),
        "asked": urlencode({name: value for name, value in chosen.items() if value}),
    }
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(Permission.DONOR_LIST)
@require_http_methods(["GET", "POST"])
def listing(request: StaffRequest) -> HttpResponse:
    """Review who is ready to be listed and what is missing for the rest; list all who are ready."""
    if request.method == "POST":
        return _list_them(request)
    page = paginate(
        queries.waiting_to_be_listed(request.scope),
        request.GET,
        key=("service_path", "id"),
        per=READY_AT_ONCE,
    )
    checked = queries.readiness(page.items, by=request.actor, at=request.at)
    names = dict(zip([donor.pk for donor in page.items], queries.masked_names(page.items), strict=True))
    rows = [
        {"donor": c.donor, "name": names[c.donor.pk], "short": short(c.donor), "missing": c.missing}
        for c in checked
    ]
    context = {
        "page": page,
        "ready": [row for row in rows if not row["missing"]],
        "waiting": [row for row in rows if row["missing"]],
        "crumbs": crumbs(None, (_("Listing"), "")),
    }
    return render(request, "registry/donors/listing.html", context)


def _list_them(request: StaffRequest) -> HttpResponse:
    """List those who were reviewed, of one's own scope, and say who was left."""
    asked = [pk for pk in map(_uuid, request.POST.getlist("donor")[:READY_AT_ONCE]) if pk]
    seen = queries.waiting_to_be_listed(request.scope).filter(pk__in=asked).values_list("pk", flat=True)
    listed, left = actions.list_ready(list(seen), by=request.actor, at=request.at)
    if listed:
        words = ngettext("%(n)s donor was listed.", "%(n)s donors were listed.", len(listed))
        messages.success(request, words % {"n": len(listed)})
    for one in left:
        messages.error(request, f"{short(one.donor)}: {' '.join(one.sentences)}")
    if not listed and not left:
        messages.error(request, _("Nobody was chosen who is still waiting."))
    return redirect("donors:listing")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
