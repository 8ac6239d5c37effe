"""What programmes tell the rooms above them, inside the transaction."""

from django.dispatch import Signal

programme_published = Signal()  # programme, by, at: plans that run by it are planned anew
