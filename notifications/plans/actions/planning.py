"""Make the calendar of plans: what is new comes in, moved moves; what no longer is goes; twice is once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Final, NamedTuple
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from foundation import calendar, moves, rows, trail, vault
from foundation.access import task_actor
from foundation.trail import Actor
from notifications.plans import facts as known
from notifications.plans import heard, signals
from notifications.plans.actions import common
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import OPEN_TOUCHPOINTS, PlanState
from notifications.plans.states import TouchpointState as State
from notifications.plans.whys import OF_PLANNING, Why
from notifications.programmes import conditions, planning
from notifications.programmes.models import ProgrammeStep
from notifications.programmes.planning import Planned
from notifications.programmes.queries import steps_in_use

log = structlog.get_logger(__name__)
AT_ONCE: Final = 500  # plans whose people are locked together
Occasion = tuple[str, str]  # of a step's key and the occasion


class There(NamedTuple):
    """A touchpoint that is there, as plain values: most of them stay as they are."""

    pk: UUID
    plan_id: UUID
    state: str
    why: str
    on_date: date
    step_id: UUID


@dataclass(slots=True)
class Changes:
    """What planning changes for some plans."""

    new: list[Touchpoint] = field(default_factory=list)
    moved: list[tuple[There, Planned]] = field(default_factory=list)
    back: list[tuple[There, Planned]] = field(default_factory=list)
    gone: list[tuple[There, Why]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.new) + len(self.moved) + len(self.back) + len(self.gone)


def through(at: datetime) -> date:
    """Return up to which day the calendar is made: the end of the next year."""
    return date(calendar.day_of(at).year + settings.PLANNED_YEARS_AHEAD, 12, 31)


@transaction.atomic
def replan(plan: Plan, *, at: datetime, by: Actor | None = None) -> Changes:
    """
    Make a plan's calendar anew, because something that is known of its people changed.

    What is not sent yet moves or is cancelled, and says why; what was sent is never touched.
    """
    plan = common.locked_plan(plan)
    return _plan([plan], through(at), by=by or task_actor("plans.ahead"), at=at)


def plan_year(plans: Iterable[Plan], until: date, *, at: datetime, by: Actor | None = None) -> int:
    """
    Make the calendars of many plans up to a day, in portions of a transaction each.

    :returns: how many touchpoints came in, moved or went.
    """
    by = by or task_actor("plans.ahead")
    waiting = iter(plans)
    portions = iter(lambda: list(islice(waiting, AT_ONCE)), [])
    return sum(_each(part, until, by=by, at=at) for part in portions)


def _each(plans: Sequence[Plan], until: date, *, by: Actor, at: datetime) -> int:
    """Plan a portion; where that fails plan by plan, so that one keeps no other back."""
    try:
        return _portion(plans, until, by=by, at=at)
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with one, the others are planned
        if len(plans) == 1:
            log.error("plan_not_made", plan=str(plans[0].pk), fault=type(fault).__name__)
            return 0
    return sum(_each([plan], until, by=by, at=at) for plan in plans)


@transaction.atomic
def _portion(plans: Sequence[Plan], until: date, *, by: Actor, at: datetime) -> int:
    vault.lock(*{common.subject_of(plan) for plan in plans})
    fresh = Plan.objects.filter(pk__in=[plan.pk for plan in plans]).select_related("family__giver__subject")
    return len(_plan(list(fresh), until, by=by, at=at))


def _plan(plans: Sequence[Plan], until: date, *, by: Actor, at: datetime) -> Changes:
    """Plan some plans whose people are locked."""
    live = [plan for plan in plans if plan.state in {PlanState.ACTIVE, PlanState.PAUSED}]
    facts, there, steps, had = known.of_plans(live), _there(live), _Steps(), heard.before(live)
    changes = Changes()
    for plan in live:
        wanted = planning.dates(
            steps.of(plan.programme_key), facts[plan.pk], since=calendar.day_of(plan.began_at), until=until
        )
        wanted = [one for one in wanted if (one.key, one.occasion) not in had[plan.pk]]
        known_there = steps.made_by_planning(plan.programme_key, there.get(plan.pk, {}))
        _compare(plan, wanted, known_there, calendar.day_of(at), changes)
    _apply(changes, by=by, at=at)
    _follow_people(live)
    Plan.objects.filter(pk__in=[plan.pk for plan in live]).update(planned_through=until)
    if len(changes):
        trail.record_many(_entries(live, changes, by=by, at=at))
    return changes


class _Steps:
    """The steps in use, read once a programme."""

    def __init__(self) -> None:
        self._known: dict[str, list[ProgrammeStep]] = {}

    def of(self, key: str) -> list[ProgrammeStep]:
        if key not in self._known:
            self._known[key] = steps_in_use(key)
        return self._known[key]

    def made_by_planning(self, key: str, there: Mapping[Occasion, There]) -> Mapping[Occasion, There]:
        """Leave out what somebody asked for: no fact makes it, and none takes it away."""
        asked = {step.key for step in self.of(key) if conditions.ASKED in step.conditions}
        return {name: one for name, one in there.items() if name[0] not in asked} if asked else there


def _there(plans: Sequence[Plan]) -> dict[UUID, dict[Occasion, There]]:
    found: dict[UUID, dict[Occasion, There]] = {}
    touchpoints = Touchpoint.objects.filter(plan__in=[plan.pk for plan in plans])
    for key, occasion, *cells in touchpoints.values_list("key", "occasion", *There._fields):
        there = There(*cells)
        found.setdefault(there.plan_id, {})[key, occasion] = there
    return found


def _compare(
    plan: Plan,
    wanted: Sequence[Planned],
    there: Mapping[Occasion, There],
    today: date,
    changes: Changes,
) -> None:
    """Say what differs between what should stand in a plan's calendar and what does."""
    asked = {(planned.key, planned.occasion): planned for planned in wanted}
    for name, planned in asked.items():
        touchpoint = there.get(name)
        if touchpoint is None:
            if planned.on_date >= today:  # nothing is planned for days gone by
                changes.new.append(_new(plan, planned))
        else:
            _differ(touchpoint, planned, today, changes)
    for name, touchpoint in there.items():
        if name not in asked and touchpoint.state in OPEN_TOUCHPOINTS:
            changes.gone.append((touchpoint, Why.NO_LONGER))


def _differ(touchpoint: There, planned: Planned, today: date, changes: Changes) -> None:
    """Compare one touchpoint that is there with how it should be. What was sent or done stays as it is."""
    if touchpoint.state in OPEN_TOUCHPOINTS:
        another_day = touchpoint.on_date != planned.on_date
        if planned.why:
            changes.gone.append((touchpoint, Why(planned.why)))
        elif another_day and planned.on_date < today:
            changes.gone.append((touchpoint, Why.DAY_GONE))
        elif another_day or _is_of_an_older_version(touchpoint, planned):
            changes.moved.append((touchpoint, planned))
    elif _may_come_back(touchpoint) and not planned.why and planned.on_date >= today:
        changes.back.append((touchpoint, planned))


def _is_of_an_older_version(touchpoint: There, planned: Planned) -> bool:
    """Return whether the programme changed; what a person released stays as they released it."""
    return touchpoint.step_id != planned.step.pk and touchpoint.state != State.APPROVED


def _may_come_back(touchpoint: There) -> bool:
    return touchpoint.state == State.CANCELLED and touchpoint.why in OF_PLANNING


def _new(plan: Plan, planned: Planned) -> Touchpoint:
    return rows.new(
        Touchpoint,
        plan=plan,
        step=planned.step,
        key=planned.key,
        occasion=planned.occasion,
        on_date=planned.on_date,
        branch_path=plan.branch_path,
        state=str(State.CANCELLED if planned.why else State.PLANNED),
        why=planned.why,
    )


def _apply(changes: Changes, *, by: Actor, at: datetime) -> None:
    if changes.new:
        rows.insert(Touchpoint, changes.new)
    changed = [one.pk for one, _to in (*changes.moved, *changes.back, *changes.gone)]
    rows_of = Touchpoint.objects.select_related("plan", "step").in_bulk(changed)
    for there, planned in changes.moved:
        _move(rows_of[there.pk], planned, by=by, at=at)
    for there, planned in changes.back:
        touchpoint = rows_of[there.pk]
        touchpoint.on_date, touchpoint.step_id, touchpoint.why = planned.on_date, planned.step.pk, ""
        moves.make(touchpoint, "plan_again", by=by, at=at, saves=("on_date", "step", "why"))
    for there, why in changes.gone:
        common.cancel(rows_of[there.pk], why, by=by, at=at)


def _move(touchpoint: Touchpoint, planned: Planned, *, by: Actor, at: datetime) -> None:
    """Move what is not sent yet. What was released for another day is released anew."""
    another_day = touchpoint.on_date != planned.on_date
    touchpoint.on_date, touchpoint.step_id = planned.on_date, planned.step.pk
    if another_day and touchpoint.state in {State.APPROVED, State.DUE}:
        touchpoint.approved_by_id, touchpoint.approved_at = "", None
        saves = ("on_date", "step", "approved_by_id", "approved_at")
        moves.make(touchpoint, "put_back", by=by, at=at, reason=Why.DAY_MOVED.value, saves=saves)
        why = Why.DAY_MOVED.value
        signals.touchpoint_held.send(Touchpoint, touchpoint=touchpoint, why=why, by=by, at=at)
        return
    touchpoint.save(update_fields=["on_date", "step"])


def _follow_people(plans: Sequence[Plan]) -> None:
    """
    Let a plan and what is open of it follow the path of its branch, which stands elsewhere in the tree now.

    Where another branch looks after the household, the plan ends here as moved: see ``moving``.
    """
    for plan in plans:
        if plan.family is None or plan.family.branch_id != plan.branch_id:
            continue
        if plan.family.branch_path == plan.branch_path:
            continue
        plan.branch_path = plan.family.branch_path
        plan.save(update_fields=["branch_path"])
        plan.touchpoints.filter(state__in=OPEN_TOUCHPOINTS).update(branch_path=plan.branch_path)


def _entries(plans: Sequence[Plan], changes: Changes, *, by: Actor, at: datetime) -> Iterator[trail.Entry]:
    """One line a plan that changed: how much came in, moved and went."""
    counts: dict[UUID, dict[str, int]] = {}
    for name, touched in (
        ("new", [one.plan_id for one in changes.new]),
        ("moved", [one.plan_id for one, _planned in changes.moved]),
        ("back", [one.plan_id for one, _planned in changes.back]),
        ("gone", [one.plan_id for one, _why in changes.gone]),
    ):
        for plan_id in touched:
            of_plan = counts.setdefault(plan_id, {})
            of_plan[name] = of_plan.get(name, 0) + 1
    for plan in plans:
        if plan.pk in counts:
            yield trail.Entry("plan.planned", by, at, plan, branch=str(plan.branch_id), facts=counts[plan.pk])
