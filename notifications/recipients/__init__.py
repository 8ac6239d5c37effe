"""Who a message is for: in which capacity, language and zone, where, and what stands against it."""

from notifications.recipients.against import stands_against
from notifications.recipients.people import Recipient, address, of, of_family

__all__ = ["Recipient", "address", "of", "of_family", "stands_against"]
