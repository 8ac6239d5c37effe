"""Pauses, silence and their ends: hold, out of contact, objection, only if they match."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import calendar, moves, trail
from foundation.access import Permission
from foundation.moves import stops
from foundation.trail import Actor
from registry import signals
from registry.donors.actions import common, rights
from registry.donors.actions.tasks import cancel_tasks, fall_off, open_task
from registry.donors.models import CallKind, ContactChoice, Donor
from registry.donors.reasons import Reason
from registry.donors.states import DonorState


@transaction.atomic
def hold(
    donor: Donor,
    *,
    until: date,
    reason: str,
    by: Actor,
    at: datetime,
    words: str = "",
    on: Any = None,
) -> Donor:
    """
    Pause a donor until a day; on that day they come on the call list.

    :param on: the call on one's screen, where the donor said it there.
    :param until: after today and within 24 months.
    :param reason: a code of ``reasons.FOR_A_HOLD``.
    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    saves = [*common.remember(donor), "return_to", "hold_until", "hold_reason"]
    donor.return_to, donor.hold_until, donor.hold_reason = donor.state, until, reason
    common.move(donor, "hold", by=by, at=at, reason=reason, saves=saves, on=on)
    cancel_tasks(donor, at=at, kinds=[CallKind.PRE_LISTING, CallKind.HOLD_ENDED])
    common.stop_tubes(donor, by=by, at=at)
    common.write_note(donor, about="hold", words=words, by=by, at=at)
    return donor


@transaction.atomic
def change_hold(donor: Donor, *, until: date, reason: str, by: Actor, at: datetime, on: Any = None) -> Donor:
    """
    Set another end of a pause; on that day the donor comes on the call list again.

    :param until: after today and within 24 months.
    :param on: the call on one's screen, where the donor said it there.
    :raises moves.Refused: if the donor is not paused, or the day is not within 24 months.
    """
    donor = common.locked(donor)
    saves = [*common.remember(donor), "hold_until", "hold_reason"]
    before = {"hold_until": donor.hold_until, "reason": donor.hold_reason}
    donor.hold_until, donor.hold_reason = until, reason
    common.move(donor, "change_hold", by=by, at=at, reason=reason, saves=saves, on=on)
    cancel_tasks(donor, at=at, kinds=[CallKind.HOLD_ENDED, CallKind.WAVERS])
    after = {"hold_until": until, "reason": reason}
    trail.record("donor.hold_changed", by=by, at=at, object=donor, before=before, after=after)
    return donor


@transaction.atomic
def release(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    End a pause and go back to where the donor stood, whose guards are asked again.

    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    saves = [*common.remember(donor), "return_to", "hold_until", "hold_reason"]
    common.move(donor, "release", by=by, at=at, saves=saves)
    cancel_tasks(donor, at=at, kinds=[CallKind.HOLD_ENDED])
    if donor.state == DonorState.TYPED:
        open_task(donor, CallKind.PRE_LISTING, due_on=common.day_of(at), at=at)
    return donor


@transaction.atomic
def lose(donor: Donor, *, by: Actor, at: datetime, reason: str = Reason.UC_NO_ANSWER) -> Donor:
    """
    Confirm that a donor cannot be found. From a pause it keeps where the pause would end.

    :raises moves.Refused: if any number was tried on fewer than three days.
    """
    donor = common.locked(donor)
    saves = [*_remember_contact(donor), "return_to", "hold_until", "hold_reason", "found_at"]
    back, donor.found_at = donor.return_to or str(donor.state), None
    common.clear_pause(donor)
    donor.return_to = back
    common.move(donor, "lose", by=by, at=at, reason=reason, saves=saves)
    cancel_tasks(donor, at=at)
    return donor


@transaction.atomic
def recover(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    Say that a donor was found, and go back to where they stood, whose guards are asked again.

    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    saves = [*_remember_contact(donor), "return_to", "contact_verified_on", "found_at"]
    donor.contact_verified_on, donor.found_at = common.day_of(at), None
    common.move(donor, "recover", by=by, at=at, saves=saves)
    return donor


@transaction.atomic
def object_to(donor: Donor, *, by: Actor, at: datetime, words: str = "", on: Any = None) -> Donor:
    """
    Record somebody else's word against it: out of search and silent at once. Said again, it counts anew.

    It withdraws nobody. The donor is called within one working day, and alone decides.

    :raises moves.NotAllowed: if the actor may not record it here.
    """
    donor = common.locked(donor)
    rights.check(on or donor, by=by, at=at, permissions=(Permission.PERSON_STOP,))
    if donor.is_gone:
        raise moves.WrongState(move="object", state=str(donor.state))
    donor.objected_at = at
    donor.save(update_fields=["objected_at"])
    due = calendar.add_working_days(common.day_of(at), settings.OBJECTION_WORKING_DAYS)
    open_task(donor, CallKind.OBJECTION, due_on=due, at=at)
    fall_off(donor, at=at)
    trail.record("donor.objected", by=by, at=at, object=donor)
    common.write_note(donor, about="object", words=words, by=by, at=at)
    stops.collect(signals.donor_silenced, donor=donor, why="objected", by=by, at=at)
    return donor


def lacks_to_lift_the_objection(donor: Donor) -> list[str]:
    """Return what must come first: the donor's own word, since somebody else's was recorded."""
    if donor.objected_at is None:
        return []
    reached = donor.calls.standing().filter(number="donor", result="REACHED", at__gte=donor.objected_at)
    return [] if reached.exists() else [_("Call the donor first: only their own word lifts an objection.")]


@transaction.atomic
def lift_objection(donor: Donor, *, by: Actor, at: datetime, on: Any = None) -> Donor:
    """
    Lift an objection, by the donor's own word.

    :param on: the call on one's screen, where the donor said it there.
    :raises moves.Refused: if the donor has not been reached since it was recorded.
    """
    donor = common.locked(donor)
    rights.check(on or donor, by=by, at=at, permissions=(Permission.CALL_MAKE, Permission.DONOR_HOLD))
    if donor.objected_at is None:
        return donor
    if lacks := lacks_to_lift_the_objection(donor):
        raise moves.Refused(lacks)
    donor.objected_at = None
    donor.save(update_fields=["objected_at"])
    cancel_tasks(donor, at=at, kinds=[CallKind.OBJECTION])
    trail.record("donor.objection_lifted", by=by, at=at, object=donor)
    return donor


@transaction.atomic
def choose_contact(donor: Donor, *, choice: str, by: Actor, at: datetime, on: Any = None) -> Donor:
    """
    Set when this person wants to hear from us; "only if I match" silences all else at once.

    :raises moves.NotAllowed: if the actor may not record it here.
    """
    donor = common.locked(donor)
    rights.check(on or donor, by=by, at=at, permissions=(Permission.PERSON_STOP,))
    before, donor.contact_choice, donor.contact_chosen_at = donor.contact_choice, ContactChoice(choice), at
    donor.save(update_fields=["contact_choice", "contact_chosen_at"])
    trail.record(
        "donor.contact_chosen",
        by=by,
        at=at,
        object=donor,
        before={"choice": before},
        after={"choice": choice},
    )
    if choice == ContactChoice.ONLY_IF_MATCHED:
        fall_off(donor, at=at)
        stops.collect(signals.donor_silenced, donor=donor, why="only_if_matched", by=by, at=at)
    return donor


def _remember_contact(donor: Donor) -> list[str]:
    """Keep, beside what every move keeps, when the donor was last reached; return the field to save."""
    fields = common.remember(donor)
    for name in ("found_at", "contact_verified_on"):
        moment = getattr(donor, name)
        donor.before[name] = moment.isoformat() if moment else None
    return fields
