"""What the care desk shows in the rooms below: the rail, Today, the family's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation import moves
from foundation.access import Permission, StaffRequest
from foundation.desk import belongings, rail, today
from notifications.care import queries, showing
from notifications.care.work import KINDS, Work
from notifications.channels.post.models import Paper
from notifications.outbox import Message
from notifications.plans.actions.beginning import FAMILY_CARE
from notifications.plans.models import Plan
from notifications.plans.states import LIVE_PLANS, PlanState
from notifications.programmes.models import Programme
from notifications.programmes.states import ProgrammeState
from registry.donors import sections as of_donors
from registry.donors.models import Donor
from registry.families import sections
from registry.families.models import Family

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

P = Permission
DESK = frozenset({P.CARE_PLAN, P.CARE_APPROVE, P.CARE_SEND})
WHOLE = {  # what is done with a plan as a whole
    "accept": _("They said yes"),
    "decline": _("They want no plan"),
    "pause": _("Let the plan rest"),
    "resume": _("Go on with the plan"),
    "complete": _("All is done: complete the plan"),
}
ENDING = {"stop": _("End this programme")}
MOST_PLANS = 8  # of one household that are looked at
COMING = 12  # touchpoints shown on a family's page


def register() -> None:
    """Register the rail entry, the card of Today, and the parts of a family's page."""
    leads_to = ("events:list", "waiting:families")
    entry = rail.RailEntry("care", _("Care"), "heart", "care:home", DESK, 60, leads_to)
    rail.register(entry)
    belongings.register({Paper: "subject"})
    today.register(
        today.Card("care.waiting", DESK, 20, "main", "notifications/care/cards/waiting.html", waiting)
    )
    for key, order, template, context in (
        ("plan", 20, "notifications/care/sections/plan.html", plan_of),
        ("messages", 60, "notifications/care/sections/messages.html", messages_of),
    ):
        sections.register(sections.Section(key, order, P.FAMILY_VIEW, template, context))
    template = "notifications/care/sections/of_donor.html"
    of_donors.register(of_donors.Section("messages", 70, P.DONOR_VIEW, template, messages_to))


def waiting(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return what waits at the desk."""
    counted = queries.counts(request.scope, today=timezone.localdate(request.at))
    if not counted:
        return None
    lines = [(Work(work), n, KINDS[work]) for work, n in counted.items()]
    return {"lines": lines, "waiting": sum(counted.values())}


def plan_of(request: StaffRequest, family: Family) -> Mapping[str, Any]:
    """Return a household's plans, what comes next of them, and what was lately done."""
    day = timezone.localdate(request.at)
    found = queries.of_families(request.scope).filter(plan__family=family).exclude(state="CANCELLED")
    language = get_language() or ""
    plans = _of_the_household(family)
    may_plan = request.holds(P.CARE_PLAN) or request.holds(P.FAMILY_EDIT)
    coming = list(found.filter(on_date__gte=day).order_by("on_date", "id")[:COMING])
    past = list(found.filter(on_date__lt=day).order_by("-on_date", "-id")[:COMING])
    return {
        "plans": plans,
        "acts": _acts(request, plans[0]) if plans else [],
        "others": _others(request, plans[1:], language),
        "begins": may_plan and bool(queries.not_begun(family, language=language)),
        "asks": bool(plans) and plans[0].state == PlanState.ACTIVE and request.holds(P.FAMILY_EDIT),
        "family": family,
        "coming": queries.lines_of(coming, today=day, language=language),
        "past": queries.lines_of(past, today=day, language=language),
    }


def _of_the_household(family: Family) -> list[Plan]:
    """Return a household's plans: the newest of family care first, then those of other programmes."""
    newest = list(family.plans.select_related("branch").order_by("-id")[:MOST_PLANS])
    return sorted(newest, key=lambda one: one.programme_key != FAMILY_CARE)


def _others(request: StaffRequest, plans: Sequence[Plan], language: str) -> list[Mapping[str, Any]]:
    """Return the plans of other programmes that run, each with its name and what may be done with it."""
    running = [one for one in plans if one.state in LIVE_PLANS]
    keys = {one.programme_key for one in running}
    in_use = Programme.objects.filter(key__in=keys, state=ProgrammeState.PUBLISHED) if keys else []
    names = {one.key: one.name_in(language) for one in in_use}
    return [
        {"plan": one, "name": names.get(one.programme_key, ""), "acts": _acts(request, one, **ENDING)}
        for one in running
    ]


def _acts(request: StaffRequest, plan: Plan, **more: StrOrPromise) -> list[Mapping[str, Any]]:
    """Return what may be done with a plan as a whole now; family care is stopped where the household is."""
    offered = {offer.name: offer for offer in moves.offers(plan, by=request.actor, at=request.at)}
    found: list[Mapping[str, Any]] = []
    for name, words in {**WHOLE, **more}.items():
        if (offer := offered.get(name)) and offer.allowed and not offer.missing:
            pausing = name == "pause"
            url = (
                reverse("care:pause", args=[plan.pk])
                if pausing
                else reverse("care:plan-act", args=[plan.pk, name])
            )
            found.append({"name": name, "words": words, "url": url})
    return found


def messages_of(_request: StaffRequest, family: Family) -> Mapping[str, Any]:
    """Return what was sent to the people of a household."""
    return {"lines": showing.sent(Message.objects.filter(subject__member__family=family))}


def messages_to(_request: StaffRequest, donor: Donor) -> Mapping[str, Any] | None:
    """Return what was sent to a volunteer, or why it was not; None where there was nothing yet."""
    whose = Q(subject=donor.subject_id) | Q(subject__donor__merged_into=donor)
    lines = showing.sent(Message.objects.filter(whose))
    return {"lines": lines} if lines else None
