"""Whose answer it is: everybody known at an address, and the last message that reached it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from foundation import vault
from foundation.vault import Capacity, Subject
from notifications.channel_names import Channel
from notifications.outbox.models import Message
from notifications.outbox.states import REACHED
from registry.donors.models import Donor
from registry.drives.models import Appointment
from registry.families.models import Member

BY_NUMBER: Final = frozenset({Channel.SMS, Channel.CALL})


def people_at(channel: str, address: str, *, at: datetime) -> list[Subject]:
    """
    Return everybody known at an address: several may share a telephone.

    Numbers are found by their index; other addresses among those lately written to.
    """
    if channel in BY_NUMBER:
        return _by_number(address)
    return _by_lately_written_to(channel, address, at=at)


def last_message(people: Iterable[Subject], channel: str, *, at: datetime) -> Message | None:
    """Return the last message that reached one of them by this channel, not too long ago."""
    since = at - timedelta(days=settings.ANSWER_DAYS)
    reached = Message.objects.filter(
        subject__in=[one.pk for one in people], channel=channel, state__in=REACHED, begun_at__gt=since
    )
    return reached.select_related("subject", "touchpoint__plan").order_by("-begun_at").first()


def whose(people: Sequence[Subject], message: Message | None) -> Subject | None:
    """Return whose answer it most likely is: who had the last message; else a relative before a donor."""
    if message is not None:
        return message.subject
    return next((one for one in people if one.capacity == Capacity.RELATIVE), next(iter(people), None))


def _by_number(number: str) -> list[Subject]:
    indexes = vault.index.phone(number).each
    found = vault.index.among("phone_index", indexes)
    ids = {
        *Donor.objects.filter(found, merged_into__isnull=True).values_list("subject_id", flat=True),
        *Member.objects.filter(found).values_list("subject_id", flat=True),
        *Appointment.objects.filter(found).values_list("subject_id", flat=True),
    }
    return list(Subject.objects.filter(pk__in=ids, erased_at__isnull=True).order_by("pk"))


def _by_lately_written_to(channel: str, address: str, *, at: datetime) -> list[Subject]:
    since = at - timedelta(days=settings.ANSWER_DAYS)
    lately = Message.objects.filter(channel=channel, state__in=REACHED, begun_at__gt=since)
    rows = list(lately.select_related("subject").order_by("-id")[: settings.ANSWER_LOOKED_THROUGH])
    opened = vault.open(rows, ["sent_to"])
    wanted = address.strip().casefold()
    found = {
        row.subject_id: row.subject
        for row, cells in zip(rows, opened, strict=True)
        if isinstance(cells["sent_to"], str) and cells["sent_to"].strip().casefold() == wanted
    }
    return [found[pk] for pk in sorted(found)]
