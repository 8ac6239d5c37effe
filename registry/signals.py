"""
What the registry tells the floor above and its own higher rooms, inside the transaction.

A receiver calls one idempotent action of its own room. Those marked *stop* are sent with
`stops.collect`: each receiver answers what it stopped, as `Stop`s, in a savepoint of its own.
"""

from django.dispatch import Signal

donor_registered = Signal()  # donor, by, at
donor_moved = Signal()  # donor, step, by, at: after each move
donor_rehomed = Signal()  # donor, by, at: another branch looks after them from now on
donor_listed = Signal()  # donor, by, at
donor_withdrawn = Signal()  # stop: donor, withdrawal, destroy_now, by, at
donor_silenced = Signal()  # stop: donor, why ("died_reported", "objected", "only_if_matched"), by, at
donor_died = Signal()  # donor, by, at
donor_restored = Signal()  # donor, move, since, by, at: a mistaken act was undone; lift what it ordered
donor_will_age_out = Signal()  # donor, limit ("donation", "register"), on, by, at
typing_disputed = Signal()  # donor, reason, by, at
# kept, emptied, made (donors.Merge), by, at: two records of one person became one. A receiver brings its
# rows over and returns {its name: what is needed to bring them back}.
donor_merged = Signal()
donor_parted = Signal()  # kept, emptied, moved (as the receivers returned), by, at: that was a mistake
appointment_booked = Signal()  # appointment, by, at: of who wants to be reminded
appointment_ended = Signal()  # appointment, by, at: they came, do not come, or come at another time
appointment_moved = Signal()  # before, after, by, at: another appointment took its place
sample_stopped = Signal()  # donor, by, at: the donor's tubes must go no further, and are kept
donor_confirmed = Signal()  # donor, by, at: they said themself, or answered there, that their number is right
call_undone = Signal()  # call (donors.Call), by, at: a result was a slip of a key
case_moved = Signal()  # case, step, by, at: after each move of a match
case_closed = Signal()  # case, stood_at, by, at: a match ended without a donation
case_endangered = Signal()  # case, people, by, at: the donor's word stopped a match after conditioning began
case_donated = Signal()  # case, donor, on, by, at: the donation is recorded
