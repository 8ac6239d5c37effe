"""What every act on a donor begins and ends with: the locks, the fresh row, the word to the rooms above."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import approvals, moves, vault
from foundation.moves import Step, stops
from foundation.trail import Actor
from registry import signals
from registry.donors.actions.tasks import fall_off
from registry.donors.models import Contact, Donor, MoveNote

OF_WHO_STAYS: Final = ("donors.relist", "donors.transfer")  # questions that nobody answers once they left


def locked(donor: Donor) -> Donor:
    """Lock a donor's person, and return the donor as the row is now."""
    vault.lock(donor.subject_id)
    return Donor.objects.get(pk=donor.pk)


def contact_at(donor: Donor, order: int | str) -> Contact:
    """
    Return who stands at a place among a donor's contacts.

    :raises moves.Refused: if a colleague took them off meanwhile.
    """
    contact = donor.contacts.filter(order=order).first()
    if contact is None:
        raise moves.Refused([_("This contact was taken off meanwhile. Nothing was written down.")])
    return contact


def locked_kept(donor: Donor) -> Donor:
    """
    Lock a donor's person and return the record that stands for them now.

    Both records of somebody whose two were joined are locked at once: a parting locks both too.
    """
    joined = Donor.objects.filter(pk=donor.pk, merged_into__isnull=False)
    vault.lock(donor.subject_id, *joined.values_list("merged_into__subject", flat=True))
    donor = locked(donor)
    return donor if donor.merged_into is None else locked(donor.merged_into)


def move(
    donor: Donor,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    on: Any = None,
    saves: Collection[str] = (),
    recorded_at: datetime | None = None,
    **facts: Any,
) -> Step:
    """
    Make a move of a locked donor, with the facts of the act, and tell the rooms above.

    What the move clears is kept in ``before``, so that a mistake can be undone. Calls whose
    reason no longer holds fall off the lists, and so do questions about who has left.

    :raises moves.Refused: with every sentence that stands against it.
    """
    facts.setdefault("given", True)
    step = moves.make(
        donor, name, by=by, at=at, reason=reason, on=on, saves=saves, recorded_at=recorded_at, **facts
    )
    if donor.is_gone:  # who leaves is taken off every call list by the act itself, which counts them
        for kind in OF_WHO_STAYS:
            approvals.close(kind, [donor.pk], by=by, at=at)
    else:
        fall_off(donor, at=at)
    signals.donor_moved.send(Donor, donor=donor, step=step, by=by, at=at)
    return step


def remember(donor: Donor) -> list[str]:
    """Keep what a move is about to clear or set; return the field to save."""
    donor.before = {
        "state": str(donor.state),
        "return_to": donor.return_to,
        "hold_until": donor.hold_until.isoformat() if donor.hold_until else None,
        "hold_reason": donor.hold_reason,
        "listed_on": donor.listed_on.isoformat() if donor.listed_on else None,
        "left_at": donor.left_at.isoformat() if donor.left_at else None,
        "left_reason": donor.left_reason,
    }
    return ["before"]


def clear_pause(donor: Donor) -> list[str]:
    """Forget where a pause would end; return the fields to save."""
    donor.return_to, donor.hold_until, donor.hold_reason = "", None, ""
    return ["return_to", "hold_until", "hold_reason"]


def leave(donor: Donor, *, at: datetime, reason: str) -> list[str]:
    """Note that the donor has left; return the fields to save."""
    kept = remember(donor)
    donor.left_at, donor.left_reason = at, reason
    return [*kept, *clear_pause(donor), "left_at", "left_reason"]


def write_note(donor: Donor, *, about: str, words: str, by: Actor, at: datetime) -> MoveNote | None:
    """Keep somebody's words beside a move, sealed under the donor's key."""
    if not words.strip() or donor.subject.key_id is None:
        return None
    note = MoveNote(donor=donor, about=about, at=at, **by.columns())
    vault.seal(note, key=donor.subject.key_id, words=words.strip())
    note.save(force_insert=True)
    return note


def stop_tubes(donor: Donor, *, by: Actor, at: datetime) -> None:
    """Take the donor's tubes out of boxes that have not left; they are kept."""
    stops.collect(signals.sample_stopped, donor=donor, by=by, at=at)


def day_of(at: datetime) -> date:
    """Return the day of a moment where the branch stands."""
    return timezone.localdate(at)


def by_id(donor_id: UUID) -> Donor:
    """Return a donor by id, for tasks that carry ids alone."""
    return Donor.objects.select_related("subject").get(pk=donor_id)
