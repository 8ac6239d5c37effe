"""A household's plan as a whole: let it rest, go on, or end; and what the family asked to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, pressed
from notifications.care import actions, forms, queries, showing
from notifications.plans import actions as plans
from notifications.plans.actions.beginning import FAMILY_CARE
from notifications.plans.models import Plan
from notifications.plans.whys import Why
from registry.families.views.common import act_page, seen_family

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

P = Permission
KEEPERS: Final = (P.CARE_PLAN, P.FAMILY_EDIT)
SAID: Final[Mapping[str, tuple[Callable[..., object], StrOrPromise]]] = {
    "stop": (partial(plans.stop, why=Why.PLAN_ENDED), gettext_lazy("The programme ended.")),
    "resume": (plans.resume, gettext_lazy("The plan goes on. What lay in the pause is left out.")),
    "accept": (plans.accept, gettext_lazy("The plan runs.")),
    "decline": (plans.decline, gettext_lazy("It is written down that they want no plan.")),
    "complete": (plans.complete, gettext_lazy("The plan is completed.")),
}


@requires(*KEEPERS, P.PERSON_STOP)
@require_http_methods(["GET", "POST"])
def pause(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a plan rest until a day, or until somebody lets it go on."""
    plan = _plan(request, pk)
    form = forms.Pause(request.POST or None, today=timezone.localdate(request.at))
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        with Attempt(request, form) as attempt:
            plans.pause(plan, until=until, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("The plan rests. Nothing of it leaves meanwhile."))
            return redirect("families:detail", plan.family_id)
    family = seen_family(request, _household(plan))
    explained = _("Nothing of the plan leaves meanwhile, and what is queued is held. Their wishes stay.")
    return act_page(request, family, form, title=_("Let the plan rest"), explained=explained)


@requires(*KEEPERS)
@require_http_methods(["GET", "POST"])
def begin(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Begin another programme for a household: one that somebody wrote for families."""
    family = seen_family(request, pk)
    others = queries.not_begun(family, language=get_language() or "")
    form = forms.BeginPlan(request.POST if request.method == "POST" else None, programmes=others)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["programme"]
        with Attempt(request, form) as attempt:
            plans.begin(key, family=family, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("The plan runs."))
            return redirect("families:detail", family.pk)
    explained = _("What it plans stands in the calendar, and is released like everything else.")
    return act_page(request, family, form, title=_("Begin another programme"), explained=explained)


@requires(P.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def gift(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that a family asked what the gift did; how many were helped is told once it is released."""
    family = seen_family(request, pk)
    people = {str(one.pk): one for one in family.members.who_hear().order_by("order")}
    names = [
        (pk, f"{one.get_kin_display()} {name}")
        for (pk, one), name in zip(people.items(), showing.masked(list(people.values())), strict=True)
    ]
    typed = request.POST if request.method == "POST" else None
    form = forms.GiftAsked(typed, people=names, initial={"on": timezone.localdate(request.at)})
    if request.method == "POST" and form.is_valid():
        said = {**form.cleaned_data, "member": people[form.cleaned_data["member"]]}
        with Attempt(request, form) as attempt:
            made = actions.asked_about_gift(family, **said, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down. It goes out once somebody releases it."))
            return redirect("care:touchpoint", made.pk)
    explained = _(
        "Only where they asked themselves. They are told how many people were helped, never who, where, or "
        "how it went; and if nobody was helped, by you in person and not in writing."
    )
    return act_page(request, family, form, title=_("They ask what the gift did"), explained=explained)


@requires(*KEEPERS)
@require_POST
def act(request: StaffRequest, pk: UUID, act: str) -> HttpResponse:
    """Let a plan go on, run or end, as the button says."""
    if act not in SAID:
        raise Http404
    plan = _plan(request, pk)
    if act == "stop" and plan.programme_key == FAMILY_CARE:
        raise Http404  # that is the household's "no more"
    make, words = SAID[act]
    return pressed(request, make, plan, words, to=reverse("families:detail", args=[plan.family_id]))


def _plan(request: StaffRequest, pk: UUID) -> Plan:
    """Return a plan of a household that one may see."""
    plan = get_object_or_404(Plan.objects.visible_to(request.scope).filter(family__isnull=False), pk=pk)
    seen_family(request, _household(plan))
    return plan


def _household(plan: Plan) -> UUID:
    return cast(UUID, plan.family_id)  # these are plans of households alone
