"""Where a plan and a touchpoint may stand, who moves them, and the way of a plan, as a table of moves."""

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
AHEAD: Final = (TouchpointState.PLANNED, TouchpointState.DUE)
OPEN_TOUCHPOINTS = (*AHEAD, TouchpointState.HELD, TouchpointState.APPROVED)
# A person may still do these by hand, or leave them out.
STILL_TO_DO = (TouchpointState.PLANNED, TouchpointState.DUE, TouchpointState.APPROVED, TouchpointState.FAILED)
# Where one may stand that was stopped while its message left: the message is the truth.
STOPPED_ON_ITS_WAY: Final = (*AHEAD, TouchpointState.HELD, TouchpointState.CANCELLED)

OTHERS: Final = frozenset(ActorKind) - {ActorKind.STAFF}
MACHINES: Final = frozenset({ActorKind.TASK, ActorKind.COMMAND})

# Any staff member holds, and records a relative's or a donor's "no more". Source: domain.md section 7
WHO_MAY_STOP: Final = (Permission.PERSON_STOP, Permission.CARE_PLAN)
WHO_PLANS: Final = (Permission.CARE_PLAN, Permission.FAMILY_EDIT, Permission.DONOR_EDIT)
# Which of them serves whom is asked by a guard: a family is not looked after by who looks after donors.
WHO_RELEASES: Final = (Permission.CARE_APPROVE, Permission.CALL_MAKE)
WHO_DOES: Final = (Permission.CARE_SEND, Permission.CALL_MAKE)


class PlanWay(models.Model):
    """A programme kept for a household or a donor: offered, running, ended."""

    state = FSMField(default=PlanState.ACTIVE, choices=PlanState, protected=True, max_length=12)

    beginnings: ClassVar[dict[str, Any]] = {
        "offer": (PlanState.OFFERED, moves.rule(WHO_PLANS, also=OTHERS)),
        "begin": (PlanState.ACTIVE, moves.rule((*WHO_PLANS, *WHO_MAY_STOP), also=OTHERS)),
    }

    class Meta:
        abstract = True

    @transition(
        "state", source=PlanState.OFFERED, target=PlanState.ACTIVE, custom=moves.rule(WHO_PLANS, also=OTHERS)
    )
    def accept(self) -> None:
        """Let the plan run: they said yes."""

    @transition(
        "state",
        source=PlanState.OFFERED,
        target=PlanState.DECLINED,
        custom=moves.rule((*WHO_PLANS, *WHO_MAY_STOP), also=OTHERS),
    )
    def decline(self) -> None:
        """Note that they want no plan."""

    @transition(
        "state",
        source=PlanState.ACTIVE,
        target=PlanState.PAUSED,
        custom=moves.rule((*WHO_PLANS, *WHO_MAY_STOP), also=OTHERS),
    )
    def pause(self) -> None:
        """Let nothing of the plan go out until a day, or until somebody resumes it."""

    @transition(
        "state", source=PlanState.PAUSED, target=PlanState.ACTIVE, custom=moves.rule(WHO_PLANS, also=OTHERS)
    )
    def resume(self) -> None:
        """Go on. What lay in the pause is left out."""

    @transition(
        "state",
        source=list(LIVE_PLANS),
        target=PlanState.STOPPED,
        custom=moves.rule((*WHO_PLANS, *WHO_MAY_STOP), also=OTHERS),
    )
    def stop(self) -> None:
        """End the plan at once; nothing of it goes out any more."""

    @transition(
        "state",
        source=list(LIVE_PLANS),
        target=PlanState.MOVED,
        custom=moves.rule(WHO_PLANS, also=OTHERS),
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
            also=MACHINES,
        ),
    )
    def complete(self) -> None:
        """Note that all of the plan was done."""
