"""Ask of many people at once what is asked of one: as many queries for a thousand letters as for two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from consent import gate
from consent.models import Consent
from consent.purposes import CONTACT
from foundation.vault import Capacity, Subject
from notifications.channel_names import Channel
from notifications.recipients import contact
from notifications.recipients.against import PURPOSES, stands_against
from notifications.recipients.people import Recipient, of_subject, reads, sealed_address
from registry.families.models import Member


def of_families(ids: Iterable[UUID], *, reading: Sequence[str] = ()) -> dict[UUID, list[Recipient]]:
    """
    Return by household the members who are alive and want to hear, who comes first in front.

    :param reading: what else is read with them, as ``member__family__officer``.
    """
    households: dict[UUID, list[Recipient]] = {pk: [] for pk in ids}
    members = Member.objects.filter(
        family__in=list(households),
        no_more_at__isnull=True,
        family__stopped_at__isnull=True,
        subject__died_reported_at__isnull=True,
        subject__erased_at__isnull=True,
    )
    people = Subject.objects.filter(pk__in=members.values("subject")).order_by("member__order")
    for subject in people.select_related(*reads(Capacity.RELATIVE), *reading):
        if (found := of_subject(subject)) and found.member:
            households[found.member.family_id].append(found)
    return households


def stand_against(recipients: Iterable[Recipient], channel: str, *, at: datetime) -> dict[UUID, str]:
    """
    Return what stands against a channel for each of many relatives, by subject; see ``stands_against``.

    Of whom something is known against it, it is asked one by one.
    """
    people = list(recipients)
    ids = [one.subject.pk for one in people]
    agreed = gate.allows_many(ids, PURPOSES[Channel(channel)])
    asked = set(
        Consent.objects.filter(subject__in=ids, purpose__in=CONTACT).values_list("subject", flat=True)
    )
    shut = contact.shut(ids, channel)

    def of_one(one: Recipient) -> str:
        pk = one.subject.pk
        if pk in shut or one.member is None or _is_silenced(one.subject):
            return stands_against(one, channel, at=at)
        if pk in asked and pk not in agreed:
            return "no_consent"
        return "" if sealed_address(one, channel) else "no_address"

    return {one.subject.pk: of_one(one) for one in people}


def _is_silenced(subject: Subject) -> bool:
    return any((subject.died_reported_at, subject.erased_at, subject.restricted_at))
