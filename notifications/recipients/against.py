"""What stands against reaching somebody by a channel: asked when it is planned, and again when it is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from consent import gate
from consent.models import Consent
from consent.purposes import CONTACT, Purpose
from foundation import standing
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
_BY_NUMBER: Final = frozenset({Purpose.CONTACT_PHONE, Purpose.CONTACT_SMS})
# Another way to the same person may be open still: the others end it for every way.
OF_THE_WAY: Final = frozenset({"no_consent", "no_address", "channel_stopped", "channel_broken"})


def stands_against(recipient: Recipient, channel: str, *, at: datetime) -> str:
    """
    Return why this person is not to be reached by this channel, as a code; "" where nothing is against it.

    Codes: dead, gone, objected, no_more, only_if_matched, legacy_unverified, no_consent,
    no_address, channel_stopped, channel_broken.

    Source: domain.md section 7, "At send time everything is asked again"
    """
    return _of_the_person(recipient) or _of_the_consent(recipient, channel) or _of_the_way(recipient, channel)


def _of_the_person(recipient: Recipient) -> str:
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


def _of_the_consent(recipient: Recipient, channel: str) -> str:
    """
    A donor must have agreed to the way; a relative where their own word on ways was taken down.

    Who asked to be reminded of an appointment gave their number for that, and for an SMS alone.
    """
    if recipient.kind == "visitor":
        return "" if channel == Channel.SMS else "no_consent"
    subject = recipient.subject
    open_to = gate.open_to(subject)
    if recipient.kind == "donor" and Purpose.CONTACT_IF_MATCHED_ONLY in open_to:
        return "only_if_matched"
    if PURPOSES[Channel(channel)] in open_to:
        return ""
    if recipient.kind == "relative" and not _ever_asked(recipient):
        return ""
    return "no_consent"


def _ever_asked(recipient: Recipient) -> bool:
    return bool(_ASKED.ask(subject=recipient.subject.pk))


def _of_the_way(recipient: Recipient, channel: str) -> str:
    if sealed_address(recipient, channel) is None:
        return "no_address"
    donor = recipient.donor
    if donor is not None and donor.phone_wrong_on is not None and PURPOSES[Channel(channel)] in _BY_NUMBER:
        return contact.BROKEN
    why = contact.against(recipient.subject.pk, channel, None)
    if why != contact.BROKEN:
        return why
    return contact.against(recipient.subject.pk, channel, address(recipient, channel))  # another one works


_ASKED: Final = standing.Question(
    lambda: Consent.objects.filter(
        subject=standing.slot("subject", standing.ID), purpose__in=CONTACT
    ).values_list("pk")[:1]
)
