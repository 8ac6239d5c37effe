"""The donor's ways out, the way back in, and the undoing of a mistake, as a table of moves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from consent.purposes import CORE
from foundation import moves
from foundation.access import Permission
from foundation.moves import Guard
from registry.donors import guards, reasons, rules
from registry.donors.states import LIVE, NOT_IN_A_CASE, STILL_TO_WITHDRAW, DonorState


class Farewell(models.Model):
    """Leaving the register, in whatever way; and coming back."""

    class Meta:
        abstract = True

    @transition(
        "state",
        source=list(STILL_TO_WITHDRAW),
        target=DonorState.WITHDRAWN,
        custom=moves.rule(
            Permission.PERSON_STOP,
            guards.at_the_act(
                guards.is_their_own_word,
                _("Check two facts, so that it is surely this person. Somebody else's word is an objection."),
            ),
            also=rules.NOT_STAFF,
        ),
    )
    def withdraw(self) -> None:
        """Leave, by one's own word. Never refused, never needs approval."""

    @transition(
        "state",
        source=DonorState.WITHDRAWN,
        target=DonorState.REGISTERED,
        custom=moves.rule(
            Permission.DONOR_ENROL,
            rules.AGE_TO_JOIN,
            rules.WEIGHT,
            rules.TWO_CONTACTS,
            Guard(guards.agreed_anew(*sorted(CORE), since="left_at"), _("All consents must be signed anew.")),
            rules.NOT_DEAD,
        ),
    )
    def rejoin(self) -> None:
        """Come back, with all-new consents."""

    @transition(
        "state",
        source=list(NOT_IN_A_CASE),
        target=DonorState.EXCLUDED,
        custom=moves.rule(
            Permission.DONOR_EXCLUDE,
            guards.at_the_act(
                guards.reason_is_one_of(*reasons.PERMANENT), _("Choose the lasting medical reason.")
            ),
        ),
    )
    def exclude(self) -> None:
        """Take the donor out for good, on medical grounds."""

    @transition(
        "state",
        source=list(NOT_IN_A_CASE),
        target=DonorState.AGED_OUT,
        custom=moves.rule(
            Permission.DONOR_LIST,
            Guard(guards.has_reached_the_age_limit, _("The age limit is not reached.")),
            Guard(guards.was_told_about_the_age_limit, _("The notice has not gone out 30 days ago.")),
            also=rules.TASK,
        ),
    )
    def age_out(self) -> None:
        """End the register for this person, with thanks."""

    @transition(
        "state",
        source=[*LIVE, DonorState.EXCLUDED, DonorState.AGED_OUT],
        target=DonorState.DECEASED,
        custom=moves.rule(
            Permission.DONOR_DIE,
            guards.at_the_act(
                guards.has_evidence_of_death, _("Name the paper or office that confirms the death.")
            ),
        ),
    )
    def die(self) -> None:
        """Record a death that is certain."""

    @transition(
        "state",
        source=list(NOT_IN_A_CASE),
        target=DonorState.TRANSFERRED,
        custom=moves.rule(
            (Permission.DONOR_MOVE, Permission.APPROVE),
            guards.at_the_act(
                guards.reason_is_one_of(*reasons.LEAVING), _("Say why the donor leaves this registry.")
            ),
            guards.at_the_act(
                guards.says_where_to, _("Write the reference with which the other registry confirms.")
            ),
            Guard(guards.approved("donors.transfer"), _("A second person must agree.")),
        ),
    )
    def transfer(self) -> None:
        """Hand the donor over to another registry."""

    @transition(
        "state",
        source=[state for state in DonorState if state != DonorState.IN_CASE],
        target=DonorState.TRANSFERRED,
        custom=moves.rule(
            Permission.DONOR_MERGE,
            guards.at_the_act(
                guards.gives_way_to_another, _("Two records that stand against each other cannot be joined.")
            ),
        ),
    )
    def merge(self) -> None:
        """Give way to another record of the same person, which keeps everything."""
