"""What must be true before a tube or a box moves on. Each answers yes or no; the table says the words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings

from foundation.access import BranchKind

if TYPE_CHECKING:
    from foundation.moves import Move


def volume_fits_the_kind(move: Move[Any]) -> bool:
    """Return whether the volume is that of a tube of blood, or unknown, or of a swab and so none."""
    return fits(move.object.kind, move.object.volume_ml)


def fits(kind: str, volume_ml: Decimal | None) -> bool:
    """Return whether a tube of this kind may hold this much."""
    if volume_ml is None:
        return True
    lowest, highest = settings.SAMPLE_BLOOD_ML
    return kind == "BLOOD" and Decimal(str(lowest)) <= volume_ml <= Decimal(str(highest))


def volume_is_enough_or_unmeasured(move: Move[Any]) -> bool:
    """Return whether the laboratory found enough blood, or measured nothing."""
    volume = move.object.volume_ml
    return volume is None or volume >= Decimal(str(settings.SAMPLE_BLOOD_ML[0]))


def box_is_open(move: Move[Any]) -> bool:
    """Return whether the box of this tube is being filled."""
    batch = move.facts.get("batch") or move.object.batch
    return batch is not None and batch.state == "OPEN"


def box_has_room(move: Move[Any]) -> bool:
    """Return whether another tube goes into the box."""
    batch = move.facts.get("batch") or move.object.batch
    return batch is not None and batch.samples.count() < settings.BATCH_TUBES_MOST


def goes_to_a_laboratory(move: Move[Any]) -> bool:
    """Return whether the box is addressed to a laboratory at work."""
    laboratory = move.object.laboratory
    return bool(laboratory.kind == BranchKind.LABORATORY and laboratory.active)


def box_is_not_empty(move: Move[Any]) -> bool:
    """Return whether there is a tube in the box."""
    return bool(move.object.samples.exists())


def nothing_in_it_is_to_be_destroyed(move: Move[Any]) -> bool:
    """Return whether every tube in the box is one to send."""
    return not move.object.samples.exclude(state="BATCHED").exists()


def manifest_tells_what_is_in_it(move: Move[Any]) -> bool:
    """Return whether the box holds just what its manifest says, and the manifest is the one sealed."""
    return bool(move.facts.get("manifest_holds"))


def every_tube_may_go(move: Move[Any]) -> bool:
    """Return whether no donor of a tube in the box stands in the way."""
    return not move.facts.get("refused", 0)


def nothing_is_missing(move: Move[Any]) -> bool:
    """Return whether each tube on the manifest has arrived or been turned away."""
    return not move.object.samples.missing().exists()


def destruction_day_has_come(move: Move[Any]) -> bool:
    """Return whether the tube's last day to be asked back is over."""
    return move.object.destroy_on is not None and move.object.destroy_on <= move.day
