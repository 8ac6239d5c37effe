"""What the cases' room shows at the desk: rail, Today, search, the donor's page, open work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.access import Permission, Staff, StaffRequest, open_work, scope_from
from foundation.desk import rail, search, today
from foundation.trail import Actor
from registry.cases.actions import people
from registry.cases.models import MatchCase, Source
from registry.cases.queries.detail import of_donor
from registry.cases.queries.standing import Clocks
from registry.cases.shows import cards
from registry.cases.states import RED_ZONE
from registry.cases.views import win_back
from registry.cases.views.opening import way_in
from registry.donors import alerts, grid, sections, usage
from registry.donors.models import Donor

P = Permission
MOST: Final = 20
_NUMBER_END: Final = re.compile(r"…?([0-9A-Fa-f]{6})")
_CODE: Final = re.compile(r"[0-9A-Za-z._/-]{3,40}")
HELD: Final[tuple[tuple[str, str | Promise, Permission], ...]] = (
    ("owner", _("Matches, on the donor's side"), P.CASE_WORK),
    ("patient_officer", _("Matches, on the patient's side"), P.CASE_WORK),
    ("companion", _("Donors to accompany"), P.CASE_ACCOMPANY),
)


def register() -> None:
    """Register everything that stands at the desk."""
    rail.register(rail.RailEntry("cases", _("Cases"), "board", "cases:list", frozenset({P.CASE_VIEW}), 35))
    in_order = (
        (12, cards.run_out),
        (13, cards.mine),
        (14, cards.untried),
        (16, cards.ended),
        (17, cards.given),
    )
    for order, context in in_order:
        card = f"cases.{context.__name__}"
        today.register(
            today.Card(card, frozenset({P.CASE_VIEW}), order, "main", "registry/cases/card.html", context)
        )
    decides = frozenset({P.CASE_DECIDE})
    today.register(
        today.Card("cases.take_over", decides, 13, "main", "registry/cases/card.html", cards.take_over)
    )
    search.register(search.Provider(frozenset({P.CASE_VIEW}), find))
    sections.register(sections.Section("cases", 60, P.CASE_VIEW, "registry/cases/of_donor.html", matches_of))
    winning_back = "registry/cases/_win_back.html"
    sections.register(sections.Section("win_back", 62, P.DONOR_VIEW, winning_back, win_back.of_donor))
    usage.register("cases", uses_of)
    alerts.register("cases", alerts_of)
    for officer, label, needs in HELD:
        work = open_work.OpenWork(
            f"cases.{officer}", label, partial(held, officer), _hand_over(officer), needs
        )
        open_work.register(work)


def find(request: StaffRequest, text: str) -> Iterable[search.Hit]:
    """Find cases by the end of their number, a notice's or patient's code, or the donor's number."""
    for case in _found(request, text)[:MOST]:
        detail = f"{_('Match')} · {case.get_state_display()} · {case.patient.code}"
        yield search.Hit(case.short_number, reverse("cases:detail", args=[case.pk]), detail)


def _found(request: StaffRequest, text: str) -> list[MatchCase]:
    """Return what was meant: only indexes are asked, and open cases for the end of a number."""
    seen = MatchCase.objects.visible_to(request.scope).select_related("patient")
    number = grid.normal(text)
    if grid.is_valid(number):
        return list(seen.filter(donor__grid=number).order_by("-id")[:MOST])
    asked: list[MatchCase] = []
    if ending := _NUMBER_END.fullmatch(text):
        as_text = seen.open().annotate(number=Cast("id", CharField()))
        asked += as_text.filter(number__iendswith=ending[1]).order_by("-id")[:MOST]
    if _CODE.fullmatch(text):
        codes = {text, text.upper()}
        of_code = Q(source__in=Source.values, notice_code__in=codes)
        of_patient = Q(patient__source__in=Source.values, patient__code__in=codes)
        asked += seen.filter(of_code).order_by("-id")[:MOST]
        asked += seen.filter(of_patient).order_by("-id")[:MOST]
    return list({case.pk: case for case in asked}.values())


def matches_of(request: StaffRequest, donor: Donor) -> Mapping[str, Any] | None:
    """Return the matches of a donor that the reader may see, for the donor's page."""
    found = of_donor(donor.pk, scope=scope_from(request.roles, P.CASE_VIEW))
    clocks = Clocks(timezone.localdate(request.at))
    rows = [{"case": case, "short": case.short_number, "clock": clocks.of(case)} for case in found]
    open_url = way_in(request, donor)
    return {"rows": rows, "open_url": open_url} if rows or open_url else None


def uses_of(donor: Donor) -> Sequence[usage.Use]:
    """Return the matches that a donor's typing went into."""
    return [
        usage.Use(
            f"{_('Match')} {case.short_number} · {case.get_state_display()}",
            reverse("cases:detail", args=[case.pk]),
        )
        for case in MatchCase.objects.filter(donor=donor).order_by("-id")
    ]


def alerts_of(donor: Donor) -> Sequence[alerts.Alert]:
    """Say that conditioning has begun, wherever this donor's word is taken."""
    if not MatchCase.objects.filter(donor=donor, state__in=RED_ZONE).exists():
        return []
    words = _(
        "The donor may still say no at any time: it is never refused, and everybody concerned is "
        "called at once."
    )
    return [alerts.Alert(_("Conditioning has begun"), words)]


def held(officer: str, staff_id: UUID) -> Sequence[open_work.WorkItem]:
    """Return the open matches in which somebody has a part."""
    cases = MatchCase.objects.open().filter(**{officer: staff_id}).order_by("due_on", "id")
    return [
        open_work.WorkItem(
            str(case.pk),
            f"{case.short_number} · {case.get_state_display()}",
            reverse("cases:detail", args=[case.pk]),
        )
        for case in cases
    ]


def _hand_over(officer: str) -> Callable[[Sequence[str], UUID, Actor, datetime], None]:
    def hand_over(ids: Sequence[str], to: UUID, by: Actor, at: datetime) -> None:
        """Give one person's part in matches to another."""
        staff = Staff.objects.get(pk=to)
        cases = MatchCase.objects.filter(pk__in=list(ids)).select_related("donor")
        for case in cases.order_by("donor__subject"):
            people.hand_over(case, officer, staff, by=by, at=at)

    return hand_over
