"""What the memorial wall shows in public, and what a family's page says of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent import gate
from consent.models import Consent
from consent.purposes import Purpose
from foundation import moves, vault
from foundation.access import Branch, Scope
from foundation.trail import Actor
from registry.families.models import Family, Member, WallObjection, WallPage
from registry.families.querysets import WallPageQuerySet
from registry.families.states import WallState

WORK: Final = {
    "write": _("Change what the family asked for"),
    "show": _("Show the family"),
    "hear": _("Hear what the family says"),
    "approve": _("Look at it and put it up"),
    "ending": _("Ask whether it should stay"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One name as the public reads it."""

    name: str
    words: str
    years: str


@dataclass(frozen=True, slots=True)
class OnPage:
    """What a family's page says of the memorial wall."""

    page: WallPage | None
    offers: dict[str, moves.Offer]
    objections: list[WallObjection]
    consents: list[Consent]  # in force, or waiting for their scan
    in_public: bool
    here: bool  # it is this household that is asked


def on_the_wall(on: date) -> WallPageQuerySet:
    """
    Return those that the public may read on a day.

    Everything is asked here again, whatever the state says: the giver's own wish, every relative's
    no, one consent in force, and that nothing was erased.
    """
    members = Member.objects.filter(family__giver=OuterRef("giver"))
    consents = members.filter(gate.agreed(Purpose.MEMORIAL_WALL), subject__erased_at__isnull=True)
    return WallPage.objects.filter(
        ~Exists(_against(members)),
        Exists(consents),
        state=WallState.ON_WALL,
        ends_on__gte=on,
        giver__confidential_at__isnull=True,
        giver__subject__erased_at__isnull=True,
    )


def of_branch(pages: WallPageQuerySet, branch: Branch) -> WallPageQuerySet:
    """Keep those of a branch and of all below it."""
    return pages.filter(family__branch_path__startswith=branch.path)


def entries(pages: Sequence[WallPage]) -> list[Entry]:
    """Return what stands on the wall; a name that does not open stands there not at all."""
    found = zip(pages, vault.open(pages, ["name", "words"]), strict=True)
    return [
        Entry(cells["name"], cells["words"] if isinstance(cells["words"], str) else "", _years(page))
        for page, cells in found
        if isinstance(cells["name"], str)
    ]


def entry_of(page: WallPage) -> Entry | None:
    """Return one name exactly as the public would read it; None where it does not open."""
    return next(iter(entries([page])), None)


def wall_of(family: Family, *, by: Actor, at: datetime, on: date) -> OnPage:
    """Return what a family's page says: where it stands, the next acts, what they miss, who objects."""
    found = WallPage.objects.filter(giver=family.giver_id).select_related("giver__subject", "family__branch")
    page = found.first()
    offers = {offer.name: offer for offer in moves.offers(page, by=by, at=at)} if page else {}
    against = WallObjection.objects.open().filter(member__family__giver=family.giver_id)
    signed = Consent.objects.standing().filter(
        purpose=Purpose.MEMORIAL_WALL,
        subject__member__family__giver=family.giver_id,
        subject__erased_at__isnull=True,
    )
    return OnPage(
        page=page,
        offers=offers,
        objections=list(against.select_related("member__family").order_by("id")),
        consents=list(signed.select_related("subject__member").order_by("id")),
        in_public=page is not None and on_the_wall(on).filter(pk=page.pk).exists(),
        here=page is None or page.family_id == family.pk,
    )


def waiting(pages: WallPageQuerySet, on: date, what: str = "") -> WallPageQuerySet:
    """
    Keep those with which somebody has to do something.

    :param what: only one kind of it, a key of ``WORK``.
    """
    kinds = {
        "write": Q(state=WallState.DRAFT, change_asked_at__isnull=False),
        "show": Q(state=WallState.DRAFT, change_asked_at__isnull=True),
        "hear": Q(state=WallState.SHOWN),
        "approve": Q(state=WallState.AGREED),
        "ending": Q(state=WallState.ON_WALL, ends_on__lte=on + timedelta(days=settings.WALL_ENDING_DAYS)),
    }
    wanted = kinds.get(what)
    if wanted is None:
        wanted = Q()
        for kind in kinds.values():
            wanted |= kind
    members = Member.objects.filter(family__giver=OuterRef("giver"))
    return pages.filter(wanted, ~Exists(_against(members)), giver__confidential_at__isnull=True)


def work_on(page: WallPage) -> str | Promise:
    """Return what is to do with one of those that wait."""
    kind = {WallState.SHOWN: "hear", WallState.AGREED: "approve", WallState.ON_WALL: "ending"}
    before = "write" if page.change_asked_at else "show"
    return WORK[kind.get(WallState(page.state), before)]


def people_to_ask(page: WallPage, scope: Scope) -> list[tuple[str, str]]:
    """
    Return who of the giver's living relatives may answer, by place and relation: no name is opened.

    :param scope: whose households; another branch hears its own.
    """
    mine = Member.objects.visible_to(scope).living()
    members: Iterable[Member] = mine.filter(family__giver=page.giver_id).order_by("family", "order")
    return [(str(one.pk), f"{one.order + 1} · {one.get_kin_display()}") for one in members]


def change_asked(page: WallPage) -> Any:
    """Return what the family would have changed, opened."""
    return vault.open_one(page, "change_asked")["change_asked"]


def _against(members: QuerySet[Member]) -> QuerySet[Member]:
    return members.filter(wall_objections__at__isnull=False, wall_objections__lifted_at__isnull=True)


def _years(page: WallPage) -> str:
    """Return the years of birth and death, where the family wishes them; read with the giver."""
    if not page.years_shown:
        return ""
    giver = page.giver
    return f"{giver.born_on.year} – {giver.died_on.year}" if giver.born_on else str(giver.died_on.year)
