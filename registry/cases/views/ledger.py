"""The ledger of exits: where and why matches end; and what is tried when a donor wavers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from registry.cases import ledgers, outcomes
from registry.cases.actions import intervening
from registry.cases.forms.ledger import MONTHS, Cut, Settled, Wavers
from registry.cases.forms.sheets import WhyTaken
from registry.cases.ledgers import Cohort, Ids
from registry.cases.models import Intervention, MatchCase
from registry.cases.outcomes import Side
from registry.cases.queries import win_back
from registry.cases.queries.ledger import walks_of
from registry.cases.querysets import MatchCaseQuerySet
from registry.cases.states import CaseState
from registry.cases.views.common import crumbs, seen_case
from registry.cases.views.facts import taken_in
from registry.donors import queries as donors
from registry.donors.guards import months_later
from registry.donors.reasons import Parent

P = Permission
CONTACT: Final = (P.CASE_VIEW, P.CASE_CONTACT)
PARTS: Final = {
    "all": gettext_lazy("Opened"),
    "still_open": gettext_lazy("Still open"),
    "donated": gettext_lazy("Donated"),
    "waiting": gettext_lazy("Ended while waiting behind another"),
    "entered": gettext_lazy("Entered this stage"),
    "still_there": gettext_lazy("Still there"),
    "donor": gettext_lazy("Ended on the donor's side"),
    "other": gettext_lazy("Another reason on the donor's side"),
    "patient": gettext_lazy("Ended on the patient's side"),
    "neither": gettext_lazy("Ended on neither side"),
    "left": gettext_lazy("Regret"),
    "base": gettext_lazy("Of whom"),
    "near": gettext_lazy("Near misses"),
    "before_the_base": gettext_lazy("Left before they were reached"),
    "asked": gettext_lazy("Asked to come back"),
    "back": gettext_lazy("Is back"),
}


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the ledger, and the address of the cases it counts; "" where there are none."""

    value: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """How the ledger is cut: the matches of a cohort, or of all the months that were asked for."""

    cohort: Cohort
    keys: list[str]
    query: dict[str, str]

    def number(self, ids: Ids, what: str) -> Number:
        """Return a number that opens what it counts."""
        url = f"{reverse('cases:ledger-cases')}?{urlencode({**self.query, 'what': what})}" if ids else ""
        return Number(len(ids), url)


@requires(P.CASE_VIEW)
@require_GET
def ledger(request: StaffRequest) -> HttpResponse:
    """Show exits by stage and side, attrition, and regret with its near misses."""
    form, asked = _asked(request)
    cohort = asked.cohort
    context = {
        "form": form,
        "asked": asked,
        "cohorts": [
            (key, f"?{urlencode({**asked.query, 'cohort': key})}", key == cohort.key) for key in asked.keys
        ],
        "whole_url": "?" + urlencode({k: v for k, v in asked.query.items() if k != "cohort"}),
        "figures": [
            (PARTS[name], asked.number(getattr(cohort, name), name))
            for name in ("all", "still_open", "donated", "waiting")
        ],
        "parents": ledgers.MAIN,
        "stages": [_stage(asked, stage) for stage in cohort.stages],
        "regrets": [_regret(asked, regret) for regret in cohort.regrets],
        "apart": [
            (Parent(parent).label, asked.number(ids, f"apart.{parent}"))
            for parent, ids in cohort.apart.items()
        ],
        "codes": [
            {
                "words": _label(code),
                "side": outcomes.side_of(code).label,
                "left": asked.number(ids, f"code.{code}"),
                "asked": asked.number(cohort.asked.get(code, frozenset()), f"asked.{code}"),
                "back": asked.number(cohort.back.get(code, frozenset()), f"back.{code}"),
            }
            for code, ids in cohort.codes.items()
        ],
        "won_back": _won_back(request, form, cohort.key),
        "crumbs": crumbs(request, None, _("Ledger of exits")),
    }
    return render(request, "registry/cases/ledger.html", context)


def _won_back(request: StaffRequest, form: Cut, key: str) -> list[win_back.OfReason]:
    """Return who was asked to come back, by why they had left; in the time of the cohort, by its tries."""
    months, by = form.months_back, form.pieces
    tries = win_back.tries_since(request.scope, since=_back(request.at, months))
    if key:
        tries = [one for one in tries if ledgers.cohort_of(timezone.localdate(one.at), by) == key]
    return win_back.counted(tries)


def _stage(asked: Asked, stage: ledgers.OfStage) -> dict[str, Any]:
    name = f"stage.{stage.stage}"
    known = {parent: stage.by_parent.get(parent, frozenset()) for parent in ledgers.MAIN}
    return {
        "label": CaseState(stage.stage).label,
        "attrition": (len(stage.donor), len(stage.entered)),
        "by_parent": [
            (Parent(parent).label, asked.number(ids, f"{name}.donor.{parent}"))
            for parent, ids in known.items()
        ],
        **{
            part: asked.number(getattr(stage, part), f"{name}.{part}")
            for part in ("entered", "still_there", "donor", "other", "patient", "neither")
        },
    }


def _regret(asked: Asked, regret: ledgers.OfRegret) -> dict[str, Any]:
    return {
        "key": regret.regret,
        "label": outcomes.Regret(regret.regret).label,
        "rate": (len(regret.left), len(regret.base)),
        **{
            part: asked.number(getattr(regret, part), f"regret.{regret.regret}.{part}")
            for part in ("left", "base", "near", "before_the_base")
        },
    }


@requires(P.CASE_VIEW)
@require_GET
def ledger_cases(request: StaffRequest) -> HttpResponse:
    """List the cases that one number of the ledger counts."""
    asked, found = cases_counted(request)
    page = paginate(found.select_related("donor__subject", "patient"), request.GET, key="-id")
    names = donors.masked_names([case.donor for case in page.items])
    context = {
        "words": _words_of(asked["what"]),
        "cohort": asked.get("cohort", ""),
        "page": page,
        "rows": [
            {"case": case, "short": case.short_number, "name": name}
            for case, name in zip(page.items, names, strict=True)
        ],
        "back": f"{reverse('cases:ledger')}?{urlencode({k: v for k, v in asked.items() if k != 'what'})}",
        "taking": WhyTaken() if request.holds(P.DONOR_EXPORT) else None,
        "crumbs": crumbs(request, None, _("Ledger of exits")),
    }
    return render(request, "registry/cases/ledger_cases.html", context)


def cases_counted(request: StaffRequest) -> tuple[dict[str, str], MatchCaseQuerySet]:
    """Return what was asked for, in codes, and the cases that this number of the ledger counts."""
    _form, asked = _asked(request)
    what = request.GET.get("what", "all")
    ids = ledgers.counted(asked.cohort, what)
    if ids is None:
        raise Http404
    return {**asked.query, "what": what}, MatchCase.objects.visible_to(request.scope).filter(pk__in=ids)


def _asked(request: StaffRequest) -> tuple[Cut, Asked]:
    form = Cut({"months": MONTHS, "by": ledgers.QUARTER} | request.GET.dict())
    months, by = form.months_back, form.pieces
    walks = walks_of(MatchCase.objects.visible_to(request.scope), since=_back(request.at, months))
    found = {cohort.key: cohort for cohort in ledgers.cohorts(walks, by=by)}
    key = request.GET.get("cohort", "")
    query = {"months": str(months), "by": by}
    if key in found:
        return form, Asked(found[key], list(found), {**query, "cohort": key})
    return form, Asked(ledgers.whole(walks), list(found), query)


def _back(at: datetime, months: int) -> datetime:
    """Return the moment so many months before."""
    return at - (months_later(at.date(), months) - at.date()) - timedelta(days=1)


def _words_of(what: str) -> str:
    """Return in words what a number counts."""
    words = []
    for part in what.split("."):
        if part in CaseState.values:
            words.append(str(CaseState(part).label))
        elif part in Parent.values:
            words.append(str(Parent(part).label))
        elif part in outcomes.Regret.values:
            words.append(str(outcomes.Regret(part).label))
        elif part in PARTS:
            words.append(str(PARTS[part]))
        elif part in outcomes.CODES:
            words.append(_label(part))
    return " · ".join(words)


def _label(code: str) -> str:
    return str(dict(outcomes.CHOICES).get(code, code))


@requires(*CONTACT)
@require_http_methods(["GET", "POST"])
def intervene(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that a donor wavers, what was offered, and what came of it."""
    case = seen_case(request, pk)
    form = Wavers(request.POST if request.method == "POST" else None)
    return taken_in(
        request,
        case,
        form,
        intervening.intervene,
        _("Written down."),
        title=_("The donor wavers"),
        side=Side.DONOR,
        explained=_(
            "Three ways are always open to them: only call me if I match, pause until a day, or withdraw. "
            "Nothing here holds anybody."
        ),
        press=_("Write down"),
    )


@requires(*CONTACT)
@require_POST
def settle(request: StaffRequest, pk: UUID, tried_id: UUID) -> HttpResponse:
    """Write down what came of an intervention."""
    case = seen_case(request, pk)
    tried = get_object_or_404(Intervention.objects.select_related("case__donor"), pk=tried_id, case=case)
    form = Settled(request.POST)
    if form.is_valid():
        with Attempt(request) as attempt:
            intervening.settle_intervention(
                tried, result=form.cleaned_data["result"], by=request.actor, at=request.at
            )
        if attempt.ok:
            messages.success(request, _("Written down."))
    return redirect("cases:detail", pk=case.pk)
