"""Keeping in touch: how it stands, campaigns, and what they changed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation import jobs
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate, pressed
from notifications.retention import actions, cohorts, drafts, forms, queries
from notifications.retention.models import Campaign
from notifications.retention.states import FOR_CAMPAIGNS, OF_ONE_DAY, TOO_FEW, CampaignState

WRONG = 422


@requires(Permission.PROGRAMME_EDIT)
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Show whose contact is how old, what people did by their links, and the campaigns."""
    found = Campaign.objects.visible_to(request.scope).select_related("branch")
    context = {
        "standing": queries.standing(request.scope, on=timezone.localdate(request.at)),
        "answered": queries.answered(request.scope, at=request.at),
        "page": paginate(found, request.GET, key="-id", per=20),
    }
    return render(request, "notifications/retention/home.html", context)


@requires(Permission.PROGRAMME_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Make a campaign; nobody is drawn or written to yet."""
    form = forms.NewCampaign(request.POST if request.method == "POST" else None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            made = actions.draft(**form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            return redirect("retention:campaign", made.pk)
    context = {"form": form, "crumbs": _crumbs((_("New campaign"), ""))}
    return render(request, "notifications/retention/new.html", context, status=WRONG if form.errors else 200)


@requires(Permission.PROGRAMME_EDIT)
@require_safe
def campaign(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a draft with how many fit; one that runs or ran with what it changed."""
    found = _found(request, pk)
    words = dict(forms.wordings()).get(found.wording, found.wording)
    context = {"campaign": found, "wording": words, "crumbs": _crumbs((found.name, ""))}
    if found.state == CampaignState.DRAFT:
        fit = cohorts.people(found, on=timezone.localdate(request.at))
        against = [(found.wording not in FOR_CAMPAIGNS, OF_ONE_DAY), (fit[:2].count() <= 1, TOO_FEW)]
        missing = [sentence for stands, sentence in against if stands]
        context |= {"fit": queries.counted(fit), "missing": missing}
        return render(request, "notifications/retention/draft.html", context)
    context |= {"result": queries.result_of(found), "job": jobs.latest(actions.WRITE, about=found.pk)}
    return render(request, "notifications/retention/campaign.html", context)


@requires(Permission.PROGRAMME_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change a draft: whom it is for, in which words, how it is judged."""
    found = get_object_or_404(_visible(request).filter(state=CampaignState.DRAFT), pk=pk)
    form = forms.NewCampaign(
        request.POST if request.method == "POST" else None,
        scope=request.scope,
        ways=found.channels,
        initial={name: getattr(found, name) for name in forms.NewCampaign.base_fields},
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            drafts.edit(found, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            return redirect("retention:campaign", pk)
    crumbs = _crumbs((found.name, reverse("retention:campaign", args=[pk])), (_("Change it"), ""))
    context = {"form": form, "campaign": found, "crumbs": crumbs}
    return render(request, "notifications/retention/new.html", context, status=WRONG if form.errors else 200)


@requires(Permission.PROGRAMME_EDIT)
@require_POST
def discard(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Throw a draft away."""
    found = _found(request, pk)
    with Attempt(request) as attempt:
        drafts.discard(found, by=request.actor, at=request.at)
    if not attempt.ok:
        return redirect("retention:campaign", pk)
    messages.success(request, _("The draft was thrown away."))
    return redirect("retention:home")


@requires(Permission.PROGRAMME_EDIT)
@require_POST
def begin(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Draw the groups and write to one of them."""
    found = _found(request, pk)
    said = _("The lot is drawn, and the messages are on their way.")
    return pressed(request, actions.begin, found, said, to=reverse("retention:campaign", args=[pk]))


@requires(Permission.PROGRAMME_EDIT)
@require_POST
def end(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Count nothing any more."""
    found = _found(request, pk)
    said = _("Ended. What was seen until now stands below.")
    return pressed(request, actions.end, found, said, to=reverse("retention:campaign", args=[pk]))


def _found(request: StaffRequest, pk: UUID) -> Campaign:
    return get_object_or_404(_visible(request), pk=pk)


def _visible(request: StaffRequest) -> QuerySet[Campaign]:
    return Campaign.objects.visible_to(request.scope).select_related("branch", "drive")


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Keeping in touch"), reverse("retention:home")), *last]
