"""The choices that are offered to whoever wavers, and what helps them; links alone: nothing is done here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.access import Permission
from registry.cases.states import CAN_BE_POSTPONED

if TYPE_CHECKING:
    from foundation.access import StaffRequest
    from registry.cases.models import MatchCase

P = Permission


@dataclass(frozen=True, slots=True)
class Choice:
    """One way on: what it is called, what it means, where it is done."""

    words: str | Promise
    means: str | Promise
    url: str
    danger: bool = False


def for_who_wavers(request: StaffRequest, case: MatchCase) -> list[Choice]:
    """
    Return what to offer a donor who is not sure: a talk, only if matched, a pause, to withdraw.

    Source: domain.md section 2, three choices
    """
    offered = [
        Choice(_("Talk it over"), _("With us, the family, a doctor, or somebody who has donated."),
               _address("cases:talk", case.pk)),
        Choice(_("Note what was tried"), _("Why they waver, what was offered, and what came of it."),
               _address("cases:intervene", case.pk)),
        Choice(_("Only call me if I match"), _("This match goes on; nothing else is ever sent or asked."),
               _address("donors:choose-contact", case.donor_id)),
        _pause(case),
        Choice(_("Withdraw"), _("Their own word is enough. It holds at once and everything stops."),
               _address("donors:withdraw", case.donor_id), danger=True),
    ]  # fmt: skip
    return [choice for choice in offered if choice.url]


def _pause(case: MatchCase) -> Choice:
    if case.state in CAN_BE_POSTPONED:
        return Choice(
            _("Pause until a day"),
            _("The match waits, if the patient can."),
            _address("cases:postpone", case.pk),
        )
    return Choice(
        _("Pause until a day"),
        _("So early a match does not wait: close it with their reason, then pause the donor."),
        _address("cases:close", case.pk),
    )


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
