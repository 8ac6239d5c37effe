"""What pages and rooms read of donors."""

from registry.donors.queries.finding import find
from registry.donors.queries.opening import contacts_of, describe, head_of, masked_names, notes_of
from registry.donors.queries.page import offers, way
from registry.donors.queries.readiness import Readiness, readiness, waiting_to_be_listed
from registry.donors.queries.timeline import timeline

__all__ = [
    "Readiness",
    "contacts_of",
    "describe",
    "find",
    "head_of",
    "masked_names",
    "notes_of",
    "offers",
    "readiness",
    "timeline",
    "waiting_to_be_listed",
    "way",
]
