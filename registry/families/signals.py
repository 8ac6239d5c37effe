"""
What this room tells the floor above, inside the transaction.

`no_more` is a *stop*: it is sent with `stops.collect`, and each receiver answers what it stopped.
"""

from django.dispatch import Signal

giver_entered = Signal()  # giver, by, at
# family, offered, by, at: a date, a wish, a person, the officer or the branch is another. What is begun
# for a household that was just opened is only offered to it where that is said.
family_changed = Signal()
no_more = Signal()  # stop: member, whole (nobody of the household wants to hear more), by, at
