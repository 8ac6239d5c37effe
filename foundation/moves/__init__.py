"""How anything changes state: lock, right, guards, move, step, trail, stops."""

from foundation.access.rights import NotAllowed
from foundation.moves import stops
from foundation.moves.making import begin, make, put_back, steps_of
from foundation.moves.models import Step
from foundation.moves.offers import Offer, allows, missing, offers
from foundation.moves.rules import Guard, Move, Refused, Rule, WrongState, rule

__all__ = [
    "Guard",
    "Move",
    "NotAllowed",
    "Offer",
    "Refused",
    "Rule",
    "Step",
    "WrongState",
    "allows",
    "begin",
    "make",
    "missing",
    "offers",
    "put_back",
    "rule",
    "steps_of",
    "stops",
]
