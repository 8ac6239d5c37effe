"""The way of a match as a table of moves, from the notice to the donation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition

from foundation import moves
from foundation.moves import Guard
from registry.cases import guards, rules
from registry.cases.states import CAN_BE_POSTPONED, OPEN, RETURNS_TO, CaseState

S = CaseState


class Workflow(models.Model):
    """From one state of a case to the next. A move has no body: what follows stands in its action."""

    state = FSMField(default=S.NOTIFIED, choices=S, protected=True, max_length=12)

    return_to: Any  # columns of the case that moves read and clear
    postponed_until: Any
    postponed_reason: Any

    beginnings: ClassVar[dict[str, Any]] = {
        "open": (
            S.NOTIFIED,
            moves.rule(
                (rules.P.CASE_OPEN, rules.P.CASE_DECIDE),
                rules.LIVES,
                Guard(guards.donor_may_be_kept, _("Another match keeps this donor.")),
                *rules.GIVES_AGAIN,
            ),
        ),
        "wait": (S.WAITING, moves.rule((rules.P.CASE_OPEN, rules.P.CASE_DECIDE), *rules.TO_WAIT)),
    }

    class Meta:
        abstract = True

    @transition(
        "state",
        source=S.WAITING,
        target=S.NOTIFIED,
        custom=moves.rule(
            rules.DECIDE,
            rules.LIVES,
            Guard(guards.donor_may_be_kept, _("Another match keeps this donor.")),
            Guard(
                guards.donor_is_kept,
                _("This donor is kept for nobody now: close this match, and open it anew from its notice."),
            ),
            *rules.GIVES_AGAIN,
            rules.AGREED_SINCE,
            also=rules.TASK,
        ),
    )
    def come_up(self) -> None:
        """Begin: the match before it ended without a donation."""

    @transition(
        "state",
        source=S.NOTIFIED,
        target=S.CONTACTING,
        custom=moves.rule(
            rules.CONTACT, Guard(guards.donor_was_tried, _("Nobody has tried to reach the donor yet."))
        ),
    )
    def contact(self) -> None:
        """Note that the donor is being reached."""

    @transition(
        "state",
        source=S.CONTACTING,
        target=S.REMOBILISED,
        custom=moves.rule(
            rules.CONTACT,
            Guard(guards.donor_was_reached, _("Nobody has spoken with the donor yet.")),
            rules.LIVES,
        ),
    )
    def remobilise(self) -> None:
        """Note that the donor knows of the match."""

    @transition(
        "state",
        source=S.REMOBILISED,
        target=S.HR_AGREED,
        custom=moves.rule(
            rules.WORK,
            rules.AGREED_TO_TYPING,
            Guard(guards.is_fit, _("The health-and-availability check is missing, or was not passed.")),
            Guard(guards.stance_is_known, _("It is not written down what the family knows and thinks.")),
            rules.LIVES,
        ),
    )
    def agree(self) -> None:
        """Note that the donor goes on to be typed again."""

    @transition(
        "state",
        source=S.HR_AGREED,
        target=S.HR_SAMPLED,
        custom=moves.rule(
            rules.WORK,
            rules.AGREED_TO_TYPING,
            guards.at_the_act(guards.takes_little_blood, _("At most 30 ml of blood are taken.")),
            rules.LIVES,
        ),
    )
    def take_sample(self) -> None:
        """Note the blood that was taken for typing again."""

    @transition(
        "state",
        source=S.HR_SAMPLED,
        target=S.HR_LAB,
        custom=moves.rule(rules.WORK, rules.AGREED_TO_TYPING, rules.LIVES),
    )
    def send_to_lab(self) -> None:
        """Note that the sample is on its way to the laboratory."""

    @transition(
        "state",
        source=S.HR_LAB,
        target=S.HR_MATCHED,
        custom=moves.rule(
            rules.WORK,
            guards.at_the_act(guards.typing_agrees, _("The laboratory has not confirmed the match.")),
            rules.LIVES,
        ),
    )
    def confirm_match(self) -> None:
        """Note that typing again confirmed the match."""

    @transition(
        "state",
        source=S.HR_MATCHED,
        target=S.TC_DECISION,
        custom=moves.rule(rules.WORK, rules.LIVES),
    )
    def ask_hospital(self) -> None:
        """Put the match before the transplant hospital."""

    @transition(
        "state",
        source=S.TC_DECISION,
        target=S.WORKUP,
        custom=moves.rule(
            rules.DECIDE,
            guards.at_the_act(
                guards.hospital_wants_the_donor, _("The hospital has not decided for this donor.")
            ),
            rules.LIVES,
        ),
    )
    def start_work_up(self) -> None:
        """Begin the work-up: the hospital wants this donor."""

    @transition(
        "state",
        source=S.WORKUP,
        target=S.SCHEDULED,
        custom=moves.rule(rules.DECIDE, *rules.TO_BE_SCHEDULED, rules.LIVES),
    )
    def schedule(self) -> None:
        """Fix the days."""

    @transition(
        "state",
        source=S.SCHEDULED,
        target=S.CONDITIONING,
        custom=moves.rule(
            rules.DECIDE,
            *rules.TO_BE_SCHEDULED,
            Guard(guards.hospital_said_so, _("The hospital's message that conditioning begins is not here.")),
            Guard(
                guards.donor_was_reached_just_now,
                _("Nobody has spoken with the donor within the last 24 hours."),
            ),
            rules.SECOND_PERSON,
            rules.LIVES,
        ),
    )
    def condition(self) -> None:
        """Pass the point of no return: from here on stopping endangers the patient's life."""

    @transition(
        "state",
        source=S.CONDITIONING,
        target=S.MOBILISING,
        custom=moves.rule(
            rules.DECIDE, Guard(guards.product_is_known, _("Say what is collected.")), rules.LIVES
        ),
    )
    def mobilise(self) -> None:
        """Note that the donor is admitted and prepared."""

    @transition(
        "state",
        source=S.MOBILISING,
        target=S.COLLECTING,
        custom=moves.rule(rules.DECIDE, rules.CLEARED, rules.AGREED_TO_DONATE, rules.LIVES),
    )
    def collect(self) -> None:
        """Begin to collect."""

    @transition(
        "state",
        source=S.COLLECTING,
        target=S.HANDED_OVER,
        custom=moves.rule(
            rules.DECIDE,
            Guard(
                guards.collection_was_recorded,
                _("The days of collection are not recorded with volume and CD34⁺ dose."),
            ),
            rules.HARM_SAID,
            Guard(
                guards.label_was_checked_by_two,
                _("Two people must have checked the label; courier and temperature belong to it."),
            ),
        ),
    )
    def hand_over(self) -> None:
        """Note that the cells have left with the courier."""

    @transition(
        "state",
        source=S.HANDED_OVER,
        target=S.DONATED,
        custom=moves.rule(
            rules.DECIDE,
            Guard(
                guards.collection_was_recorded,
                _("The days of collection are not recorded with volume and CD34⁺ dose."),
            ),
            Guard(guards.cells_arrived, _("It is not written down when the cells arrived.")),
            Guard(guards.may_still_give, rules.TWICE),
        ),
    )
    def donate(self) -> None:
        """Record the donation."""

    @transition("state", source=S.HANDED_OVER, target=S.DONATED, custom=moves.rule((), also=rules.TASK))
    def keep_donation(self) -> None:
        """Record the donation of who leaves while the cells are on their way: it was made."""

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
