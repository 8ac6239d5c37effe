"""The words that are sent to people: versioned, checked, approved by two, filled in by our own sandbox."""

from notifications.wordings.checks import Problem, check
from notifications.wordings.rendering import (
    FieldMissing,
    NoWording,
    Rendered,
    approved,
    asked,
    needed,
    render,
    rendered,
)

__all__ = [
    "FieldMissing",
    "NoWording",
    "Problem",
    "Rendered",
    "approved",
    "asked",
    "check",
    "needed",
    "render",
    "rendered",
]
