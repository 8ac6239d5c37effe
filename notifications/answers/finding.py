"""Whose answer it is: everybody known at an address, and the last message that reached it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from foundation import vault
from foundation.vault import Capacity, Subject
from notifications.channel_names import Channel
from notifications.outbox.models import Message
from notifications.outbox.states import REACHED
from registry.donors.models import Donor
from registry.drives.models import Appointment
from registry.families.models import Member

BY_NUMBER: Final = frozenset({Channel.SMS, Channel.CALL})
AT_ONCE: Final = 1000  # messages whose addresses are opened together
# From its day until a message left, at the most: one that is let go late is one of that day [D]
_WAITED: Final = timedelta(days=90)


def people_at(channel: str, address: str, *, at: datetime) -> list[Subject]:
    """
    Return everybody known at an address: several may share a telephone.

    Numbers are found by their index, which other addresses have none of: those are found among all that was
    written to for so long as an answer may mean it, the newest first. Each costs some 60 µs to open: whoever
    writes from an address we never wrote to must not hold the door for long.
    """
    if channel in BY_NUMBER:
        return _by_number(address)
    return _by_lately_written_to(channel, address, at=at)


def sharing_a_number(subject_ids: Iterable[UUID]) -> set[UUID]:
    """
    Return everybody who has the telephone of one of these people, themselves among them.

    One human who stands in two families, or volunteers besides, is known by the number alone.
    """
    ids = list(subject_ids)
    donors = Donor.objects.filter(subject__in=ids, phone_index__isnull=False)
    members = Member.objects.filter(subject__in=ids, phone_index__isnull=False)
    visitors = Appointment.objects.filter(subject__in=ids, phone_index__isnull=False)
    indexes = [
        pk for found in (donors, members, visitors) for pk in found.values_list("phone_index", flat=True)
    ]
    return {
        *Donor.objects.filter(phone_index__in=indexes, merged_into=None).values_list("subject_id", flat=True),
        *Member.objects.filter(phone_index__in=indexes).values_list("subject_id", flat=True),
        *Appointment.objects.filter(phone_index__in=indexes).values_list("subject_id", flat=True),
    }


def kept(subject_ids: Iterable[UUID]) -> set[UUID]:
    """Return these people, each by the record that was kept where two of theirs were joined."""
    ids = set(subject_ids)
    joined = Donor.objects.filter(subject__in=ids, merged_into__isnull=False)
    into = dict(joined.values_list("subject_id", "merged_into__subject_id"))
    return {into.get(pk, pk) for pk in ids}


def last_message(people: Iterable[Subject], channel: str, *, at: datetime) -> Message | None:
    """Return the last message that reached one of them by this channel, not too long ago."""
    since = at - timedelta(days=settings.ANSWER_DAYS)
    ids = [one.pk for one in people]
    theirs = Q(subject__in=ids) | Q(subject__donor__merged_into__subject__in=ids)
    reached = Message.objects.filter(theirs, channel=channel, state__in=REACHED, begun_at__gt=since)
    return reached.select_related("subject", "touchpoint__plan").order_by("-begun_at").first()


def whose(people: Sequence[Subject], message: Message | None) -> Subject | None:
    """Return whose answer it most likely is: who had the last message; else a relative before a donor."""
    if message is not None:
        ids = kept([message.subject_id])
        return next((one for one in people if one.pk in ids), message.subject)
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
    wanted, found = address.strip().casefold(), set[UUID]()
    rows = _lately_sent(channel, at=at).iterator(chunk_size=AT_ONCE)
    while part := list(islice(rows, AT_ONCE)):
        found |= _written_to_at(wanted, [one for one in part if one.subject_id not in found])
    return list(Subject.objects.filter(pk__in=found).order_by("pk"))


def _lately_sent(channel: str, *, at: datetime) -> QuerySet[Message]:
    """Return what was handed over lately, the newest first, by the index of what was due when."""
    since = at - timedelta(days=settings.ANSWER_DAYS)
    lately = Message.objects.filter(state__in=REACHED, due_at__gt=since - _WAITED, begun_at__gt=since)
    of_it = lately.filter(channel=channel, sent_to__isnull=False).order_by("-due_at")
    return of_it.only("seal_version", "sent_to", "subject_id")[: settings.ANSWER_LOOKED_THROUGH]


def _written_to_at(address: str, rows: Sequence[Message]) -> set[UUID]:
    """Return whom one of these messages went to at an address; all keys in one query."""
    return {
        row.subject_id
        for row, cells in zip(rows, vault.open(rows, ["sent_to"]), strict=True)
        if isinstance(cells["sent_to"], str) and cells["sent_to"].strip().casefold() == address
    }
