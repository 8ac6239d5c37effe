"""Single acts on a household: address, officer, another branch, notes, invitations, complaints."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation import trail, vault
from foundation.access import Permission, StaffRequest, requires
from foundation.approvals import Approval
from foundation.desk.naming import Names
from foundation.pages import Attempt
from registry.families import actions, forms, queries
from registry.families.models import Complaint
from registry.families.views.common import act_page, pressed, seen_family


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def address(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Put right where a household lives; the form opens it, and that is written down."""
    family = seen_family(request, pk)
    head = queries.head_of(family)
    known = {"address": head.address, "note": head.note}
    form = forms.Address(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.correct_family(family, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Corrected."))
            return redirect("families:detail", pk=family.pk)
    trail.record("family.revealed", by=request.actor, at=request.at, object=family, reason="correct")
    return act_page(request, family, form, title=_("Address and note"))


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def officer(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Name who stays with a household."""
    family = seen_family(request, pk)
    form = forms.Officer(
        request.POST if request.method == "POST" else None,
        officers=queries.officers_of([family.branch], on=timezone.localdate(request.at)),
        initial={"officer": str(family.officer_id or "")},
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.assign_officer(family, form.chosen, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("families:detail", pk=family.pk)
    return act_page(
        request,
        family,
        form,
        title=_("Who stays with them?"),
        explained=_("One person stays with a family. Change it only where there is no other way."),
    )


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def move(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give a household to another branch; where one does not work there too, it has to say yes."""
    family = seen_family(request, pk)
    form = forms.Move(
        request.POST if request.method == "POST" else None, branches=queries.other_branches(family.branch)
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            done = actions.move_to(family, to=form.chosen, by=request.actor, at=request.at)
        if attempt.ok and isinstance(done, Approval):
            messages.success(request, _("The other branch is asked. Until then the family stays here."))
            return redirect("families:detail", pk=family.pk)
        if attempt.ok:
            messages.success(request, _("The family is looked after there from now on."))
            return redirect("families:detail", pk=family.pk)
    return act_page(
        request,
        family,
        form,
        title=_("Give to another branch"),
        explained=_("Its people, wishes and plan go along. The other branch names who stays with them."),
    )


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def note(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write something down beside a household."""
    family = seen_family(request, pk)
    form = forms.Note(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.write_note(family, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("families:detail", pk=family.pk)
    return act_page(request, family, form, title=_("Write a note"))


@requires(Permission.PERSON_STOP)
@require_POST
def decline_events(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that a household wants no invitations."""
    return pressed(request, actions.decline_events, seen_family(request, pk), _("Written down."))


@requires(Permission.FAMILY_EDIT)
@require_POST
def accept_events(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that a household may be invited again."""
    return pressed(request, actions.accept_events, seen_family(request, pk), _("Written down."))


@requires(Permission.PERSON_STOP)
@require_http_methods(["GET", "POST"])
def complain(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down what a family complains of, in its words."""
    family = seen_family(request, pk)
    people = list(family.members.order_by("order"))
    choices = [(str(one.pk), f"{one.order + 1} · {one.get_kin_display()}") for one in people]
    form = forms.Complain(request.POST if request.method == "POST" else None, people=choices)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        member = next((one for one in people if str(one.pk) == said["member"]), None)
        with Attempt(request, form) as attempt:
            actions.complain(family, words=said["words"], member=member, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down. It stands on the family's page until it is settled."))
            return redirect("families:detail", pk=family.pk)
    return act_page(
        request,
        family,
        form,
        title=_("A complaint"),
        explained=_("Listen first. Does something have to stop at once? Then do that before you write."),
    )


@requires(Permission.FAMILY_VIEW)
@require_http_methods(["GET", "POST"])
def complaint(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Read a complaint, opened, and write down what was done; each look is written down."""
    seen = Complaint.objects.visible_to(request.scope).select_related("family", "member")
    found = get_object_or_404(seen, pk=pk)
    family = seen_family(request, found.family_id)
    may_settle = request.holds(Permission.FAMILY_EDIT) and found.settled_at is None
    form = forms.Settle(request.POST if request.method == "POST" else None) if may_settle else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            with Attempt(request, form) as attempt:
                actions.settle_complaint(found, **form.cleaned_data, by=request.actor, at=request.at)
            if attempt.ok:
                messages.success(request, _("Settled."))
                return redirect("families:detail", pk=family.pk)
    trail.record("complaint.viewed", by=request.actor, at=request.at, object=found)
    return act_page(
        request,
        family,
        form,
        title=_("A complaint"),
        complaint=found,
        words=vault.open_one(found, "words", "done"),
        settled_by=Names.of([found.settled_by_id]).get(found.settled_by_id),
        template="registry/families/complaint.html",
    )
