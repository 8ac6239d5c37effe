"""Record that a way to a person is stopped, comes back, is wrong, or works again; and ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from foundation import standing, trail, vault
from foundation.standing import ID, TEXT, slot
from foundation.trail import Actor
from foundation.vault import Subject
from notifications.channel_names import Channel
from notifications.recipients.models import ContactState, Reach

STOPPED = "channel_stopped"
BROKEN = "channel_broken"


@transaction.atomic
def mark(
    subject: Subject,
    channel: Channel | str,
    state: Reach | str,
    *,
    by: Actor,
    at: datetime,
    address: str = "",
) -> ContactState:
    """
    Record what is known of one way to a person. The same again changes nothing.

    A stop is the person's own word: that a message came back does not take its place.

    :param address: the one that came back or is wrong; without it all of this way are.
    """
    vault.lock(subject.pk)
    subject = Subject.objects.get(pk=subject.pk)
    row = ContactState.objects.filter(subject=subject, channel=channel).first()
    if row is None:
        row = ContactState(subject=subject, channel=channel, state=Reach.OK, since=at)
    before = row.state
    if _stands(row, Reach(state), address):
        return row
    row.state, row.since = Reach(state), at
    row.by_kind, row.by_id, row.by_role, row.by_branch = by.columns().values()
    row.address = None
    if address and subject.key_id:
        vault.seal(row, key=subject.key_id, address=address)
    row.save()
    trail.record(
        "contact.marked", by=by, at=at, object=subject, branch=subject.branch_id, reason=str(row.state),
        before={"state": str(before)}, after={"state": str(row.state)}, channel=str(channel),
    )  # fmt: skip
    return row


def clear(subject: Subject, channel: Channel | str, *, by: Actor, at: datetime) -> None:
    """Record that a way works again: the person said so, or was reached by it."""
    if ContactState.objects.filter(subject=subject, channel=channel).exclude(state=Reach.OK).exists():
        mark(subject, channel, Reach.OK, by=by, at=at)


def forget_broken(subject: Subject, channel: Channel | str, *, by: Actor, at: datetime) -> None:
    """Record that an address that did not work is another now; a stop, the person's own word, stands."""
    broken = ContactState.objects.filter(state__in=[Reach.BOUNCED, Reach.WRONG])
    if broken.filter(subject=subject, channel=channel).exists():
        mark(subject, channel, Reach.OK, by=by, at=at)


def shut(subject_ids: Iterable[UUID], channel: Channel | str) -> set[UUID]:
    """Return of whom among many something is known against a way: it is asked of each of these alone."""
    known = ContactState.objects.filter(subject__in=list(subject_ids), channel=channel)
    return set(known.exclude(state=Reach.OK).values_list("subject_id", flat=True))


def who_stopped(channel: Channel | str, *, subject: str = "subject") -> Q:
    """Return the condition on rows whose person stopped a way."""
    stopped = ContactState.objects.filter(channel=channel, state=Reach.STOPPED)
    return Q(Exists(stopped.filter(subject=OuterRef(subject))))


def against(subject_id: UUID, channel: Channel | str, address: str | None) -> str:
    """Return what stands against writing to a person at an address this way, as a code; else nothing."""
    row = next(iter(_KNOWN.ask(subject=subject_id, channel=channel)), None)
    if row is None:
        return ""
    if row.state == Reach.STOPPED:
        return STOPPED
    known = vault.open_one(row, "address")["address"]
    return "" if isinstance(known, str) and address is not None and known != address else BROKEN


def _stands(row: ContactState, state: Reach, address: str) -> bool:
    """Return whether nothing is to be written: it stands so already, or a stop stands above it."""
    if row.state == Reach.STOPPED and state in {Reach.BOUNCED, Reach.WRONG}:
        return True
    if row.state != state:
        return False
    return state in {Reach.OK, Reach.STOPPED} or vault.open_one(row, "address")["address"] == (
        address or None
    )


def known(channel: Channel | str) -> QuerySet[ContactState]:
    """Return what is known against a way, of whomever."""
    return ContactState.objects.filter(channel=channel).exclude(state=Reach.OK)


_KNOWN: Final = standing.Question(lambda: known(slot("channel", TEXT)).filter(subject=slot("subject", ID)))
