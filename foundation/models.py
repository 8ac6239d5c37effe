"""Gather the models of the foundation's rooms for Django."""

from foundation.access.models import Branch, HandOver, RoleAt, Staff
from foundation.approvals.models import *  # noqa: F403
from foundation.jobs.models import Job
from foundation.moves.models import Step, StopDue
from foundation.trail.models import TrailBatch, TrailLeaf, TrailRow
from foundation.vault.models import DataKey, Epoch, LedgerLine, Subject

__all__ = [
    "Branch",
    "DataKey",
    "Epoch",
    "HandOver",
    "Job",
    "LedgerLine",
    "RoleAt",
    "Staff",
    "Step",
    "StopDue",
    "Subject",
    "TrailBatch",
    "TrailLeaf",
    "TrailRow",
]
