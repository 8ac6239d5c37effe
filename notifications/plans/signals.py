"""
What plans tell the rooms above them, inside the transaction.

The outbox queues, holds and takes back the messages of a touchpoint; tasks are made of what people do.
"""

from django.dispatch import Signal

# touchpoint, sendings (plans.sendings.Sending), by, at: released; a message for each sending. One that
# is there already is freed and due then; one by a person has no sendings.
touchpoint_approved = Signal()
# touchpoint, sendings, by, at: one more copy, for who joined the household since it was released.
touchpoint_released_to = Signal()
touchpoint_held = Signal()  # touchpoint, why, by, at: hold what is not handed over yet
touchpoint_ended = Signal()  # touchpoint, why, by, at: cancel what is not handed over yet
plan_moved = Signal()  # plan, by, at: what is open of it stands at its branch by now
plan_ended = Signal()  # plan, why, by, at
