"""Hand over the copies of an alarm, each by its channel, until it is taken; nothing else is asked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation

from foundation import vault
from foundation.access import Branch, Staff, links
from notifications import channels, outbox, wordings
from notifications.channel_names import Channel
from notifications.paging import order, roster
from notifications.paging.kinds import kind_of
from notifications.paging.models import Alarm, Copy, CopyState, Pager
from notifications.programmes.models import ProgrammeStep
from notifications.wordings import shipped

log = structlog.get_logger(__name__)
ALARM, OVER = "paging.alarm", "paging.over"  # the words of the program's own
AGAIN = timedelta(minutes=1)
TRIES = 5  # then the way is given up; the others, and the next person, go on
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A member of staff as whom words are written to."""

    branch: Branch
    language: str
    donor: None = None
    member: None = None
    appointment: None = None


def send_due(*, at: datetime, alarm_id: UUID | None = None) -> int:
    """
    Hand over what is due, and return how many copies were taken.

    Nothing of a backup that was put back, until it is released: it would wake people for what was over long
    ago, or from a rehearsal. Its alarms stand on Today and are rung by hand. Source: messaging.md, 4
    """
    if outbox.is_restored(at=at):
        return 0
    due = Copy.objects.due(at).select_related("call__alarm__branch", "call__staff")
    if alarm_id is not None:
        due = due.filter(call__alarm=alarm_id)
    return sum(_send(copy, at=at) for copy in due.order_by("id")[:AT_ONCE])


def _send(copy: Copy, *, at: datetime) -> bool:
    mine = Copy.objects.due(at).filter(pk=copy.pk)
    if not mine.update(attempts=F("attempts") + 1, not_before=at + AGAIN):
        return False  # another worker is at it
    try:
        _hand_over(copy, at=at)
    except channels.NotHandedOver as fault:
        _not_yet(copy, fault.code, given_up=fault.permanent)
    except (channels.Unclear, wordings.NoWording, wordings.FieldMissing) as fault:
        _not_yet(copy, getattr(fault, "code", "no_wording"))
    except Exception as fault:  # noqa: BLE001 - the other copies must go out whatever this one met
        log.error("paging.fault", copy=str(copy.pk), fault=type(fault).__name__)
        _not_yet(copy, "fault")
    else:
        Copy.objects.filter(pk=copy.pk).update(state=CopyState.SENT, sent_at=at, why="")
        return True
    return False


def _hand_over(copy: Copy, *, at: datetime) -> None:
    alarm, staff = copy.call.alarm, copy.call.staff
    if not roster.still_here([staff.pk]):
        raise channels.NotHandedOver("has_left", permanent=True)
    address = address_of(staff, Channel(copy.channel))
    if not address:
        raise channels.NotHandedOver("no_address", permanent=True)
    step = order.step_of(alarm, copy.step)
    key = OVER if copy.round == 0 else step.wording
    reader = OnDuty(alarm.branch, staff.language or settings.LANGUAGE_CODE)
    rendered = words(key, copy.channel, reader, given(alarm, step, reader.language), at=at)
    channels.prepare(copy.channel)
    envelope = channels.Envelope(copy.pk, copy.channel, at, time.monotonic(), again=copy.attempts > 0)
    channels.send(envelope, rendered, address, reader)


def words(
    key: str, channel: str, reader: OnDuty, fields: dict[str, str], *, at: datetime
) -> wordings.Rendered:
    """
    Write an alarm in the approved words; where nobody has approved any, or a field of theirs is empty,
    in those of the program.
    """
    try:
        return wordings.render(key, channel, reader, fields, at=at)
    except (wordings.NoWording, wordings.FieldMissing):
        return shipped.render(OVER if key == OVER else ALARM, channel, reader, fields, at=at)


def given(alarm: Alarm, step: ProgrammeStep, language: str) -> dict[str, str]:
    """Return the merge fields of an alarm: what and when, and where to look, after signing in."""
    with translation.override(language):
        happened = str(kind_of(alarm.kind).words)
    return {
        "alarm_words": happened,
        "alarm_minutes": str(step.minutes),
        "alarm_at": timezone.localtime(alarm.raised_at).strftime("%H:%M"),
        "link_alarm": links.site_address() + reverse("paging:alarm", args=[alarm.pk]),
    }


def address_of(staff: Staff, channel: Channel) -> str:
    """Return the e-mail address or the number of a member of staff, "" where none is known."""
    if channel == Channel.EMAIL:
        return staff.email
    pager = Pager.objects.filter(staff=staff).first()
    opened = vault.open_one(pager, "phone")["phone"] if pager else None
    return opened if isinstance(opened, str) else ""


def _not_yet(copy: Copy, why: str, *, given_up: bool = False) -> None:
    over = given_up or copy.attempts + 1 >= TRIES
    changed = {"state": CopyState.FAILED} if over else {}
    Copy.objects.filter(pk=copy.pk, state=CopyState.DUE).update(why=why[:48], **changed)
