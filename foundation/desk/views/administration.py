"""Administration: the doors one may open."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.access import StaffRequest, signed_in
from foundation.desk import administration
from foundation.desk.holding import permissions_of


@signed_in
@require_safe
def doors(request: StaffRequest) -> HttpResponse:
    """List what this person may run."""
    shown = administration.doors_for(permissions_of(request.roles))
    if not shown:
        raise PermissionDenied
    return render(request, "foundation/desk/administration.html", {"doors": shown})
