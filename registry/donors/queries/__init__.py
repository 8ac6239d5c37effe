"""What pages and rooms read of donors."""

from registry.donors.queries.decks import Deck, deck_of, list_of, lists_named, lists_of_today
from registry.donors.queries.finding import find, look_up
from registry.donors.queries.losing import found_again, proposed, searched_for
from registry.donors.queries.opening import contacts_of, describe, head_of, masked_names, notes_of
from registry.donors.queries.page import offers, way
from registry.donors.queries.readiness import Readiness, readiness, waiting_to_be_listed
from registry.donors.queries.receipts import receipt_of
from registry.donors.queries.screens import screen_of
from registry.donors.queries.timeline import timeline

__all__ = [
    "Deck",
    "Readiness",
    "contacts_of",
    "deck_of",
    "describe",
    "find",
    "found_again",
    "head_of",
    "list_of",
    "lists_named",
    "lists_of_today",
    "look_up",
    "masked_names",
    "notes_of",
    "offers",
    "proposed",
    "readiness",
    "receipt_of",
    "screen_of",
    "searched_for",
    "timeline",
    "waiting_to_be_listed",
    "way",
]
