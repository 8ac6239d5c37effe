"""What the vault tells the floors above, inside the transaction."""

from django.dispatch import Signal

died_reported = Signal()  # subject, by, at: silence everything for this subject
erased = Signal()  # subject, by, at: null the room's own indexes, cut born_on to the year
