"""Know the pages of a pile that are searched for a barcode in vain, such as the backs of its forms. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from registry.drives.piles.splitting import likeness

_IN_VAIN: Final = 3  # long looks at one print, before its pages are believed to bear no label


@dataclass(slots=True)
class _Print:
    sketch: bytes
    has_labels: bool = False
    in_vain: int = 0

    @property
    def is_back(self) -> bool:
        return not self.has_labels and self.in_vain >= _IN_VAIN


@dataclass(slots=True)
class Prints:
    """
    The prints seen so far in a pile.

    :param alike: likeness from which two pages are surely of one print; lower, and a first page
        with a faint label would pass for a back.
    """

    alike: float
    _seen: list[_Print] = field(default_factory=list)

    @property
    def knows_backs(self) -> bool:
        """Return whether some print is believed to bear no label."""
        return any(one.is_back for one in self._seen)

    def is_back(self, sketch: bytes) -> bool:
        """Return whether a page without a barcode needs no longer look."""
        found = self._of(sketch)
        return found is not None and found.is_back

    def note(self, sketch: bytes, *, has_labels: bool) -> None:
        """Keep what came of looking at a page as long as it took."""
        found = self._of(sketch)
        if found is None:
            found = _Print(sketch)
            self._seen.append(found)
        found.has_labels |= has_labels
        found.in_vain += not has_labels

    def _of(self, sketch: bytes) -> _Print | None:
        return next((one for one in self._seen if likeness(one.sketch, sketch) >= self.alike), None)
