"""What the families' room shows in, and asks of, the rooms below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consent import people
from consent import signals as consent_signals
from foundation import approvals, vault
from foundation.access import Permission, Staff, StaffRequest, open_work
from foundation.approvals import Approval
from foundation.desk import belongings, rail, search, today
from foundation.trail import Actor
from foundation.vault import Capacity
from registry.families import actions, cards, indexing, queries, receivers
from registry.families.actions.households import MOVE
from registry.families.models import (
    Complaint,
    Family,
    FamilyMove,
    FamilyNote,
    Giver,
    Member,
    OwnRite,
    Rite,
    SilentDay,
    WallObjection,
    WallPage,
)

P = Permission


def register() -> None:
    """Register what stands at the desk, receivers, indexes, and whose rows are whose."""
    _at_the_desk()
    indexing.answer_for_families()
    belongings.register({Giver: "subject", Member: "subject", Family: "giver__subject"})
    of_household = (Complaint, FamilyMove, FamilyNote, OwnRite, Rite, SilentDay)
    belongings.register(dict.fromkeys(of_household, "family__giver__subject"))
    belongings.register({WallPage: "giver__subject", WallObjection: "member__subject"})
    consent_signals.withdrawn.connect(receivers.a_consent_ended, dispatch_uid="families.wall_withdrawn")
    consent_signals.expired.connect(receivers.a_consent_ended, dispatch_uid="families.wall_expired")
    vault.died_reported.connect(receivers.somebody_was_reported_dead, dispatch_uid="families.died")
    vault.erased.connect(receivers.somebody_was_erased, dispatch_uid="families.erased")


def _at_the_desk() -> None:
    rail.register(
        rail.RailEntry("families", _("Families"), "person", "families:list", frozenset({P.FAMILY_VIEW}), 60)
    )
    edits = frozenset({P.FAMILY_EDIT})
    template = "registry/families/cards/nobody.html"
    today.register(today.Card("families.nobody", edits, 21, "main", template, cards.nobody_stays))
    wall = "registry/families/cards/wall.html"
    today.register(today.Card("families.wall", edits, 34, "main", wall, cards.wall_waits))
    search.register(search.Provider(frozenset({P.FAMILY_VIEW}), find, _("Phone or name of one of a family")))
    people.register(Capacity.RELATIVE, queries.describe)
    work = open_work.OpenWork("families.families", _("Families"), families_of, hand_over, P.FAMILY_EDIT)
    open_work.register(work)
    approvals.register(
        approvals.Kind(
            key=MOVE,
            label=_("Look after a family that another branch offers"),
            permission=P.FAMILY_EDIT,
            second=P.FAMILY_EDIT,
            on_yes=answer_move,
            describe=describe_move,
        )
    )


def find(request: StaffRequest, text: str) -> Iterable[search.Hit | search.Note]:
    """Find families by what was typed into the search box; who is meant stands masked."""
    found = queries.find_families(text, scope=request.scope)
    for family, name in zip(found, queries.masked_names([family.giver for family in found]), strict=True):
        detail = f"{_('Family')} · {family.branch.name} · {family.short}"
        yield search.Hit(str(name), reverse("families:detail", args=[family.pk]), detail)


def families_of(staff_id: UUID) -> Sequence[open_work.WorkItem]:
    """Return the families with whom somebody stays."""
    held = Family.objects.filter(officer=staff_id, stopped_at__isnull=True).order_by("-id")
    return [
        open_work.WorkItem(str(family.pk), family.short, reverse("families:detail", args=[family.pk]))
        for family in held
    ]


def hand_over(ids: Sequence[str], to: UUID, by: Actor, at: datetime) -> None:
    """Let somebody else stay with families."""
    officer = Staff.objects.get(pk=to)
    for family in Family.objects.filter(pk__in=list(ids)).select_related("giver").order_by("giver__subject"):
        actions.hand_over(family, officer, by=by, at=at)


def answer_move(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Take in the family, as the other branch offers."""
    actions.answer_move(approval, by=by, at=at)


def describe_move(approval: Approval) -> str:
    """Say which branch offers; whom, is seen once it was taken in."""
    move = FamilyMove.objects.select_related("from_branch", "to_branch").filter(pk=approval.object_id).first()
    return f"{move.from_branch.name} → {move.to_branch.name}" if move else ""
