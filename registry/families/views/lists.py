"""The families: mine, or all of the branch; the newest first, never by name."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import paginate
from registry.families import forms, queries
from registry.families.models import Complaint, Family
from registry.families.querysets import FamilyQuerySet


@requires(Permission.FAMILY_VIEW)
@require_GET
def families(request: StaffRequest) -> HttpResponse:
    """
    List the families one looks after, or all of one's branches; htmx asks for the rows alone.

    Mine stand in the order in which they were opened; others branch by branch.
    """
    form = forms.Filters(request.GET or {"whose": "mine"})
    said = form.cleaned_data if form.is_valid() else {}
    whose = said.get("whose") or "mine"
    found = _filtered(request, whose, said.get("mark", "")).select_related("giver", "branch", "officer")
    key = ("-id",) if whose == "mine" else ("-branch_path", "-id")
    page = paginate(found, request.GET, key=key)
    template = "registry/families/list.html#rows" if request.htmx else "registry/families/list.html"
    context = {
        "form": form,
        "page": page,
        "rows": _rows(page.items),
        "mine": whose == "mine",
        "crumbs": [(_("Families"), "")],
        "can_enter": request.holds(Permission.FAMILY_EDIT),
    }
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _filtered(request: StaffRequest, whose: str, mark: str) -> FamilyQuerySet:
    found = Family.objects.visible_to(request.scope)
    if whose == "mine":
        found = found.filter(officer=request.staff)
    elif whose == "nobody":
        found = found.filter(officer__isnull=True)
    if mark == "wishes":
        found = found.filter(wishes_recorded_on__isnull=True, stopped_at__isnull=True)
    elif mark == "complaint":
        found = found.filter(pk__in=Complaint.objects.open().values("family"))
    elif mark == "stopped":
        found = found.filter(stopped_at__isnull=False)
    return found


def _rows(items: list[Family]) -> list[dict[str, Any]]:
    ids = [family.pk for family in items]
    people = dict(
        Family.objects.filter(pk__in=ids).annotate(n=Count("members")).order_by().values_list("pk", "n")
    )
    complaints = set(Complaint.objects.open().filter(family__in=ids).values_list("family", flat=True))
    names = queries.masked_names([family.giver for family in items])
    return [
        {
            "family": family,
            "name": name,
            "short": family.short,
            "people": people.get(family.pk, 0),
            "complaint": family.pk in complaints,
        }
        for family, name in zip(items, names, strict=True)
    ]
