"""The way of a match as a table of moves, from the notice to the donation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from foundation import moves
from foundation.moves import Guard
from registry.cases import guards, rules
from registry.cases.models.standstill import Standstill
from registry.cases.states import CaseState

S = CaseState


class Workflow(Standstill):
    """From one state of a case to the next. A move has no body: what follows stands in its action."""

    state = FSMField(default=S.NOTIFIED, choices=S, protected=True, max_length=12)

    beginnings: ClassVar[dict[str, Any]] = {
        "open": (
            S.NOTIFIED,
            moves.rule(
                (rules.P.CASE_OPEN, rules.P.CASE_DECIDE),
                rules.LIVES,
                rules.KEPT_FOR_NOBODY_ELSE,
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
            rules.KEPT_FOR_NOBODY_ELSE,
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
            rules.COLLECTED,
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
            rules.COLLECTED,
            Guard(guards.cells_arrived, _("It is not written down when the cells arrived.")),
            Guard(guards.may_still_give, rules.TWICE),
        ),
    )
    def donate(self) -> None:
        """Record the donation."""

    @transition("state", source=S.HANDED_OVER, target=S.DONATED, custom=moves.rule((), also=rules.TASK))
    def keep_donation(self) -> None:
        """Record the donation of who leaves while the cells are on their way: it was made."""
