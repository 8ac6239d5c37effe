"""Open a way again that did not work, from the page of the person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from notifications.answers import actions
from notifications.recipients.models import ContactState


@requires(Permission.FAMILY_EDIT)
@require_POST
def works_for_relative(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record that a way to a relative works again."""
    mine = ContactState.objects.filter(request.scope.q("subject__member__family__branch_path"))
    state = _opened(request, mine, pk)
    return redirect("families:detail", state.subject.member.family_id)


@requires(Permission.DONOR_EDIT)
@require_POST
def works_for_donor(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record that a way to a volunteer works again."""
    paths = ("subject__donor__service_path", "subject__donor__owner_path")
    state = _opened(request, ContactState.objects.filter(request.scope.q(*paths)), pk)
    return redirect("donors:detail", state.subject.donor.pk)


def _opened(request: StaffRequest, among: QuerySet[ContactState], pk: UUID) -> ContactState:
    state = get_object_or_404(among.select_related("subject"), pk=pk)
    with Attempt(request) as attempt:
        actions.works_again(state, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("This way is open again."))
    return state
