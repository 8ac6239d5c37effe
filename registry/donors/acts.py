"""The acts a person can do on a donor's page: who may, what is asked, what follows. One table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from foundation.access import Permission, task_actor
from foundation.moves import Move
from foundation.trail import Actor
from registry.donors import actions, forms, guards
from registry.donors.act import Act
from registry.donors.mending.acts import ELSEWHERE
from registry.donors.models import Donor
from registry.donors.states import (
    BEFORE_A_CASE,
    LIVE,
    NOT_IN_A_CASE,
    DonorState,
)


def _plain(
    action: Callable[..., Any], **renamed: str
) -> Callable[[Donor, dict[str, Any], Actor, datetime], Any]:
    """Return the action called with the form's values."""

    def do(donor: Donor, values: dict[str, Any], by: Actor, at: datetime) -> Any:
        return action(donor, **{renamed.get(name, name): v for name, v in values.items()}, by=by, at=at)

    return do


def _has_a_look_alike(donor: Donor, at: datetime) -> bool:
    return not guards.is_nobody_twice(Move(donor, "list", task_actor("page"), at))


P = Permission
ACTS: Final = (
    Act(
        "hold",
        P.DONOR_HOLD,
        _("Pause until a day"),
        _("During a pause no search offers the donor, and the tube goes no further."),
        _("Paused."),
        _plain(actions.hold),
        forms.Hold,
        "hold",
        BEFORE_A_CASE,
    ),
    Act(
        "change-hold",
        P.DONOR_HOLD,
        _("Change the pause"),
        _("Set another day or reason."),
        _("The pause was changed."),
        lambda donor, values, by, at: actions.change_hold(
            donor, until=values["until"], reason=values["reason"], by=by, at=at
        ),
        forms.Hold,
        states=(DonorState.ON_HOLD,),
    ),
    Act(
        "release",
        P.DONOR_HOLD,
        _("End the pause"),
        _("The donor goes back to where they stood. What that asks for is asked again."),
        _("The pause is over."),
        _plain(actions.release),
        move="release",
        states=(DonorState.ON_HOLD,),
    ),
    Act(
        "recover",
        P.DONOR_LOSE,
        _("Found again"),
        _("The donor was reached and goes back to where they stood."),
        _("Found again."),
        _plain(actions.recover),
        move="recover",
        states=(DonorState.LOST,),
    ),
    Act(
        "list-one",
        P.DONOR_LIST,
        _("List"),
        _("From now on searches offer this donor to patients."),
        _("Listed."),
        _plain(actions.list_donor),
        move="list",
        states=(DonorState.TYPED,),
    ),
    Act(
        "choose-contact",
        P.PERSON_STOP,
        _("Only call me if I match"),
        _("The donor says when they want to hear from us. It can be changed at any time."),
        _("Written down."),
        _plain(actions.choose_contact),
        forms.ChooseContact,
        states=LIVE,
    ),
    Act(
        "object",
        P.PERSON_STOP,
        _("Somebody objects"),
        _(
            "A mother, a husband, an employer says no. The donor is out of search and hears nothing at once, "
            "and is called within one working day. Only the donor's own word withdraws."
        ),
        _("Out of search. The donor will be called."),
        _plain(actions.object_to),
        forms.Objection,
        states=LIVE,
        danger=True,
        fits=lambda donor, _at: donor.objected_at is None,
    ),
    Act(
        "lift-objection",
        P.CALL_MAKE,
        _("Lift the objection"),
        _("Only after the donor was reached and wants to stay."),
        _("The objection is lifted."),
        _plain(actions.lift_objection),
        fits=lambda donor, _at: donor.objected_at is not None,
        lacks=actions.lacks_to_lift_the_objection,
    ),
    Act(
        "report-dead",
        P.PERSON_STOP,
        _("Reported dead"),
        _("Any word is enough. Every message stops in the same moment, in every capacity of this person."),
        _("Everything is silent."),
        _plain(actions.report_dead),
        danger=True,
        fits=lambda donor, _at: donor.death_reported_at is None and donor.state != DonorState.DECEASED,
    ),
    Act(
        "lift-death-report",
        P.PERSON_STOP,
        _("The report was a mistake"),
        _("The person is alive. The report is taken back in every capacity."),
        _("The report is taken back."),
        _plain(actions.lift_death_report),
        fits=lambda donor, _at: donor.death_reported_at is not None and donor.state != DonorState.DECEASED,
    ),
    Act(
        "die",
        P.DONOR_DIE,
        _("Record the death"),
        _("When it is certain. The record stays with dignity, and nobody is called."),
        _("Recorded."),
        _plain(actions.die),
        forms.Die,
        "die",
        danger=True,
    ),
    Act(
        "lose",
        P.DONOR_LOSE,
        _("Out of contact"),
        _("Confirm that nobody can be reached."),
        _("Marked as out of contact."),
        _plain(actions.lose),
        forms.Lose,
        "lose",
        (DonorState.LISTED, DonorState.ON_HOLD),
    ),
    Act(
        "exclude",
        P.DONOR_EXCLUDE,
        _("Exclude for good"),
        _("On lasting medical grounds. The donor is told with care."),
        _("Excluded."),
        _plain(actions.exclude),
        forms.Exclude,
        "exclude",
        NOT_IN_A_CASE,
        danger=True,
    ),
    Act(
        "transfer",
        P.DONOR_MOVE,
        _("Hand over to another registry"),
        _("Only when the donor leaves this registry. A second person agrees."),
        _("A second person was asked."),
        _plain(actions.ask_to_transfer),
        forms.Transfer,
        states=NOT_IN_A_CASE,
    ),
    Act(
        "ask-to-relist",
        P.DONOR_RELIST,
        _("Clear to be listed again"),
        _("On medical grounds the donor may be offered again. The registry manager agrees."),
        _("The registry manager was asked."),
        _plain(actions.ask_to_relist),
        states=(DonorState.DONATED,),
    ),
    Act(
        "plan-call",
        P.CALL_MAKE,
        _("Plan a call"),
        _("It stands on the call list on its day."),
        _("Planned."),
        _plain(actions.plan_call),
        forms.PlanCall,
        states=LIVE,
    ),
    Act(
        "details",
        P.DONOR_EDIT,
        _("Change details"),
        _("A field left empty stays as it is."),
        _("Changed."),
        _plain(actions.change_details),
        forms.Details,
        states=LIVE,
    ),
    Act(
        "tell-apart",
        P.DONOR_CORRECT,
        _("They are two people"),
        _("Somebody with the same name, birth date and phone is registered too. Both documents were seen."),
        _("Written down."),
        _plain(actions.tell_apart),
        states=LIVE,
        fits=_has_a_look_alike,
    ),
    Act(
        "undo",
        P.PERSON_STOP,
        _("This was a mistake"),
        _("The last act was meant for somebody else. A second person agrees; then all is as before."),
        _("A second person was asked."),
        _plain(actions.ask_to_undo),
        fits=lambda donor, at: actions.undoable(donor, at=at) is not None,
    ),
    *ELSEWHERE,
)
BY_KEY: Final = {act.key: act for act in ACTS}
