"""Tamper-evident record of who did and who saw what."""

from foundation.trail.actors import Actor, ActorKind
from foundation.trail.models import ActedBy
from foundation.trail.recording import Entry, cut, record, record_cut, record_many, refused, request_id

__all__ = [
    "ActedBy",
    "Actor",
    "ActorKind",
    "Entry",
    "cut",
    "record",
    "record_cut",
    "record_many",
    "refused",
    "request_id",
]
