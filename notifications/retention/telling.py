"""Say a comparison in words and numbers that promise no more than they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.retention.comparing import Comparison, Share, Verdict
from notifications.retention.models import Group

_SAYS: Final[dict[Verdict, str | Promise]] = {
    Verdict.MORE: gettext_lazy(
        "More among those who were written to. The difference can be told from chance."
    ),
    Verdict.FEWER: gettext_lazy(
        "Fewer among those who were written to. The difference can be told from chance."
    ),
    Verdict.CANNOT_BE_TOLD: gettext_lazy("No difference can be told."),
    Verdict.NOBODY: gettext_lazy("There is nobody to compare yet."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One group: how many, and which share with its interval."""

    words: str
    share: Share

    @property
    def percent(self) -> str:
        """The share in hundredths."""
        return f"{self.share.share * 100:.1f} %" if self.share.people else "–"

    @property
    def interval(self) -> str:
        """Between which shares the true one lies, with 95 % certainty."""
        return f"{self.share.low * 100:.1f}–{self.share.high * 100:.1f} %" if self.share.people else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that is compared between the two groups."""

    title: str | Promise
    comparison: Comparison

    @property
    def says(self) -> str | Promise:
        """What may be said of it, in a sentence."""
        return _SAYS[self.comparison.verdict]

    @property
    def lines(self) -> Sequence[Line]:
        """The two groups, those who were written to first."""
        return (
            Line(str(Group.WRITTEN_TO.label), self.comparison.one),
            Line(str(Group.LEFT_ALONE.label), self.comparison.other),
        )

    @property
    def difference(self) -> str:
        """The difference in points of a hundred, with its interval; "" where there is none to tell of."""
        if self.comparison.verdict == Verdict.NOBODY:
            return ""
        here = self.comparison
        points = {"points": _signed(here.difference), "low": _signed(here.low), "high": _signed(here.high)}
        return _("%(points)s (%(low)s to %(high)s)") % points


def _signed(part: float) -> str:
    """Return a difference in hundredths with its sign: a minus, not a hyphen."""
    return f"{part * 100:+.1f}".replace("-", "\N{MINUS SIGN}")
