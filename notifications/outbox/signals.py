"""What the outbox tells the rooms above, inside the transaction."""

from django.dispatch import Signal

# message, at: it was sent, may have been, failed, was cancelled, held or released. A touchpoint follows.
moved = Signal()
