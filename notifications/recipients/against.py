"""What stands against reaching somebody by a channel: asked when it is planned, and again when it is sent."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from consent import gate
from consent.models import Consent
from consent.purposes import CONTACT, Purpose
from consent.states import State
from foundation import standing
from foundation.standing import ID, TEXT, Asked, slot
from foundation.vault import Subject
from notifications.channel_names import Channel
from notifications.recipients import contact
from notifications.recipients.people import Recipient, address, sealed_address
from registry.donors import reach
from registry.donors.models import ContactChoice, Donor

PURPOSES: Final[dict[str, Purpose]] = {
    Channel.CALL: Purpose.CONTACT_PHONE,
    Channel.SMS: Purpose.CONTACT_SMS,
    Channel.EMAIL: Purpose.CONTACT_EMAIL,
    Channel.LETTER: Purpose.CONTACT_POST,
    Channel.VISIT: Purpose.CONTACT_VISIT,
    Channel.WECHAT: Purpose.CONTACT_WECHAT,
}
_CHANNELS: Final = {purpose: channel for channel, purpose in PURPOSES.items()}
SCAN_MISSING: Final = "scan_missing"  # signed for: what is signed is not verified yet
_BY_NUMBER: Final = frozenset({Purpose.CONTACT_PHONE, Purpose.CONTACT_SMS})


def stands_against(recipient: Recipient, channel: str) -> str:
    """
    Return why this person is not to be reached by this channel now, as a code; "" where nothing is.

    Codes: dead, gone, objected, no_more, only_if_matched, legacy_unverified, no_consent,
    scan_missing, no_address, channel_stopped, channel_broken.

    Source: domain.md section 7, "At send time everything is asked again"
    """
    if why := of_the_person(recipient):
        return why
    said = _Said(*_SAID.ask(**_of(recipient.subject.pk, channel))[0])
    return _of_the_consent(recipient, channel, said) or _of_the_way(recipient, channel, said)


def is_stopped(subject_id: UUID, way: Purpose) -> bool:
    """Return whether a person stopped the way that a consent to be contacted is for."""
    channel = _CHANNELS.get(way)
    return channel is not None and contact.against(subject_id, channel, None) == contact.STOPPED


def asked(subject_id: UUID, channel: str) -> Asked:
    """Return what ``stands_against`` will ask, to be asked with other things."""
    return _SAID.about(**_of(subject_id, channel))


def _of(subject_id: UUID, channel: str) -> dict[str, Any]:
    return {"pk": subject_id, "channel": str(channel), "purpose": PURPOSES[Channel(channel)]}


class _Said(NamedTuple):
    """What there is about a person and a way, asked in one question."""

    agreed: bool  # to this way
    if_matched_only: bool
    asked: bool  # about any way
    way_is_known: bool  # to be stopped, or broken for an address


def of_the_person(recipient: Recipient) -> str:
    """Return what stands against every way to a person, as a code; asks nothing."""
    subject, donor, member = recipient.subject, recipient.donor, recipient.member
    if subject.died_reported_at is not None:
        return "dead"
    if subject.erased_at is not None or subject.restricted_at is not None:
        return "gone"
    if member is not None and (member.no_more_at or member.family.stopped_at):
        return "no_more"
    return _of_the_donor(donor) if donor is not None else ""


def _of_the_donor(donor: Donor) -> str:
    if donor.death_reported_at is not None:
        return "dead"
    if donor.is_gone or donor.merged_into_id is not None:
        return "gone"
    if donor.objected_at is not None:
        return "objected"
    if reach.awaits_first_call(donor):
        return "legacy_unverified"
    return "only_if_matched" if donor.contact_choice == ContactChoice.ONLY_IF_MATCHED else ""


def _of_the_consent(recipient: Recipient, channel: str, said: _Said) -> str:
    """
    A donor must have agreed to the way; a relative where their own word on ways was taken down.

    Who asked to be reminded of an appointment gave their number for that, and for an SMS alone.
    """
    if recipient.kind == "visitor":
        return "" if channel == Channel.SMS else "no_consent"
    if recipient.kind == "donor" and said.if_matched_only:
        return "only_if_matched"
    if said.agreed or (recipient.kind == "relative" and not said.asked):
        return ""
    signed = gate.allows(recipient.subject, PURPOSES[Channel(channel)], at_least=State.SIGNED)
    return SCAN_MISSING if signed else "no_consent"


def _of_the_way(recipient: Recipient, channel: str, said: _Said) -> str:
    if sealed_address(recipient, channel) is None:
        return "no_address"
    donor = recipient.donor
    if donor is not None and donor.phone_wrong_on is not None and PURPOSES[Channel(channel)] in _BY_NUMBER:
        return contact.BROKEN
    if not said.way_is_known:
        return ""
    why = contact.against(recipient.subject.pk, channel, None)
    if why != contact.BROKEN:
        return why
    return contact.against(recipient.subject.pk, channel, address(recipient, channel))  # another one works


def _said() -> QuerySet[Subject, tuple[Any, ...]]:
    subject, purpose = Q(subject=OuterRef("pk")), slot("purpose", TEXT)
    found: QuerySet[Subject, tuple[Any, ...]] = (
        Subject.objects.filter(pk=slot("pk", ID))
        .annotate(
            agreed=gate.agreed(purpose, subject="pk"),
            if_matched_only=gate.agreed(Purpose.CONTACT_IF_MATCHED_ONLY, subject="pk"),
            asked=Exists(Consent.objects.filter(subject, purpose__in=CONTACT)),
            way_is_known=Exists(contact.known(slot("channel", TEXT)).filter(subject)),
        )
        .values_list(*_Said._fields)
    )
    return found


_SAID: Final = standing.Question(_said)
