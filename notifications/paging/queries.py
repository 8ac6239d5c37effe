"""Read alarms: who was called by which ways, with the number to ring, and what concerns somebody now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef

from foundation import vault
from foundation.access import Scope, Staff, named, scope_of
from notifications import wordings
from notifications.channel_names import Channel
from notifications.paging import order, roster, sending
from notifications.paging.kinds import Place, kind_of
from notifications.paging.models import Alarm, Call, Copy, CopyState, Duty, Pager
from notifications.paging.querysets import here_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Called:
    """One person on the list of an alarm."""

    call: Call
    phone: str
    copies: list[tuple[str, str, Copy]]  # the way, a kind of tag, and the copy itself
    gone: bool  # has left the house since: nobody rings them


_TAGS = {CopyState.DUE: "due", CopyState.SENT: "good", CopyState.FAILED: "bad"}


def called(alarm: Alarm) -> list[Called]:
    """
    Return who was called for an alarm, first to last, with the numbers in clear: it is urgent.

    Who has left the house since stands there without a number.
    """
    calls = list(alarm.calls.all())
    here = set(roster.still_here(call.staff_id for call in calls))
    numbers = _numbers(list(here))
    return [
        Called(call, numbers.get(call.staff_id, ""), _last_of_each(call), call.staff_id not in here)
        for call in calls
    ]


def script(alarm: Alarm, language: str, *, at: datetime) -> str:
    """Return what to say by telephone, "" where its programme does not name the telephone."""
    step = order.step_of(alarm, alarm.step)
    if Channel.CALL not in step.channels:
        return ""
    reader = sending.OnDuty(alarm.branch, language)
    given = sending.given(alarm, step, language)
    try:
        return sending.words(step.wording, Channel.CALL, reader, given, at=at).text
    except (wordings.NoWording, wordings.FieldMissing):
        return ""


def link(alarm: Alarm, staff: Staff, *, at: datetime) -> str:
    """Return where an alarm can be seen to, "" where that page is not for this person."""
    place = kind_of(alarm.kind).leads_to(alarm)
    while place is not None and not _is_open(place, alarm, staff, at=at):
        place = place.otherwise
    return place.url if place else ""


def _is_open(place: Place, alarm: Alarm, staff: Staff, *, at: datetime) -> bool:
    scope = scope_of(staff.pk, place.permission, at=at)
    if scope.covers(alarm.branch.path):
        return True
    return bool(scope.named and place.named_on and named.includes(staff.pk, place.named_on))


def on_duty(staff: Staff, *, at: datetime) -> Duty | None:
    """Return somebody's time on duty that goes on, or begins within a day."""
    soon = at + timedelta(hours=24)
    mine = Duty.objects.filter(staff=staff, ended_at__isnull=True, ends_at__gt=at, starts_at__lte=soon)
    return mine.select_related("branch").order_by("starts_at", "id").first()


def going_on_for(staff: Staff) -> list[Alarm]:
    """Return the alarms that go on and that somebody was called for, the newest first."""
    mine = Alarm.objects.going_on().concerning(staff.pk).select_related("branch", "acknowledged_by")
    return list(mine.order_by("-id")[:20])


def without_anybody(scope: Scope) -> list[tuple[Alarm, StrOrPromise]]:
    """Return the alarms that go on in a scope though nobody called works here still, with their words."""
    here = Call.objects.filter(here_of("staff__"), alarm=OuterRef("pk"))
    found = Alarm.objects.visible_to(scope).going_on().filter(~Exists(here)).select_related("branch")
    return [(alarm, kind_of(alarm.kind).words) for alarm in found.order_by("-id")[:20]]


def _numbers(staff_ids: list[UUID]) -> dict[UUID, str]:
    pagers = list(Pager.objects.filter(staff__in=staff_ids))
    opened = vault.open(pagers, ["phone"])
    return {
        pager.staff_id: said["phone"]
        for pager, said in zip(pagers, opened, strict=True)
        if isinstance(said["phone"], str)
    }


def _last_of_each(call: Call) -> list[tuple[str, str, Copy]]:
    newest = {copy.channel: copy for copy in call.copies.all() if copy.round}
    return [(str(Channel(way).label), _TAGS[CopyState(copy.state)], copy) for way, copy in newest.items()]
