"""The people of a household: added, corrected, put first, and how each may be reached."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent.models import Consent, Text
from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.families import actions, forms
from registry.families.views.common import act_page, pressed, seen_family, seen_member
from registry.families.ways import TEXT, WAYS


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def add(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Add one of the family."""
    family = seen_family(request, pk)
    form = forms.RelativeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.add_member(family, form.relative, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Added. Ask how they may be reached."))
            return redirect("families:detail", pk=family.pk)
    return act_page(request, family, form, title=_("Add somebody of the family"))


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def correct(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Put right who somebody is and how they are reached; the form opens it, and that is written down."""
    member = seen_member(request, pk)
    form = forms.RelativeForm(
        request.POST if request.method == "POST" else None,
        initial=actions.values_of_member(member),
        zone=member.time_zone,
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.correct_member(member, form.relative, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Corrected."))
            return redirect("families:detail", pk=member.family_id)
    trail.record("relative.revealed", by=request.actor, at=request.at, object=member, reason="correct")
    return act_page(request, member.family, form, title=_("Correct"))


@requires(Permission.FAMILY_EDIT)
@require_POST
def put_first(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let somebody be asked and written to before the others."""
    return pressed(
        request, actions.put_first, seen_member(request, pk), _("They are asked first from now on.")
    )


@requires(Permission.CONSENT_RECORD)
@require_http_methods(["GET", "POST"])
def reach(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record by which ways somebody said that we may reach them, in the words of the text in force."""
    member = seen_member(request, pk)
    standing = Consent.objects.standing().filter(subject=member.subject, purpose__in=WAYS)
    form = forms.Reach(
        request.POST if request.method == "POST" else None,
        initial={
            "ways": list(standing.values_list("purpose", flat=True)),
            "language": member.subject.language,
        },
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with Attempt(request, form) as attempt:
            actions.record_reach(
                member,
                said["ways"],
                evidence=form.evidence,
                language=said["language"],
                by=request.actor,
                at=request.at,
            )
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("families:detail", pk=member.family_id)
    text = Text.objects.in_force(TEXT, request.at).first()
    body = text and text.bodies.get(language=request.LANGUAGE_CODE)
    return act_page(
        request,
        member.family,
        form,
        title=_("How may we reach them?"),
        body=body,
        template="registry/families/reach.html",
    )
