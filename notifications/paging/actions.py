"""Raise an alarm, pass it on, answer it by name, end it. Each change is on the trail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from foundation import access, moves, trail
from foundation.access import Branch, Permission, Staff
from foundation.trail import Actor
from notifications.channel_names import BY_MACHINE
from notifications.paging import order, roster, waking
from notifications.paging.kinds import kind_of
from notifications.paging.models import Alarm, Call, Copy, CopyState, Duty, Over
from notifications.programmes.models import ProgrammeStep

log = structlog.get_logger(__name__)
OVER_ROUND = 0
ROSTER = (Permission.STAFF_MANAGE, Permission.APPROVE, Permission.CARE_APPROVE)  # who enters on duty


class NotForYou(moves.Refused):
    """Only somebody who was called answers an alarm."""


@transaction.atomic
def page(
    kind: str,
    *,
    object: Any,  # noqa: A002 - as on the trail
    people: Sequence[UUID] = (),
    anew: bool = False,
    by: Actor,
    at: datetime,
) -> Alarm:
    """
    Call people now, over every way at once; an alarm that goes on is returned as it stands.

    Called at once: ``people`` and the first on duty. Whoever is next on duty follows each time nobody
    answered in time; after the last of them all are called again. The programme in use says by which
    ways, in which words and in what time.

    :param object: a saved thing with ``branch_paths``; its id alone is kept.
    :param people: members of staff whose thing it is.
    :param anew: it has become worse: an alarm that goes on calls all again, whoever sees to it already.
    :raises KeyError: if no room registered this kind.
    """
    kind_of(kind)
    about = {"kind": kind, "object_type": object._meta.label_lower, "object_id": str(object.pk)}
    branch = Branch.objects.get(path=object.branch_paths[0])
    going = Alarm.objects.select_for_update().filter(**about, over_at=None).first() if anew else None
    if going is not None:
        return _anew(going, people, by=by, at=at)
    alarm, new = Alarm.objects.get_or_create(
        **about,
        over_at=None,
        defaults={
            "branch": branch,
            "programme": order.in_use(),
            "raised_at": at,
            "called_at": at,
            **by.columns(),
        },
    )
    if not new:
        return alarm
    chain = roster.chain(branch, at=at)
    _call(alarm, [*dict.fromkeys([*people, *chain[:1]])], order.at_once(order.of(alarm)), at=at)
    trail.record("alarm.raised", by=by, at=at, object=alarm, branch=branch.pk, kind=kind)
    return alarm


@transaction.atomic
def acknowledge(alarm: Alarm, *, by: Actor, at: datetime) -> None:
    """
    Say by name "I see to it": nobody else is called.

    :raises NotForYou: if the actor was not called.
    :raises moves.Refused: if it is over, or somebody else has said so.
    """
    fresh = locked(alarm.pk)
    staff = _called(fresh, by)
    if fresh.over_at is not None:
        raise moves.Refused([_("This alarm is over. There is nothing more to do.")])
    if fresh.acknowledged_by_id == staff:
        return
    if fresh.acknowledged_at is not None:
        raise moves.Refused([_("A colleague was quicker and sees to it.")])
    fresh.acknowledged_at, fresh.acknowledged_by_id = at, staff
    fresh.save(update_fields=["acknowledged_at", "acknowledged_by"])
    Copy.objects.filter(call__alarm=fresh, state=CopyState.DUE).update(state=CopyState.FAILED, why="answered")
    trail.record("alarm.acknowledged", by=by, at=at, object=fresh, kind=fresh.kind)


@transaction.atomic
def give_back(alarm: Alarm, *, by: Actor, at: datetime) -> None:
    """
    Say "I cannot after all": the next is called at once.

    :raises moves.Refused: if the actor does not see to it.
    """
    fresh = locked(alarm.pk)
    _mine(fresh, by)
    _is_nobodys(fresh, by=by, at=at)
    pass_on(fresh, at=at)


@transaction.atomic
def settle(alarm: Alarm, *, by: Actor, at: datetime) -> None:
    """
    Say that it was seen to.

    :raises moves.Refused: if the actor does not see to it, or what it is about still stands.
    """
    fresh = locked(alarm.pk)
    _mine(fresh, by)
    kind = kind_of(fresh.kind)
    if not kind.ends_by_hand and kind.stands(fresh):
        raise moves.Refused([_("It is still so. The alarm ends by itself once it is not.")])
    end(fresh, Over.BY_HAND, by=by, at=at)


def taken_from_who_left(alarm: Alarm, *, by: Actor, at: datetime) -> None:
    """Call others at once for an alarm whose answer was of somebody who has left the house since."""
    _is_nobodys(alarm, by=by, at=at)
    pass_on(alarm, at=at)


def pass_on(alarm: Alarm, *, at: datetime) -> None:
    """Call who is next on duty; after the last of them, everybody once more."""
    called = set(alarm.calls.values_list("staff_id", flat=True))
    following = [staff for staff in roster.chain(alarm.branch, at=at) if staff not in called]
    if not following:
        alarm.round += 1
    done = order.step_of(alarm, alarm.step)
    step = order.following(order.of(alarm), done, somebody_next=bool(following))
    alarm.called_at = at
    alarm.save(update_fields=["round", "called_at"])
    _call(alarm, following[:1] or called, step, at=at)


def end(alarm: Alarm, why: Over, *, by: Actor, at: datetime) -> None:
    """End an alarm, and tell everybody who was called that it is over."""
    alarm.over_at, alarm.over_why = at, why
    alarm.save(update_fields=["over_at", "over_why"])
    copies = Copy.objects.filter(call__alarm=alarm)
    copies.filter(state=CopyState.DUE).update(state=CopyState.FAILED, why="over")
    told = copies.filter(state=CopyState.SENT).values_list("call_id", "channel").distinct()
    Copy.objects.bulk_create(
        [Copy(call_id=call, channel=way, round=OVER_ROUND, not_before=at) for call, way in told],
        ignore_conflicts=True,
    )
    trail.record("alarm.over", by=by, at=at, object=alarm, kind=alarm.kind, reason=str(why))
    transaction.on_commit(partial(waking.wake, alarm.pk), robust=True)


@transaction.atomic
def put_on_duty(
    staff: Staff,
    branch: Branch,
    *,
    place: int,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    at: datetime,
) -> Duty:
    """
    Enter somebody on the roster of a branch.

    :raises moves.NotAllowed: if the actor may not enter anybody there.
    :raises moves.Refused: if the time is none, or over, or they stand there already.
    """
    _may_roster(branch, by=by, at=at)
    if not timedelta() < ends_at - starts_at <= timedelta(days=settings.DUTY_DAYS_MOST):
        raise moves.Refused([_("A duty ends after it begins, and lasts a month at the most.")])
    if ends_at <= at:
        raise moves.Refused([_("The last day is over already.")])
    same = Duty.objects.filter(staff=staff, branch=branch, ended_at__isnull=True)
    if same.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise moves.Refused([_("They are on duty here at that time already.")])
    duty = Duty.objects.create(
        staff=staff, branch=branch, place=place, starts_at=starts_at, ends_at=ends_at, **by.columns()
    )
    trail.record("duty.entered", by=by, at=at, object=duty, branch=branch.pk, staff=str(staff.pk))
    return duty


@transaction.atomic
def take_off_duty(duty: Duty, *, by: Actor, at: datetime) -> None:
    """
    Take somebody off the roster before their time.

    :raises moves.NotAllowed: if the actor may not.
    """
    _may_roster(duty.branch, by=by, at=at)
    if Duty.objects.filter(pk=duty.pk, ended_at__isnull=True).update(ended_at=at):
        trail.record("duty.ended", by=by, at=at, object=duty, branch=duty.branch_id)


def _may_roster(branch: Branch, *, by: Actor, at: datetime) -> None:
    if not any(access.may(by, right, on=branch, at=at) for right in ROSTER):
        raise moves.NotAllowed(ROSTER[0].value)


def _anew(alarm: Alarm, people: Sequence[UUID], *, by: Actor, at: datetime) -> Alarm:
    """Call everybody of an alarm once more; what was told at the same moment is told once."""
    if alarm.raised_at == at:
        return alarm
    Copy.objects.filter(call__alarm=alarm, state=CopyState.DUE).update(state=CopyState.FAILED, why="anew")
    alarm.raised_at = alarm.called_at = at
    alarm.acknowledged_at = alarm.acknowledged_by_id = None
    alarm.round += 1
    alarm.save(update_fields=["raised_at", "called_at", "acknowledged_at", "acknowledged_by", "round"])
    called = alarm.calls.values_list("staff_id", flat=True)
    everybody = {*people, *called, *roster.chain(alarm.branch, at=at)[:1]}
    _call(alarm, everybody, order.at_once(order.of(alarm)), at=at)
    trail.record("alarm.raised_anew", by=by, at=at, object=alarm, branch=alarm.branch_id, kind=alarm.kind)
    return alarm


def _call(alarm: Alarm, staff: Iterable[UUID], step: ProgrammeStep, *, at: datetime) -> None:
    """
    Call those of some people who have not left the house since.

    What waited for them of an earlier round is not told besides: after a hold of hours they hear it once.
    """
    people = roster.still_here(staff)
    if not people:
        log.error("paging.nobody_left", alarm=str(alarm.pk))
    alarm.step = step.key
    alarm.save(update_fields=["step"])
    Call.objects.bulk_create(
        [Call(alarm=alarm, staff_id=one, called_at=at) for one in people], ignore_conflicts=True
    )
    calls = alarm.calls.filter(staff__in=people)
    Copy.objects.filter(call__in=calls, state=CopyState.DUE).update(state=CopyState.FAILED, why="anew")
    Copy.objects.bulk_create(
        [
            Copy(call=call, channel=way, round=alarm.round, step=step.key, not_before=at)
            for call in calls
            for way in step.channels
            if way in BY_MACHINE
        ],
        ignore_conflicts=True,
    )
    transaction.on_commit(partial(waking.wake, alarm.pk), robust=True)


def _is_nobodys(alarm: Alarm, *, by: Actor, at: datetime) -> None:
    alarm.acknowledged_at = alarm.acknowledged_by_id = None
    alarm.save(update_fields=["acknowledged_at", "acknowledged_by"])
    trail.record("alarm.given_back", by=by, at=at, object=alarm, kind=alarm.kind)


def locked(pk: UUID) -> Alarm:
    """Return an alarm as it stands now, its row locked."""
    return Alarm.objects.select_for_update(of=("self",)).select_related("branch").get(pk=pk)


def _called(alarm: Alarm, by: Actor) -> UUID:
    found: models.QuerySet[Call] = alarm.calls.filter(staff_id=by.id)
    if not found.exists():
        raise NotForYou([_("You were not called for this.")])
    return UUID(by.id)


def _mine(alarm: Alarm, by: Actor) -> None:
    if alarm.over_at is not None:
        raise moves.Refused([_("This alarm is over. There is nothing more to do.")])
    if str(alarm.acknowledged_by_id) != by.id:
        raise moves.Refused([_("First say that you see to it.")])
