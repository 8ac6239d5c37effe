"""What the consent floor tells the floors above, inside the transaction."""

from django.dispatch import Signal

# consent, by, at, whole: a consent was withdrawn. `whole` is true when all of a person's consents
# go at once, because the donor already withdrew; a receiver that ends the donor then has nothing to do.
withdrawn = Signal()

# consent, by, at: a consent that was given for a time has reached its end.
expired = Signal()
