"""Slow down an address from which many links are tried that open nothing, as guessing at a login is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from foundation.access import lockout
from foundation.access.lockout import Step, Try


@dataclass(frozen=True, slots=True)
class Knock(Try):
    """One look at a link from an address; which link it was is not counted, there are five tries a link."""

    def limits(self) -> dict[str, int]:
        """Return the counter of the address alone."""
        return {name: most for name, most in Try.limits(self).items() if ":address:" in name}


def of(request: HttpRequest) -> Knock:
    """Return the knock that a request makes."""
    return Knock("", lockout.address_of(request), step=Step.LINK)
