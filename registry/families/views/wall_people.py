"""The memorial wall and single people: a consent, a no, and the giver's own wish."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent.models import Text
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.families import actions, forms
from registry.families.views.common import act_page, pressed, seen_family, seen_member
from registry.families.ways import WALL_TEXT


@requires(Permission.CONSENT_RECORD)
@require_http_methods(["GET", "POST"])
def consent(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record that somebody signed the consent to the wall, in the words of the text in force."""
    member = seen_member(request, pk)
    form = forms.WallConsent(
        request.POST if request.method == "POST" else None, initial={"language": member.subject.language}
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.record_wall_consent(
                member,
                evidence=form.evidence,
                language=form.cleaned_data["language"],
                by=request.actor,
                at=request.at,
            )
        if attempt.ok:
            messages.success(request, _("Written down. It is in force once somebody else verified it."))
            return redirect("families:detail", pk=member.family_id)
    text = Text.objects.in_force(WALL_TEXT, request.at).first()
    return act_page(
        request,
        member.family,
        form,
        title=_("Consent to the memorial wall"),
        about=member,
        body=text and text.bodies.get(language=request.LANGUAGE_CODE),
        template="registry/families/reach.html",
    )


@requires(Permission.PERSON_STOP)
@require_http_methods(["GET", "POST"])
def objects(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take the name down because one of the family does not want it; never refused."""
    member = seen_member(request, pk)
    form = forms.Object(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.object_to_wall(member, words=form.cleaned_data["words"], by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down. The name is not on the wall."))
            return redirect("families:detail", pk=member.family_id)
    return act_page(
        request,
        member.family,
        form,
        title=_("Does not want the memorial wall"),
        explained=_("The name comes down at once, whoever else agreed. No reason is needed."),
        danger=True,
        about=member,
    )


@requires(Permission.FAMILY_EDIT)
@require_POST
def lift(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that somebody has nothing against the wall any more."""
    words = _("Written down. Somebody else puts the name up again.")
    return pressed(request, actions.lift_wall_objection, seen_member(request, pk), words)


@requires(Permission.PERSON_STOP)
@require_http_methods(["GET", "POST"])
def confidential(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that the one who gave wished that nobody learns of it."""
    family = seen_family(request, pk)
    form = forms.Confidential(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.keep_confidential(family, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down. The name never goes up."))
            return redirect("families:detail", pk=family.pk)
    return act_page(
        request,
        family,
        form,
        title=_("Wished that nobody learns of it"),
        explained=_("This goes before every consent of the family. The name comes down at once."),
        danger=True,
    )


@requires(Permission.CARE_APPROVE)
@require_POST
def not_confidential(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take back a wish that was written down by mistake, by somebody else than who wrote it."""
    return pressed(
        request, actions.was_not_confidential, seen_family(request, pk), _("The mistake is taken back.")
    )
