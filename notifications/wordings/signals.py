"""What wordings tell the rooms above them, inside the transaction."""

from django.dispatch import Signal

words_approved = Signal()  # version, by, at: it is sent from now on
