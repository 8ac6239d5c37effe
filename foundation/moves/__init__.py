"""How anything changes state: lock, right, guards, move, step, trail, stops."""

from foundation.access.rights import NotAllowed
from foundation.moves import stops
from foundation.moves.making import begin, begin_many, entry_of, make, put_back, step_for, steps_of
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
    "begin_many",
    "entry_of",
    "make",
    "missing",
    "offers",
    "put_back",
    "rule",
    "step_for",
    "steps_of",
    "stops",
]
