"""What pages and rooms read of donors."""

from registry.donors.queries.finding import find
from registry.donors.queries.opening import head_of, masked_names
from registry.donors.queries.readiness import readiness, still_missing, waiting_to_be_listed

__all__ = ["find", "head_of", "masked_names", "readiness", "still_missing", "waiting_to_be_listed"]
