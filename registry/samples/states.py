"""The ways of a tube and of a batch, as tables of moves."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, FSMField, transition

from foundation import moves
from foundation.access import Permission
from foundation.moves import Guard
from foundation.trail import ActorKind
from registry.samples import guards


class SampleState(models.TextChoices):
    """Where a tube is."""

    TAKEN = "TAKEN", _("Taken")
    BATCHED = "BATCHED", _("In a box")
    SENT = "SENT", _("On its way")
    RECEIVED = "RECEIVED", _("At the laboratory")
    REJECTED = "REJECTED", _("Turned away")
    TYPED = "TYPED", _("Typed")
    DESTRUCTION_ORDERED = "DESTRUCTION_ORDERED", _("To be destroyed")
    DESTROYED = "DESTROYED", _("Destroyed")
    TAKEN_OVER = "TAKEN_OVER", _("In the records before")


class BatchState(models.TextChoices):
    """Where a box of tubes is."""

    OPEN = "OPEN", _("Being filled")
    SEALED = "SEALED", _("Sealed")
    SENT = "SENT", _("On its way")
    RECEIVED = "RECEIVED", _("Received")


class SampleKind(models.TextChoices):
    """What was taken."""

    BLOOD = "BLOOD", _("Blood")
    SWAB = "SWAB", _("Cheek swab")


BEFORE_DISPATCH: Final = (SampleState.TAKEN, SampleState.BATCHED)
IN_USE: Final = (*BEFORE_DISPATCH, SampleState.SENT, SampleState.RECEIVED)
MAY_BE_REJECTED: Final = IN_USE
STILL_THERE: Final = (*IN_USE, SampleState.REJECTED, SampleState.TYPED, SampleState.TAKEN_OVER)
BEYOND_THE_DOOR: Final = (SampleState.SENT, SampleState.RECEIVED)

_MACHINES: Final = frozenset({ActorKind.TASK, ActorKind.COMMAND})
_ANYBODY: Final = frozenset(ActorKind) - {ActorKind.STAFF}

# Any staff member may record that a person withdraws, so any of these may order the destruction.
WHO_MAY_STOP: Final = (Permission.PERSON_STOP, Permission.SAMPLE_COLLECT)


class SampleWay(models.Model):
    """From the arm to the laboratory, and to the end of the tube."""

    state = FSMField(default=SampleState.TAKEN, choices=SampleState, protected=True, max_length=24)

    beginnings: ClassVar[dict[str, Any]] = {
        "collect": (
            SampleState.TAKEN,
            moves.rule(
                (Permission.SAMPLE_COLLECT, Permission.DONOR_IMPORT),
                Guard(guards.volume_fits_the_kind, _("A tube of blood holds 6 to 8 ml.")),
                also=_MACHINES,
            ),
        ),
        "take_over": (None, moves.rule(Permission.DONOR_IMPORT, also=_MACHINES)),
    }

    class Meta:
        abstract = True

    @transition(
        "state",
        source=SampleState.TAKEN,
        target=SampleState.BATCHED,
        custom=moves.rule(
            Permission.SAMPLE_DISPATCH,
            Guard(guards.box_is_open, _("This box is closed. Break its seal to add a tube.")),
            Guard(guards.box_has_room, _("This box is full.")),
        ),
    )
    def scan_in(self) -> None:
        """Lay the tube into a box."""

    @transition(
        "state",
        source=SampleState.BATCHED,
        target=SampleState.TAKEN,
        custom=moves.rule(
            (Permission.SAMPLE_DISPATCH, *WHO_MAY_STOP),
            Guard(guards.box_is_open, _("This box is sealed. Break its seal to take a tube out.")),
            also=_ANYBODY,
        ),
    )
    def take_out(self) -> None:
        """Take the tube out of its box."""

    @transition(
        "state",
        source=SampleState.BATCHED,
        target=SampleState.SENT,
        custom=moves.rule(Permission.SAMPLE_DISPATCH),
    )
    def send(self) -> None:
        """Let the tube leave the house with its box."""

    @transition(
        "state",
        source=SampleState.SENT,
        target=SampleState.RECEIVED,
        custom=moves.rule(
            Permission.SAMPLE_RECEIVE,
            Guard(
                guards.volume_is_enough_or_unmeasured,
                _("This is too little to type. Turn the tube away as “too little”."),
            ),
        ),
    )
    def receive(self) -> None:
        """Take the tube out of the box at the laboratory."""

    @transition(
        "state",
        source=list(MAY_BE_REJECTED),
        target=SampleState.REJECTED,
        custom=moves.rule(
            (Permission.SAMPLE_RECEIVE, Permission.SAMPLE_DISPATCH, *WHO_MAY_STOP), also=_ANYBODY
        ),
    )
    def reject(self) -> None:
        """Say that the tube cannot be used, and why."""

    @transition(
        "state",
        source=SampleState.RECEIVED,
        target=SampleState.TYPED,
        custom=moves.rule(Permission.TYPING_RECORD),
    )
    def record_typing(self) -> None:
        """Note that a typing came back for the tube."""

    @transition(
        "state",
        source=list(BEFORE_DISPATCH),
        target=GET_STATE(lambda sample: sample.state, states=list(BEFORE_DISPATCH)),
        custom=moves.rule(Permission.SAMPLE_COLLECT),
    )
    def swap(self) -> None:
        """Exchange the donors of two tubes whose labels were mixed up."""

    @transition(
        "state",
        source=list(STILL_THERE),
        target=SampleState.DESTRUCTION_ORDERED,
        custom=moves.rule(WHO_MAY_STOP, also=_ANYBODY),
    )
    def order_destruction(self) -> None:
        """Order that the tube be destroyed, because its donor has withdrawn."""

    @transition(
        "state",
        source=SampleState.DESTRUCTION_ORDERED,
        target=GET_STATE(lambda sample: sample.return_to, states=list(STILL_THERE)),
        custom=moves.rule(WHO_MAY_STOP, also=_ANYBODY),
    )
    def lift_destruction(self) -> None:
        """Take the order back, because the withdrawal was recorded by mistake."""

    @transition(
        "state",
        source=SampleState.DESTRUCTION_ORDERED,
        target=SampleState.DESTROYED,
        custom=moves.rule(
            (Permission.SAMPLE_RECEIVE, Permission.SAMPLE_COLLECT, Permission.SAMPLE_DISPATCH),
            Guard(guards.destruction_day_has_come, _("The seven days are not up.")),
        ),
    )
    def destroy(self) -> None:
        """Note that the tube was destroyed."""


class BatchWay(models.Model):
    """A box: filled, sealed, sent, received."""

    state = FSMField(default=BatchState.OPEN, choices=BatchState, protected=True, max_length=12)

    beginnings: ClassVar[dict[str, Any]] = {
        "open": (
            BatchState.OPEN,
            moves.rule(
                Permission.SAMPLE_DISPATCH,
                Guard(guards.goes_to_a_laboratory, _("A box goes to a laboratory.")),
            ),
        ),
    }

    class Meta:
        abstract = True

    @transition(
        "state",
        source=BatchState.OPEN,
        target=BatchState.SEALED,
        custom=moves.rule(
            Permission.SAMPLE_DISPATCH,
            Guard(guards.box_is_not_empty, _("The box is empty. Scan the first tube.")),
            Guard(guards.nothing_in_it_is_to_be_destroyed, _("A tube in the box is to be destroyed.")),
        ),
    )
    def seal(self) -> None:
        """Close the box and freeze its manifest."""

    @transition(
        "state",
        source=BatchState.SEALED,
        target=BatchState.OPEN,
        custom=moves.rule((Permission.SAMPLE_DISPATCH, *WHO_MAY_STOP), also=_ANYBODY),
    )
    def break_seal(self) -> None:
        """Open the box again; its manifest is void."""

    @transition(
        "state",
        source=BatchState.SEALED,
        target=BatchState.SENT,
        custom=moves.rule(
            Permission.SAMPLE_DISPATCH,
            Guard(guards.manifest_tells_what_is_in_it, _("The box no longer holds what its manifest says.")),
            Guard(guards.every_tube_may_go, _("A tube in the box may not go yet. Take it out first.")),
        ),
    )
    def send(self) -> None:
        """Hand the box to the carrier."""

    @transition(
        "state",
        source=BatchState.SENT,
        target=BatchState.RECEIVED,
        custom=moves.rule(
            Permission.SAMPLE_RECEIVE,
            Guard(guards.nothing_is_missing, _("Not every tube on the manifest has been accounted for.")),
        ),
    )
    def receive(self) -> None:
        """Say that every tube is accounted for."""
