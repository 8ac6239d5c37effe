"""Who a message is for: in which capacity, language and zone, where, and what stands against it."""

from notifications.recipients.against import asked, stands_against
from notifications.recipients.many import of_families, of_family, stand_against, were_asked
from notifications.recipients.people import Recipient, address, name, of, of_subject, reads

__all__ = [
    "Recipient",
    "address",
    "asked",
    "name",
    "of",
    "of_families",
    "of_family",
    "of_subject",
    "reads",
    "stand_against",
    "stands_against",
    "were_asked",
]
