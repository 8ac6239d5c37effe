"""What the donor's family knows and thinks of a match: one row a person and word, the newest counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, moves, trail
from foundation.access import Permission
from foundation.trail import Actor
from registry.cases import rules
from registry.cases.actions import common
from registry.cases.models import FamilyView, MatchCase
from registry.cases.outcomes import Side
from registry.donors import actions as donors
from registry.donors.models import Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """
    What one of the family knows and thinks.

    :param told_on: the day on which they were told, None where they do not know.
    :param weighs: whether their word decides in this family.
    """

    relation: str
    stance: str
    told_on: date | None = None
    weighs: bool = False
    name: str = field(default="", repr=False)
    words: str = field(default="", repr=False)


@transaction.atomic
def record_view(
    case: MatchCase,
    view: View,
    *,
    by: Actor,
    at: datetime,
    replaces: FamilyView | None = None,
    contact: int | None = None,
) -> FamilyView:
    """
    Write down what one of the family knows and thinks; an older word of the same person gives way.

    :param contact: the place of the donor's contact whom it is about: what is learnt stands there too.
    :raises moves.Refused: if the case has ended, or the day they were told on lies ahead.
    :raises moves.NotAllowed: if the actor may not make contact here.
    """
    case = common.locked(case)
    common.check(case, rules.CONTACT, by=by, at=at, side=Side.DONOR)
    if view.told_on is not None and view.told_on > common.day_of(at):
        raise moves.Refused([_("They cannot have been told on a day that lies ahead.")])
    if not _agrees(view):
        raise moves.Refused([_("Who thinks something of it was told on a day; who does not know was not.")])
    if replaces is not None:
        case.family_views.filter(pk=replaces.pk, replaced_at=None).update(replaced_at=at)
    row = FamilyView(
        case=case, relation=view.relation, at=at, told_on=view.told_on, stance=view.stance,
        weighs=view.weighs, **by.columns(),
    )  # fmt: skip
    common.seal(case, row, name=view.name.strip(), words=view.words.strip())
    row.save(force_insert=True)
    _keep_stance(case, view, at=at)
    trail.record("case.family_recorded", by=by, at=at, object=case, view=row.pk, relation=view.relation)
    if contact is not None:
        _tell_the_record(case, contact, view, by=by, at=at)
    return row


@transaction.atomic
def record_nobody(case: MatchCase, *, by: Actor, at: datetime) -> None:
    """
    Write down that the donor has nobody who is to be asked: that is an answer too.

    :raises moves.Refused: if the case has ended.
    :raises moves.NotAllowed: if the actor may not make contact here.
    """
    case = common.locked(case)
    common.check(case, rules.CONTACT, by=by, at=at, side=Side.DONOR)
    case.stance_at = at
    case.save(update_fields=["stance_at"])
    trail.record("case.family_recorded", by=by, at=at, object=case, relation="")


def _keep_stance(case: MatchCase, view: View, *, at: datetime) -> None:
    """Keep since when the family's stance is known: somebody who was not asked yet makes nothing known."""
    if view.stance != Stance.NOT_ASKED:
        case.stance_at = at
    elif not case.family_views.filter(replaced_at=None).exclude(stance=Stance.NOT_ASKED).exists():
        case.stance_at = None
    case.save(update_fields=["stance_at"])


def _agrees(view: View) -> bool:
    """Return whether what somebody thinks agrees with whether they were told."""
    if view.told_on is not None:
        return view.stance != Stance.NOT_TOLD
    return view.stance in {Stance.NOT_TOLD, Stance.NOT_ASKED}


def _tell_the_record(case: MatchCase, order: int, view: View, *, by: Actor, at: datetime) -> None:
    """Keep at the donor's contact what was learnt of them, where the actor may."""
    contact = case.donor.contacts.filter(order=order).first()
    may = any(
        access.may(by, permission, on=case.donor, at=at)
        for permission in (Permission.CALL_MAKE, Permission.DONOR_EDIT)
    )
    if contact is None or not may:
        return
    knows = contact.may_know or view.told_on is not None
    donors.record_stance(case.donor, order=order, stance=view.stance, may_know=knows, by=by, at=at)
