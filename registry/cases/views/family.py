"""The family map of a match, and talks: with the family, a doctor, a former donor, before the consent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.cases import actions
from registry.cases.forms.contact import FamilyForm, PeersForm, TalkForm
from registry.cases.models import MatchCase, Talk, TalkKind, TalkState
from registry.cases.outcomes import Side
from registry.cases.queries import contact as queries
from registry.cases.queries import peers as peer_queries
from registry.cases.views.common import act_page, seen_case, seen_cases
from registry.donors import queries as donors
from registry.donors.models import Stance

P = Permission


@requires(P.CASE_CONTACT, P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def family(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show who knows and what they think, and write down one more; each look is written down."""
    case = seen_case(request, pk)
    if request.method == "POST" and "nobody" in request.POST:
        return _nobody(request, case)
    replaces = _replaced(request, case)
    form = FamilyForm(
        request.POST if request.method == "POST" else None, initial=_known(request, case, replaces)
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.record_view(
                case,
                actions.View(**form.cleaned_data),
                replaces=replaces,
                contact=_order(request),
                by=request.actor,
                at=request.at,
            )
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("cases:family", pk=case.pk)
    trail.record("case.family_viewed", by=request.actor, at=request.at, object=case)
    relatives = queries.family_of(case)
    return act_page(
        request,
        case,
        form,
        title=_("The family"),
        side=Side.DONOR,
        press=_("Write down"),
        family=relatives,
        contacts=queries.contacts_not_asked(case, relatives),
        replaces=replaces,
        order=_order(request),
        talk=case.talks.filter(kind=TalkKind.FAMILY).order_by("-id").first(),
        template="registry/cases/family.html",
    )


@requires(P.CASE_CONTACT, P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def talk(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Offer a talk, or write down one that was held or is not wanted."""
    case = seen_case(request, pk)
    asked = request.GET.get("about", "")
    initial = {"kind": asked} if asked in TalkKind.values else {}
    form = TalkForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with Attempt(request, form) as attempt:
            made = actions.offer_talk(case, kind=said["kind"], words=_first_words(said), **_whom(request))
            _settle(request, made, said)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("cases:detail", pk=case.pk)
    return act_page(
        request,
        case,
        form,
        title=_("A talk"),
        side=Side.DONOR,
        explained=_("Offer it, do not press. The talk before the final consent is held a day before it."),
        press=_("Write down"),
    )


@requires(P.CASE_CONTACT, P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def settle(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down what became of a talk that was offered."""
    found = get_object_or_404(Talk.objects.filter(case__in=seen_cases(request)), pk=pk)
    case = seen_case(request, found.case_id)
    form = TalkForm(
        request.POST if request.method == "POST" else None, kind=found.kind, initial={"state": TalkState.HELD}
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            _settle(request, found, form.cleaned_data)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("cases:detail", pk=case.pk)
    title = str(found.get_kind_display())
    return act_page(request, case, form, title=title, press=_("Write down"), side=Side.DONOR)


@requires(P.CASE_CONTACT, P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def peers(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Offer former donors who agreed to talk with others: first names, cities, decades; nothing else."""
    case = seen_case(request, pk)
    willing = peer_queries.willing(request.scope, besides=case.donor)
    form = PeersForm(request.GET or None, cities=peer_queries.cities(willing), decades=peer_queries.DECADES)
    if request.method == "POST" and not request.POST.get("peer"):
        messages.error(request, _("Choose whom to offer."))
        return redirect("cases:peers", pk=case.pk)
    if request.method == "POST":
        peer = get_object_or_404(willing, pk=_uuid(request.POST["peer"]))
        with Attempt(request) as attempt:
            actions.offer_talk(case, kind=TalkKind.PEER, peer=peer, **_whom(request))
        if attempt.ok:
            messages.success(request, _("Offered. Write down afterwards what came of it."))
            return redirect("cases:detail", pk=case.pk)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = peer_queries.offered(willing, on=timezone.localdate(request.at), **wanted)
    trail.record("case.peers_viewed", by=request.actor, at=request.at, object=case, shown=len(found))
    return act_page(
        request, case, None, title=_("Somebody who has donated"), side=Side.DONOR, found=found, filters=form,
        template="registry/cases/peers.html",
    )  # fmt: skip


def _nobody(request: StaffRequest, case: MatchCase) -> HttpResponse:
    with Attempt(request) as attempt:
        actions.record_nobody(case, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Written down."))
    return redirect("cases:family", pk=case.pk)


def _replaced(request: StaffRequest, case: MatchCase) -> Any:
    """Return whose older word a new one replaces, None where it is about somebody new."""
    said = request.POST.get("of") or request.GET.get("of", "")
    if not said:
        return None
    return get_object_or_404(case.family_views.filter(replaced_at=None), pk=_uuid(said))


def _known(request: StaffRequest, case: MatchCase, replaces: Any) -> dict[str, Any]:
    """Return what is known of whom the form is about: an older word, or the donor's contact."""
    if replaces is not None:
        row = next(one for one in queries.family_of(case) if one.view.pk == replaces.pk)
        told = {"told_on": replaces.told_on, "stance": replaces.stance, "weighs": replaces.weighs}
        return {"relation": replaces.relation, "name": str(row.name or ""), **told}
    order = _order(request)
    known = next((one for one in donors.contacts_of(case.donor) if one.contact.order == order), None)
    if known is None:
        return {}
    stance = known.contact.stance if known.contact.stance != Stance.NOT_ASKED else ""
    return {"relation": known.contact.relation, "name": str(known.name or ""), "stance": stance}


def _order(request: StaffRequest) -> int | None:
    """Return the place of the donor's contact whom the form is about."""
    said = request.POST.get("contact") or request.GET.get("contact", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 4 else None  # noqa: PLR2004


def _settle(request: StaffRequest, made: Talk, said: dict[str, Any]) -> None:
    if said["state"] == TalkState.OFFERED:
        return
    held = said["state"] == TalkState.HELD
    when = said.get("held_at") if held else None
    actions.settle_talk(made, held=held, held_at=when, words=said["words"], **_whom(request))


def _first_words(said: dict[str, Any]) -> str:
    """Return the words that belong to an offer; those of a settled talk are written with its end."""
    return str(said["words"]) if said["state"] == TalkState.OFFERED else ""


def _whom(request: StaffRequest) -> dict[str, Any]:
    return {"by": request.actor, "at": request.at}


def _uuid(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise Http404 from None
