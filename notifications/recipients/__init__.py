"""Who a message is for: in which capacity, language and zone, where, and what stands against it."""

from notifications.recipients.against import stands_against
from notifications.recipients.people import READ, Recipient, address, of, of_family, of_subject

__all__ = ["READ", "Recipient", "address", "of", "of_family", "of_subject", "stands_against"]
