"""The ways of a plan and of a touchpoint, as tables of moves."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from foundation import moves
from foundation.access import Permission
from foundation.moves import Guard
from foundation.trail import ActorKind
from notifications.plans import guards


class PlanState(models.TextChoices):
    """Where a plan stands. Source: domain.md section 7"""

    OFFERED = "OFFERED", pgettext_lazy("plan", "Offered")
    ACTIVE = "ACTIVE", _("Running")
    PAUSED = "PAUSED", _("Paused")
    COMPLETED = "COMPLETED", _("Completed")
    DECLINED = "DECLINED", pgettext_lazy("plan", "Declined")
    STOPPED = "STOPPED", _("Stopped")
    MOVED = "MOVED", _("Moved to another branch")


class TouchpointState(models.TextChoices):
    """Where a touchpoint stands. Source: domain.md section 7"""

    PLANNED = "PLANNED", _("Planned")
    DUE = "DUE", _("Due")
    HELD = "HELD", _("Held")
    APPROVED = "APPROVED", pgettext_lazy("touchpoint", "Approved")
    SENT = "SENT", pgettext_lazy("message", "Sent")
    UNKNOWN = "UNKNOWN", _("May have been sent")
    DONE = "DONE", _("Done")
    RESPONDED = "RESPONDED", _("Answered")
    FAILED = "FAILED", _("Failed")
    SKIPPED = "SKIPPED", _("Left out")
    CANCELLED = "CANCELLED", _("Cancelled")


LIVE_PLANS = (PlanState.OFFERED, PlanState.ACTIVE, PlanState.PAUSED)
_AHEAD: Final = (TouchpointState.PLANNED, TouchpointState.DUE)
OPEN_TOUCHPOINTS = (*_AHEAD, TouchpointState.HELD, TouchpointState.APPROVED)
# A person may still do these by hand, or leave them out.
STILL_TO_DO = (TouchpointState.PLANNED, TouchpointState.DUE, TouchpointState.APPROVED, TouchpointState.FAILED)
# Where one may stand that was stopped while its message left: the message is the truth.
STOPPED_ON_ITS_WAY: Final = (*_AHEAD, TouchpointState.HELD, TouchpointState.CANCELLED)

_OTHERS: Final = frozenset(ActorKind) - {ActorKind.STAFF}
_MACHINES: Final = frozenset({ActorKind.TASK, ActorKind.COMMAND})

# Any staff member holds, and records a relative's or a donor's "no more". Source: domain.md section 7
WHO_MAY_STOP: Final = (Permission.PERSON_STOP, Permission.CARE_PLAN)
WHO_PLANS: Final = (Permission.CARE_PLAN, Permission.FAMILY_EDIT, Permission.DONOR_EDIT)
# Which of them serves whom is asked by a guard: a family is not looked after by who looks after donors.
WHO_RELEASES: Final = (Permission.CARE_APPROVE, Permission.CALL_MAKE)
WHO_DOES: Final = (Permission.CARE_SEND, Permission.CALL_MAKE)

_RIGHT_PEOPLE: Final = Guard(
    guards.by_who_looks_after_them, _("Families are looked after by family care, donors by their branch.")
)
_PLAN_RUNS: Final = Guard(guards.plan_is_running, _("The plan is not running."))


class PlanWay(models.Model):
    """A programme kept for a household or a donor: offered, running, ended."""

    state = FSMField(default=PlanState.ACTIVE, choices=PlanState, protected=True, max_length=12)

    beginnings: ClassVar[dict[str, Any]] = {
        "offer": (PlanState.OFFERED, moves.rule(WHO_PLANS, also=_OTHERS)),
        "begin": (PlanState.ACTIVE, moves.rule((*WHO_PLANS, *WHO_MAY_STOP), also=_OTHERS)),
    }

    class Meta:
        abstract = True

    @transition(
        "state", source=PlanState.OFFERED, target=PlanState.ACTIVE, custom=moves.rule(WHO_PLANS, also=_OTHERS)
    )
    def accept(self) -> None:
        """Let the plan run: they said yes."""

    @transition(
        "state",
        source=PlanState.OFFERED,
        target=PlanState.DECLINED,
        custom=moves.rule((*WHO_PLANS, *WHO_MAY_STOP), also=_OTHERS),
    )
    def decline(self) -> None:
        """Note that they want no plan."""

    @transition(
        "state",
        source=PlanState.ACTIVE,
        target=PlanState.PAUSED,
        custom=moves.rule((*WHO_PLANS, *WHO_MAY_STOP), also=_OTHERS),
    )
    def pause(self) -> None:
        """Let nothing of the plan go out until a day, or until somebody resumes it."""

    @transition(
        "state", source=PlanState.PAUSED, target=PlanState.ACTIVE, custom=moves.rule(WHO_PLANS, also=_OTHERS)
    )
    def resume(self) -> None:
        """Go on. What lay in the pause is left out."""

    @transition(
        "state",
        source=list(LIVE_PLANS),
        target=PlanState.STOPPED,
        custom=moves.rule((*WHO_PLANS, *WHO_MAY_STOP), also=_OTHERS),
    )
    def stop(self) -> None:
        """End the plan at once; nothing of it goes out any more."""

    @transition(
        "state",
        source=list(LIVE_PLANS),
        target=PlanState.MOVED,
        custom=moves.rule(WHO_PLANS, also=_OTHERS),
    )
    def move(self) -> None:
        """End it here: another branch looks after the household, and goes on with it."""

    @transition(
        "state",
        source=[PlanState.ACTIVE, PlanState.PAUSED],
        target=PlanState.COMPLETED,
        custom=moves.rule(
            WHO_PLANS,
            Guard(guards.nothing_is_open, _("Something of the plan is still to come.")),
            also=_MACHINES,
        ),
    )
    def complete(self) -> None:
        """Note that all of the plan was done."""


class TouchpointWay(models.Model):
    """One occasion: planned, due, released by a person, sent or done."""

    state = FSMField(default=TouchpointState.PLANNED, choices=TouchpointState, protected=True, max_length=12)

    class Meta:
        abstract = True

    @transition(
        "state",
        source=TouchpointState.PLANNED,
        target=TouchpointState.DUE,
        custom=moves.rule(WHO_RELEASES, _PLAN_RUNS, also=_MACHINES),
    )
    def fall_due(self) -> None:
        """Put it before who releases it: its day has come."""

    @transition(
        "state",
        source=[TouchpointState.PLANNED, TouchpointState.DUE],
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
            also=_MACHINES,
        ),
    )
    def approve(self) -> None:
        """Release it: its messages are queued, or it becomes somebody's task."""

    @transition(
        "state",
        source=[*_AHEAD, TouchpointState.APPROVED, TouchpointState.UNKNOWN],
        target=TouchpointState.HELD,
        custom=moves.rule(
            (*WHO_MAY_STOP, *WHO_RELEASES),
            Guard(guards.says_why_it_is_held, _("Say why it is held.")),
            also=_OTHERS,
        ),
    )
    def hold(self) -> None:
        """Stop it until a person looks into it."""

    @transition(
        "state",
        source=[TouchpointState.HELD, TouchpointState.APPROVED, TouchpointState.DUE],
        target=TouchpointState.PLANNED,
        custom=moves.rule((*WHO_RELEASES, *WHO_MAY_STOP, *WHO_PLANS), also=_OTHERS),
    )
    def put_back(self) -> None:
        """Go back to the plan: a hold is lifted, or the day moved. It is released anew."""

    @transition(
        "state",
        source=[*STILL_TO_DO, TouchpointState.HELD],
        target=TouchpointState.SKIPPED,
        custom=moves.rule(WHO_RELEASES, _RIGHT_PEOPLE, also=_MACHINES),
    )
    def skip(self) -> None:
        """Leave it out this time."""

    @transition(
        "state",
        source=list(OPEN_TOUCHPOINTS),
        target=TouchpointState.CANCELLED,
        custom=moves.rule((*WHO_MAY_STOP, *WHO_PLANS), also=_OTHERS),
    )
    def cancel(self) -> None:
        """Take it away: the plan ended, or a fact it rested on changed."""

    @transition(
        "state",
        source=TouchpointState.CANCELLED,
        target=TouchpointState.PLANNED,
        custom=moves.rule((*WHO_PLANS, *WHO_MAY_STOP), also=_OTHERS),
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
        custom=moves.rule((*WHO_DOES, *WHO_RELEASES), also=_OTHERS),
    )
    def send(self) -> None:
        """Note that it reached its people, as far as its messages tell."""

    @transition(
        "state",
        source=[TouchpointState.APPROVED, TouchpointState.SENT, *STOPPED_ON_ITS_WAY],
        target=TouchpointState.UNKNOWN,
        custom=moves.rule((*WHO_DOES, *WHO_RELEASES), also=_OTHERS),
    )
    def lose_sight(self) -> None:
        """Note that a message may have been sent; a person decides."""

    @transition(
        "state",
        source=[TouchpointState.APPROVED, TouchpointState.UNKNOWN],
        target=TouchpointState.FAILED,
        custom=moves.rule((*WHO_DOES, *WHO_RELEASES), also=_OTHERS),
    )
    def fail(self) -> None:
        """Note that nobody was reached by any way."""

    @transition(
        "state",
        source=[TouchpointState.UNKNOWN, TouchpointState.FAILED],
        target=TouchpointState.APPROVED,
        custom=moves.rule((*WHO_DOES, *WHO_RELEASES), also=_OTHERS),
    )
    def go_on(self) -> None:
        """Go on sending: a second person let it be sent again, or another way is tried."""

    @transition(
        "state",
        source=[TouchpointState.SENT, TouchpointState.DONE],
        target=TouchpointState.RESPONDED,
        custom=moves.rule((*WHO_DOES, *WHO_RELEASES, Permission.PERSON_STOP), also=_OTHERS),
    )
    def respond(self) -> None:
        """Note that somebody answered."""
