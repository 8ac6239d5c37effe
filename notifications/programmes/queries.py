"""Read which programmes are in use, and their steps."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications.programmes import checks
from notifications.programmes.checks import Problem
from notifications.programmes.models import Programme, ProgrammeStep
from notifications.programmes.states import ProgrammeState


def in_use(key: str) -> Programme | None:
    """Return the version of a programme that is in use, or None."""
    return Programme.objects.filter(key=key, state=ProgrammeState.PUBLISHED).first()


def steps_in_use(key: str) -> list[ProgrammeStep]:
    """Return the steps of the version in use, each with its programme; none where none is in use."""
    steps = ProgrammeStep.objects.filter(programme__key=key, programme__state=ProgrammeState.PUBLISHED)
    return list(steps.select_related("programme").order_by("order"))


def problems(programme: Programme) -> list[Problem]:
    """Return everything that keeps a version from being used, and what people would hear twice with it."""
    twice = _("Another programme for the same people has this step: they would hear it twice.")
    found = checks.problems(programme, list(programme.steps.order_by("order")))
    return [*found, *(Problem(twice, key) for key in _kept_elsewhere(programme))]


def _kept_elsewhere(programme: Programme) -> list[str]:
    """Return the codes of steps that another programme in use keeps for the same people."""
    others = ProgrammeStep.objects.filter(
        programme__state=ProgrammeState.PUBLISHED,
        programme__audience=programme.audience,
        programme__for_everybody=programme.for_everybody,
    ).exclude(programme__key=programme.key)
    same = programme.steps.filter(key__in=others.values("key"))
    return list(same.order_by("order").values_list("key", flat=True))
