"""
What this room tells the floor above, inside the transaction.

`no_more` is a *stop*: it is sent with `stops.collect`, and each receiver answers what it stopped.
"""

from django.dispatch import Signal

giver_entered = Signal()  # giver, by, at
family_changed = Signal()  # family, by, at: a date, a wish, a person, the officer or the branch is another
no_more = Signal()  # stop: member, whole (nobody of the household wants to hear more), by, at
