"""Who looks after a match: taken, named, handed over. The two sides are never one person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, moves, trail
from foundation.access import Branch, Staff, named
from foundation.trail import Actor
from registry.cases import rules
from registry.cases.actions import common
from registry.cases.models import About, MatchCase
from registry.cases.states import OVER, CaseState, reached

OFFICERS = ("owner", "patient_officer", "companion")
HOSPITALS = ("transplant_hospital", "collection_hospital")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """
    Who looks after one match.

    :param at_hospitals: staff of the two hospitals who are named on it.
    """

    owner: Staff | None
    patient_officer: Staff | None
    companion: Staff | None
    transplant_hospital: Branch | None
    collection_hospital: Branch | None
    at_hospitals: Collection[Staff] = ()


@transaction.atomic
def take(case: MatchCase, *, by: Actor, at: datetime) -> MatchCase:
    """
    Take a match into one's own hands; from the hospital's decision on only who may decide.

    :raises moves.Refused: if the actor looks after the patient's side, or the case has ended.
    :raises moves.NotAllowed: if the actor may not.
    """
    case = common.locked(case)
    late = reached(case.stands_at, CaseState.TC_DECISION)
    common.check(case, rules.DECIDE if late else rules.CONTACT, by=by, at=at)
    _give(case, "owner", Staff.objects.get(pk=by.id), by=by, at=at, verb="case.taken")
    return case


@transaction.atomic
def hand_over(case: MatchCase, officer: str, to: Staff, *, by: Actor, at: datetime) -> MatchCase:
    """
    Give one person's part in a match to another; who may, the desk has asked.

    :param officer: ``owner``, ``patient_officer`` or ``companion``.
    :raises moves.Refused: if the two sides would be one person.
    """
    case = common.locked(case)
    before = getattr(case, officer)
    _give(case, officer, to, by=by, at=at, verb="case.handed_over")
    if officer == "companion":
        lets_in = [] if case.state in OVER else [to]  # an ended match takes no new guests
        _name(case, remove=[before] if before else [], add=lets_in)
    return case


@transaction.atomic
def name_people(
    case: MatchCase, people: People, *, by: Actor, at: datetime, seen: str | None = None
) -> MatchCase:
    """
    Say who looks after a match on either side, and who of the hospitals is named on it.

    :param seen: ``stamp`` of the people as whoever chose had them before their eyes.
    :raises moves.Refused: if the two sides would be one person, an owner may not decide where that is
        needed, a colleague has changed the people since, or the case has ended.
    :raises moves.NotAllowed: if the actor may not.
    """
    case = common.locked(case)
    common.check(case, rules.WORK, by=by, at=at)
    if seen is not None and seen != stamp(case):
        words = _("A colleague has changed the people of this match meanwhile. Open the page anew.")
        raise moves.Refused([words])
    before = _ids(case)
    for officer in (*OFFICERS, *HOSPITALS):
        setattr(case, officer, getattr(people, officer))
    _check_sides(case)
    if people.owner is not None and before["owner"] != str(people.owner.pk):
        _check_may_own(case, people.owner, at=at)
    case.save(update_fields=[*OFFICERS, *HOSPITALS])
    wanted = {*people.at_hospitals, *([people.companion] if people.companion else [])}
    standing = set(named.staff_on(case))
    _name(case, remove=standing - wanted, add=wanted - standing)
    after = _ids(case)
    _write_down(case, before, after, renamed=standing != wanted, by=by, at=at)
    return case


def stamp(case: MatchCase) -> str:
    """Return a short mark of who looks after a match: another one as soon as anybody else does."""
    named_on_it = sorted(str(staff.pk) for staff in named.staff_on(case))
    said = json.dumps([_ids(case), named_on_it], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _write_down(
    case: MatchCase, before: dict[str, str], after: dict[str, str], *, renamed: bool, by: Actor, at: datetime
) -> None:
    changed = {name for name, value in after.items() if before[name] != value}
    if changed & set(OFFICERS):
        common.write_note(case, About.OFFICERS, by=by, at=at)
    if changed & set(HOSPITALS) or renamed:
        common.write_note(case, About.HOSPITALS, by=by, at=at)
    if changed or renamed:
        people = sorted(str(staff.pk) for staff in named.staff_on(case))
        trail.record(
            "case.people_named", by=by, at=at, object=case, before=before, after=after, named=",".join(people)
        )


def _give(case: MatchCase, officer: str, to: Staff, *, by: Actor, at: datetime, verb: str) -> None:
    before = _ids(case)
    setattr(case, officer, to)
    _check_sides(case)
    case.save(update_fields=[officer])
    if before == _ids(case):
        return
    common.write_note(case, About.OFFICERS, by=by, at=at)
    trail.record(verb, by=by, at=at, object=case, before=before, after=_ids(case))


def _check_sides(case: MatchCase) -> None:
    """Refuse that one person stands on both sides. Source: domain.md section 1"""
    if case.patient_officer_id and case.patient_officer_id in {case.owner_id, case.companion_id}:
        raise moves.Refused(
            [_("The donor's side and the patient's side of one match are never the same person.")]
        )


def _check_may_own(case: MatchCase, owner: Staff, *, at: datetime) -> None:
    """Refuse an owner who may not decide, where decisions are due. Source: domain.md section 3, owners"""
    if not reached(case.stands_at, CaseState.TC_DECISION):
        return
    if not access.may(access.actor_for(owner.pk, None, at=at), rules.DECIDE[0], on=case, at=at):
        raise moves.Refused([_("From the hospital's decision on a registry manager owns the match.")])


def _name(case: MatchCase, *, remove: Collection[Staff], add: Collection[Staff]) -> None:
    for staff in remove:
        named.remove(staff, case)
    for staff in add:
        named.add(staff, case)


def _ids(case: MatchCase) -> dict[str, Any]:
    return {name: str(getattr(case, f"{name}_id") or "") for name in (*OFFICERS, *HOSPITALS)}


@transaction.atomic
def add_note(case: MatchCase, *, words: str, by: Actor, at: datetime) -> None:
    """
    Keep words beside a match, sealed; of one that has ended too.

    :raises moves.NotAllowed: if the actor may not.
    """
    case = common.locked(case)
    common.check(case, rules.CONTACT, by=by, at=at, open_only=False)
    common.write_note(case, About.NOTE, by=by, at=at, words=words)
    trail.record("case.noted", by=by, at=at, object=case)
