"""Read which programmes are in use, and their steps."""

from __future__ import annotations

from notifications.programmes.models import Programme, ProgrammeStep
from notifications.programmes.states import ProgrammeState


def in_use(key: str) -> Programme | None:
    """Return the version of a programme that is in use, or None."""
    return Programme.objects.filter(key=key, state=ProgrammeState.PUBLISHED).first()


def steps_in_use(key: str) -> list[ProgrammeStep]:
    """Return the steps of the version in use, each with its programme; none where none is in use."""
    steps = ProgrammeStep.objects.filter(programme__key=key, programme__state=ProgrammeState.PUBLISHED)
    return list(steps.select_related("programme").order_by("order"))
