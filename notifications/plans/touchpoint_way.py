"""The way of a touchpoint, as a table of moves."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from foundation import moves
from foundation.access import Permission
from foundation.moves import Guard
from notifications.plans import guards
from notifications.plans.states import (
    AHEAD,
    MACHINES,
    OPEN_TOUCHPOINTS,
    OTHERS,
    STILL_TO_DO,
    STOPPED_ON_ITS_WAY,
    WHO_DOES,
    WHO_MAY_STOP,
    WHO_PLANS,
    WHO_RELEASES,
    TouchpointState,
)

_RIGHT_PEOPLE: Final = Guard(
    guards.by_who_looks_after_them, _("Families are looked after by family care, donors by their branch.")
)
_PLAN_RUNS: Final = Guard(guards.plan_is_running, _("The plan is not running."))


class TouchpointWay(models.Model):
    """One occasion: planned, due, released by a person, sent or done."""

    state = FSMField(default=TouchpointState.PLANNED, choices=TouchpointState, protected=True, max_length=12)

    class Meta:
        abstract = True

    @transition(
        "state",
        source=TouchpointState.PLANNED,
        target=TouchpointState.DUE,
        custom=moves.rule(WHO_RELEASES, _PLAN_RUNS, also=MACHINES),
    )
    def fall_due(self) -> None:
        """Put it before who releases it: its day has come."""

    @transition(
        "state",
        source=[*AHEAD, TouchpointState.FAILED],
        target=TouchpointState.APPROVED,
        custom=moves.rule(
            WHO_RELEASES,
            _RIGHT_PEOPLE,
            _PLAN_RUNS,
            Guard(
                guards.by_a_person_before_the_hundredth_day,
                _("Before the hundredth day only a call, a visit or a letter is possible."),
            ),
            Guard(
                guards.asks_nothing_before_the_hundredth_day, _("Nothing is asked before the hundredth day.")
            ),
            Guard(guards.released_by_a_person_where_needed, _("A person must release this.")),
            Guard(guards.way_is_one_of_the_step, _("This way is not one of those the programme names.")),
            Guard(guards.nothing_is_on_its_way, _("A message of it is on its way. Wait, or hold it first.")),
            also=MACHINES,
        ),
    )
    def approve(self) -> None:
        """Release it, be it by another way where nobody was reached: messages are queued, or it is a task."""

    @transition(
        "state",
        source=[*AHEAD, TouchpointState.APPROVED, TouchpointState.UNKNOWN],
        target=TouchpointState.HELD,
        custom=moves.rule(
            (*WHO_MAY_STOP, *WHO_RELEASES),
            Guard(guards.says_why_it_is_held, _("Say why it is held.")),
            also=OTHERS,
        ),
    )
    def hold(self) -> None:
        """Stop it until a person looks into it."""

    @transition(
        "state",
        source=[TouchpointState.HELD, TouchpointState.APPROVED, TouchpointState.DUE],
        target=TouchpointState.PLANNED,
        custom=moves.rule((*WHO_RELEASES, *WHO_MAY_STOP, *WHO_PLANS), also=OTHERS),
    )
    def put_back(self) -> None:
        """Go back to the plan: a hold is lifted, or the day moved. It is released anew."""

    @transition(
        "state",
        source=[*STILL_TO_DO, TouchpointState.HELD],
        target=TouchpointState.SKIPPED,
        custom=moves.rule(WHO_RELEASES, _RIGHT_PEOPLE, also=MACHINES),
    )
    def skip(self) -> None:
        """Leave it out this time."""

    @transition(
        "state",
        source=list(OPEN_TOUCHPOINTS),
        target=TouchpointState.CANCELLED,
        custom=moves.rule((*WHO_MAY_STOP, *WHO_PLANS), also=OTHERS),
    )
    def cancel(self) -> None:
        """Take it away: the plan ended, or a fact it rested on changed."""

    @transition(
        "state",
        source=TouchpointState.CANCELLED,
        target=TouchpointState.PLANNED,
        custom=moves.rule((*WHO_PLANS, *WHO_MAY_STOP), also=OTHERS),
    )
    def plan_again(self) -> None:
        """Bring it back: what planning took away holds again."""

    @transition(
        "state",
        source=[*STILL_TO_DO, TouchpointState.UNKNOWN],
        target=TouchpointState.DONE,
        custom=moves.rule(
            WHO_DOES,
            _RIGHT_PEOPLE,
            Guard(guards.nothing_is_on_its_way, _("A message of it is on its way. Wait, or hold it first.")),
        ),
    )
    def do(self) -> None:
        """Note that a person did it by hand."""

    @transition(
        "state",
        source=[
            TouchpointState.APPROVED,
            TouchpointState.UNKNOWN,
            TouchpointState.FAILED,
            *STOPPED_ON_ITS_WAY,
        ],
        target=TouchpointState.SENT,
        custom=moves.rule((*WHO_DOES, *WHO_RELEASES), also=OTHERS),
    )
    def send(self) -> None:
        """Note that it reached its people, as far as its messages tell."""

    @transition(
        "state",
        source=[TouchpointState.APPROVED, TouchpointState.SENT, *STOPPED_ON_ITS_WAY],
        target=TouchpointState.UNKNOWN,
        custom=moves.rule((*WHO_DOES, *WHO_RELEASES), also=OTHERS),
    )
    def lose_sight(self) -> None:
        """Note that a message may have been sent; a person decides."""

    @transition(
        "state",
        source=[TouchpointState.APPROVED, TouchpointState.UNKNOWN],
        target=TouchpointState.FAILED,
        custom=moves.rule((*WHO_DOES, *WHO_RELEASES), also=OTHERS),
    )
    def fail(self) -> None:
        """Note that nobody was reached by any way."""

    @transition(
        "state",
        source=[TouchpointState.UNKNOWN, TouchpointState.FAILED],
        target=TouchpointState.APPROVED,
        custom=moves.rule((*WHO_DOES, *WHO_RELEASES), also=OTHERS),
    )
    def go_on(self) -> None:
        """Go on sending: a second person let it be sent again, or another way is tried."""

    @transition(
        "state",
        source=[TouchpointState.SENT, TouchpointState.DONE],
        target=TouchpointState.RESPONDED,
        custom=moves.rule((*WHO_DOES, *WHO_RELEASES, Permission.PERSON_STOP), also=OTHERS),
    )
    def respond(self) -> None:
        """Note that somebody answered."""
