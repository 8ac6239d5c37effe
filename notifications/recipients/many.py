"""Ask of many people at once what is asked of one: as many queries for a thousand letters as for two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from consent import gate
from consent.models import Consent
from consent.purposes import CONTACT
from consent.states import State
from foundation.vault import Capacity, Subject
from notifications.channel_names import Channel
from notifications.recipients import contact
from notifications.recipients.against import PURPOSES, SCAN_MISSING, of_the_person, stands_against
from notifications.recipients.people import Recipient, of_subject, reads, sealed_address
from registry.families.models import Family, Member


def of_family(family: Family) -> list[Recipient]:
    """Return the members of a household who are alive and want to hear, who comes first in front."""
    return of_families([family.pk])[family.pk]


def of_families(ids: Iterable[UUID], *, reading: Sequence[str] = ()) -> dict[UUID, list[Recipient]]:
    """
    Return by household the members who are alive and want to hear, who comes first in front.

    :param reading: what else is read with them, as ``member__family__officer``.
    """
    households: dict[UUID, list[Recipient]] = {pk: [] for pk in ids}
    members = Member.objects.who_hear().filter(family__in=list(households))
    people = Subject.objects.filter(pk__in=members.values("subject")).order_by("member__order")
    for subject in people.select_related(*reads(Capacity.RELATIVE), *reading):
        if (found := of_subject(subject)) and found.member:
            households[found.member.family_id].append(found)
    return households


def were_asked(subject_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of many people whose own word on ways to reach them was taken down, whatever it was."""
    answers = Consent.objects.filter(subject__in=list(subject_ids), purpose__in=CONTACT)
    return set(answers.values_list("subject", flat=True))


def stand_against(recipients: Iterable[Recipient], channel: str) -> dict[UUID, str]:
    """
    Return what stands against a channel for each of many relatives, by subject; see ``stands_against``.

    Of whom something is known against it, it is asked one by one.
    """
    people = list(recipients)
    ids = [one.subject.pk for one in people]
    purpose = PURPOSES[Channel(channel)]
    agreed, signed = gate.allows_many(ids, purpose), gate.allows_many(ids, purpose, at_least=State.SIGNED)
    asked = were_asked(ids)
    shut = contact.shut(ids, channel)

    def of_one(one: Recipient) -> str:
        pk = one.subject.pk
        if why := of_the_person(one):
            return why
        if pk in shut or one.member is None:
            return stands_against(one, channel)
        if pk in asked and pk not in agreed:
            return SCAN_MISSING if pk in signed else "no_consent"
        return "" if sealed_address(one, channel) else "no_address"

    return {one.subject.pk: of_one(one) for one in people}
