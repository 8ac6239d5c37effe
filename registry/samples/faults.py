"""What can stand in the way of a tube, each with sentences for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from foundation import moves

if TYPE_CHECKING:
    from registry.samples.queries import InTheWay


class BarcodeTaken(moves.Refused):
    """Another tube of the registry has this barcode, whosever it is."""

    def __init__(self) -> None:
        super().__init__([_("This barcode is on another tube already. Take a new label.")])


class NotHere(moves.Refused):
    """No tube of this place has the barcode that was scanned."""


class TubesMayNotGo(moves.Refused):
    """Tubes in the box whose donors stand in the way; ``tubes`` names each with why."""

    def __init__(self, tubes: Sequence[InTheWay]) -> None:
        self.tubes = tubes
        super().__init__([f"{each.sample.barcode}: {' '.join(each.sentences)}" for each in tubes])
