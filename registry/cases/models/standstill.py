"""Where a match leaves its way: it is postponed and goes on, or it ends; as a table of moves."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, transition

from foundation import moves
from foundation.moves import Guard
from registry.cases import guards, rules
from registry.cases.states import CAN_BE_POSTPONED, OPEN, RETURNS_TO, CaseState

S = CaseState


class Standstill(models.Model):
    """Standing still until a day, and for good."""

    return_to: Any  # columns of the case that moves read and clear
    postponed_until: Any
    postponed_reason: Any

    class Meta:
        abstract = True

    @transition(
        "state",
        source=[*CAN_BE_POSTPONED],
        target=S.POSTPONED,
        custom=moves.rule(
            rules.WORK_OR_CLEAR,
            rules.A_REASON,
            rules.MEDICAL_ONLY,
            guards.at_the_act(
                guards.ends_within_a_year, _("A postponement ends after today and within twelve months.")
            ),
        ),
    )
    def postpone(self) -> None:
        """Wait until a day."""

    @transition(
        "state",
        source=S.POSTPONED,
        target=RETURN_VALUE(*RETURNS_TO),
        custom=moves.rule(rules.WORK, rules.LIVES),
    )
    def resume(self) -> str:
        """Go on where the case stood before it was postponed, from set days in the work-up."""
        back, self.return_to, self.postponed_until, self.postponed_reason = self.return_to, "", None, ""
        return str(back)

    @transition(
        "state",
        source=[*OPEN],
        target=S.CLOSED,
        custom=moves.rule(
            rules.WORK_OR_CLEAR,
            rules.MEDICAL_ONLY,
            rules.A_DOCTORS_WORD,
            guards.at_the_act(guards.says_how_it_ended, _("Say how the match ended.")),
            guards.at_the_act(guards.clock_has_run_out, _("The reservation has not run out.")),
            rules.NOT_YET_GIVEN,
            Guard(
                guards.who_decides_closes,
                _("From the hospital's decision on, the registry manager closes a match."),
            ),
            also=rules.TASK,
        ),
    )
    def close(self) -> None:
        """End the match without a donation."""
