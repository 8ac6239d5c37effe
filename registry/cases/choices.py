"""The choices that are offered to whoever wavers, and what helps them; links alone: nothing is done here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.access import Permission
from registry.cases.states import CAN_BE_POSTPONED

if TYPE_CHECKING:
    from registry.cases.models import MatchCase

P = Permission


@dataclass(frozen=True, slots=True)
class Choice:
    """One way on: what it is called, what it means, where it is done."""

    words: str | Promise
    means: str | Promise
    url: str
    danger: bool = False


def for_who_wavers(case: MatchCase) -> list[Choice]:
    """
    Return what to offer a donor who is not sure: a talk, only if matched, a pause, to withdraw.

    Source: domain.md section 2, three choices
    """
    return [
        Choice(_("Talk it over"), _("With us, the family, a doctor, or somebody who has donated."),
               reverse("cases:talk", args=[case.pk])),
        Choice(_("Note what was tried"), _("Why they waver, what was offered, and what came of it."),
               reverse("cases:intervene", args=[case.pk])),
        Choice(_("Only call me if I match"), _("This match goes on; nothing else is ever sent or asked."),
               reverse("donors:choose-contact", args=[case.donor_id])),
        _pause(case),
        Choice(_("Withdraw"), _("Their own word is enough. It holds at once and everything stops."),
               reverse("donors:withdraw", args=[case.donor_id]), danger=True),
    ]  # fmt: skip


def _pause(case: MatchCase) -> Choice:
    if case.state in CAN_BE_POSTPONED:
        return Choice(
            _("Pause until a day"),
            _("The match waits, if the patient can."),
            reverse("cases:postpone", args=[case.pk]),
        )
    return Choice(
        _("Pause until a day"),
        _("So early a match does not wait: close it with their reason, then pause the donor."),
        reverse("cases:close", args=[case.pk]),
    )
