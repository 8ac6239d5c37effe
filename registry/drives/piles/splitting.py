"""Tell the forms of a pile apart by the barcodes on their pages. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

_KNOWN_LEAST = 3  # pages with a barcode, before a page without one can be told to look like them


@dataclass(frozen=True, slots=True)
class Page:
    """One page as its form is told by: what was read on it, and how it looks from afar."""

    number: int
    codes: tuple[str, ...] = ()
    mark: str = ""
    blank: bool = False
    drawn: bool = True
    sketch: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Group:
    """The pages of one form."""

    pages: list[Page]

    @property
    def codes(self) -> tuple[str, ...]:
        """The barcodes on it, each once."""
        return tuple(dict.fromkeys(code for page in self.pages for code in page.codes))


def split(pages: Sequence[Page], *, alike: float) -> list[Group]:
    """
    Return the forms that pages in their order make up; blank pages are left out.

    A page with another barcode begins a form. A page without one belongs to the form before it,
    unless it is a first page whose barcode could not be read: it bears the mark of our printed form,
    or looks like the first pages around it.

    :param alike: likeness, up to 1, from which two pages are of the same print.
    """
    front = _typical([page for page in pages if page.codes])
    groups: list[Group] = []
    for page in pages:
        if page.blank:
            continue
        if not groups or _begins(page, groups[-1], front, alike):
            groups.append(Group([page]))
        else:
            groups[-1].pages.append(page)
    return groups


def said_twice(groups: Sequence[Group]) -> set[str]:
    """Return the barcodes that stand on more than one form."""
    counted = Counter(code for group in groups for code in group.codes)
    return {code for code, times in counted.items() if times > 1}


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    """Return how alike two sketches are, from -1 to 1: how their greys go together (Pearson's r)."""
    if len(one) != len(other) or not one:
        return 0.0
    mean_one, mean_other = fmean(one), fmean(other)
    pairs = [(a - mean_one, b - mean_other) for a, b in zip(one, other, strict=True)]
    spread = sum(a * a for a, _b in pairs) * sum(b * b for _a, b in pairs)
    return float(sum(a * b for a, b in pairs) / spread**0.5) if spread else 0.0


def _begins(page: Page, group: Group, front: list[float], alike: float) -> bool:
    if not page.drawn or set(page.codes) - set(group.codes):
        return True
    if page.mark:
        return True
    ways = (page.sketch, page.sketch[::-1])  # as it lies, and standing on its head
    return bool(front) and max(likeness(way, front) for way in ways) >= alike


def _typical(fronts: Sequence[Page]) -> list[float]:
    """Return the average of some first pages."""
    sketches = [page.sketch for page in fronts if page.sketch]
    if len(sketches) < _KNOWN_LEAST:
        return []
    return [fmean(greys) for greys in zip(*sketches, strict=True)]
