"""The donor's way as a table of moves, from the desk to the register."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition

from consent.purposes import Purpose
from foundation import moves
from foundation.access import Permission
from foundation.moves import Guard
from registry.donors import guards, protocol, reasons, rules
from registry.donors.models.farewell import Farewell
from registry.donors.states import BEFORE_A_CASE, NOT_IN_A_CASE, DonorState


class Workflow(Farewell):
    """From registration to the list, and the pauses on the way."""

    state = FSMField(default=DonorState.REGISTERED, choices=DonorState, protected=True, max_length=12)

    return_to: Any  # columns of the donor that moves read and clear
    hold_until: Any
    hold_reason: Any
    going_to: DonorState  # set by the action that frees a donor; no column

    beginnings: ClassVar[dict[str, Any]] = {
        "register": (
            DonorState.REGISTERED,
            moves.rule(
                (Permission.DONOR_ENROL, Permission.DONOR_IMPORT),
                rules.AGE_TO_JOIN,
                rules.WEIGHT,
                rules.TWO_CONTACTS,
                rules.DOCUMENT_SEEN,
                rules.RECRUITMENT_SIGNED,
                also=rules.COMMAND,
            ),
        ),
        "take_over": (None, moves.rule(Permission.DONOR_IMPORT, also=rules.COMMAND)),
    }

    class Meta:
        abstract = True

    @transition(
        "state",
        source=DonorState.REGISTERED,
        target=DonorState.SAMPLED,
        custom=moves.rule(
            (Permission.SAMPLE_COLLECT, Permission.DONOR_IMPORT),
            rules.RECRUITMENT_SIGNED,
            guards.at_the_act(guards.volume_is_right, _("A tube of blood holds 6 to 8 ml.")),
            rules.NOT_DEAD,
            also=rules.COMMAND,
        ),
    )
    def collect_sample(self) -> None:
        """Note the tube that was taken."""

    @transition(
        "state",
        source=[DonorState.SAMPLED, DonorState.TYPING],
        target=DonorState.REGISTERED,
        custom=moves.rule(
            (Permission.SAMPLE_RECEIVE, Permission.SAMPLE_DISPATCH),
            guards.at_the_act(
                guards.says_why_it_was_rejected, _("The laboratory must say what is wrong with the tube.")
            ),
        ),
    )
    def reject_sample(self) -> None:
        """Go back to the start: the tube cannot be used."""

    @transition(
        "state",
        source=DonorState.SAMPLED,
        target=DonorState.SAMPLED,
        custom=moves.rule(
            (Permission.SAMPLE_COLLECT, Permission.APPROVE),
            rules.A_REASON,
            guards.at_the_act(guards.second_person_agreed, _("A second person must agree to the swap.")),
        ),
    )
    def swap_tubes(self) -> None:
        """Exchange two tubes whose labels were mixed up."""

    @transition(
        "state",
        source=DonorState.SAMPLED,
        target=DonorState.TYPING,
        custom=moves.rule(
            Permission.SAMPLE_DISPATCH,
            Guard(guards.cooling_off_is_over, _("The seven days to think it over are not up.")),
            *rules.RECRUITMENT_ACTIVE,
            Guard(guards.is_in_a_sealed_batch, _("The tube is not in a sealed batch.")),
            rules.NOT_DEAD,
        ),
    )
    def dispatch(self) -> None:
        """Send the tube to the laboratory."""

    @transition(
        "state",
        source=DonorState.TYPING,
        target=DonorState.TYPED,
        custom=moves.rule(
            Permission.TYPING_RECORD,
            guards.at_the_act(guards.typing_has_the_least_loci, _("At least A, B and DRB1 must be typed.")),
        ),
    )
    def record_typing(self) -> None:
        """Note that the typing is here."""

    @transition(
        "state",
        source=[DonorState.TYPING, DonorState.TYPED, DonorState.LISTED, DonorState.ON_HOLD],
        target=DonorState.REGISTERED,
        custom=moves.rule(
            Permission.TYPING_DISPUTE,
            guards.at_the_act(
                guards.reason_is_one_of(*reasons.FOR_A_DISPUTE),
                _("Say whether the typing is in doubt or tubes were mixed up."),
            ),
        ),
    )
    def dispute_typing(self) -> None:
        """Go back to the start: the typing may not be this person's."""

    @transition(
        "state",
        source=[*BEFORE_A_CASE],
        target=DonorState.ON_HOLD,
        custom=moves.rule(
            (Permission.DONOR_HOLD, Permission.CALL_MAKE),
            guards.at_the_act(
                guards.reason_is_one_of(*reasons.FOR_A_HOLD), _("Say why the pause is needed.")
            ),
            guards.at_the_act(
                guards.ends_within_two_years, _("A pause ends after today and within 24 months.")
            ),
            also=rules.SUBJECT | rules.TASK,
        ),
    )
    def hold(self) -> None:
        """Pause until a day; whoever has them on the telephone may, by their own word."""

    @transition(
        "state",
        source=DonorState.ON_HOLD,
        target=DonorState.ON_HOLD,
        custom=moves.rule(
            (Permission.DONOR_HOLD, Permission.CALL_MAKE),
            guards.at_the_act(
                guards.ends_within_two_years, _("A pause ends after today and within 24 months.")
            ),
            also=rules.SUBJECT,
        ),
    )
    def change_hold(self) -> None:
        """Set another end of the pause; whoever has them on the telephone may, by their own word."""

    @transition(
        "state",
        source=DonorState.ON_HOLD,
        target=RETURN_VALUE(*BEFORE_A_CASE),
        custom=moves.rule(
            Permission.DONOR_HOLD,
            rules.RECRUITMENT_SIGNED,
            *guards.when_returning_to(DonorState.TYPING, *rules.RECRUITMENT_ACTIVE),
            *guards.when_returning_to(DonorState.LISTED, *rules.TO_LIST_AGAIN),
            rules.NOT_DEAD,
            also=rules.SUBJECT,
        ),
    )
    def release(self) -> str:
        """End the pause and go back to where the donor stood."""
        back, self.return_to, self.hold_until, self.hold_reason = self.return_to, "", None, ""
        return str(back)

    @transition(
        "state",
        source=[DonorState.LISTED, DonorState.ON_HOLD],
        target=DonorState.LOST,
        custom=moves.rule(
            Permission.DONOR_LOSE,
            rules.WAS_LISTED,
            Guard(
                protocol.is_done,
                _("Every number, those of the contacts too, must have been tried on three different days."),
            ),
        ),
    )
    def lose(self) -> None:
        """Say that this donor cannot be found."""

    @transition(
        "state",
        source=DonorState.LOST,
        target=RETURN_VALUE(*BEFORE_A_CASE),
        custom=moves.rule(
            Permission.DONOR_LOSE,
            *guards.when_returning_to(DonorState.LISTED, *rules.TO_LIST_AGAIN),
            rules.NOT_DEAD,
        ),
    )
    def recover(self) -> str:
        """Say that the donor was found, and go back to where they stood."""
        back, self.return_to = self.return_to, ""
        return str(back)

    @transition(
        "state",
        source=[DonorState.LISTED, DonorState.ON_HOLD, DonorState.LOST, DonorState.DONATED],
        target=DonorState.IN_CASE,
        custom=moves.rule(
            (Permission.CASE_OPEN, Permission.CASE_DECIDE),
            rules.WAS_LISTED,
            rules.NOT_DEAD,
            Guard(
                guards.is_cleared_after_donating, _("After a donation the medical reviewer must agree first.")
            ),
        ),
    )
    def reserve(self) -> None:
        """Keep the donor for one patient."""

    @transition(
        "state",
        source=DonorState.IN_CASE,
        target=RETURN_VALUE(*NOT_IN_A_CASE, DonorState.EXCLUDED),
        custom=moves.rule(
            (Permission.CASE_WORK, Permission.CASE_DECIDE, Permission.DONOR_EXCLUDE), also=rules.TASK
        ),
    )
    def free(self) -> str:
        """Let the donor go from the case, to where the action found they may go."""
        return str(self.going_to)

    @transition(
        "state",
        source=DonorState.IN_CASE,
        target=DonorState.DONATED,
        custom=moves.rule(
            Permission.CASE_DECIDE,
            guards.at_the_act(guards.collection_was_recorded, _("The collection is not recorded.")),
            also=rules.TASK,
        ),
    )
    def donate(self) -> None:
        """Note the donation."""

    @transition(
        "state",
        source=DonorState.DONATED,
        target=DonorState.LISTED,
        custom=moves.rule(
            Permission.DONOR_LIST,
            Guard(guards.approved("donors.relist"), _("The medical reviewer must agree first.")),
            Guard(
                guards.agreed_anew(Purpose.SHARE_REGISTRY, since="donated_at"), _("A new consent is needed.")
            ),
            Guard(guards.may_donate_again, _("Two collections are the most.")),
            rules.AGE_LIMIT,
            rules.NO_OBJECTION,
            rules.NOT_DEAD,
        ),
    )
    def relist(self) -> None:
        """Offer this donor again."""

    @transition(
        "state",
        source=DonorState.TYPED,
        target=DonorState.LISTED,
        custom=moves.rule(Permission.DONOR_LIST, *rules.TO_LIST),
    )
    def list(self) -> None:  # last: the name hides the builtin in what follows
        """Offer this donor to patients from now on."""
