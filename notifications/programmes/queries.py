"""Read which programmes are in use, and their steps."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from notifications.channel_names import Channel
from notifications.programmes import checks
from notifications.programmes.checks import Problem
from notifications.programmes.models import Programme, ProgrammeStep
from notifications.programmes.states import ProgrammeState
from notifications.wordings import known
from notifications.wordings.known import Known, Named


def in_use(key: str) -> Programme | None:
    """Return the version of a programme that is in use, or None."""
    return Programme.objects.filter(key=key, state=ProgrammeState.PUBLISHED).first()


def steps_in_use(key: str) -> list[ProgrammeStep]:
    """Return the steps of the version in use, each with its programme; none where none is in use."""
    steps = ProgrammeStep.objects.filter(programme__key=key, programme__state=ProgrammeState.PUBLISHED)
    return list(steps.select_related("programme").order_by("order"))


def problems(programme: Programme) -> list[Problem]:
    """
    Return everything that keeps a version from being used.

    Besides what its own steps tell: what people would hear twice with it, and words that nobody could
    be sent or that were read for other people.
    """
    twice = _("Another programme for the same people has this step: they would hear it twice.")
    steps = list(programme.steps.order_by("order"))
    words = known.of({step.wording for step in steps if step.wording})
    return [
        *checks.problems(programme, steps),
        *(Problem(twice, key) for key in _kept_elsewhere(programme)),
        *(
            Problem(sentence, step.key)
            for step in steps
            if step.wording
            for sentence in _of_its_words(programme, step, words.get(step.wording))
        ),
    ]


def gone(programme: Programme) -> list[ProgrammeStep]:
    """Return the steps in use that a draft no longer has: what was planned of them is cancelled with it."""
    kept = set(programme.steps.values_list("key", flat=True))
    return [step for step in steps_in_use(programme.key) if step.key not in kept]


def against(programme: Programme, key: str, words: Named | None) -> str:
    """Return why words under a key are none for the people of a programme; "" where they are."""
    if words is None:
        return _("There are no such words: {key}.").format(key=key)
    if words.audience != programme.audience:
        return _("These words are for other people: {key}.").format(key=key)
    if programme.bereaved and not words.bereaved:
        return _("These words were not read for the bereaved: {key}.").format(key=key)
    return ""


def _of_its_words(programme: Programme, step: ProgrammeStep, words: Known | None) -> Iterator[str]:
    if why := against(programme, step.wording, words):
        yield why
    if words is None:
        return
    if lacking := [way for way in step.channels if way in Channel.values and words.lacks(way)]:
        names = ", ".join(str(Channel(way).label) for way in lacking)
        yield _("The words do not say it by this way in all three languages: {names}.").format(names=names)


def _kept_elsewhere(programme: Programme) -> list[str]:
    """Return the codes of steps that another programme in use keeps for the same people."""
    others = ProgrammeStep.objects.filter(
        programme__state=ProgrammeState.PUBLISHED,
        programme__audience=programme.audience,
        programme__for_everybody=programme.for_everybody,
    ).exclude(programme__key=programme.key)
    same = programme.steps.filter(key__in=others.values("key"))
    return list(same.order_by("order").values_list("key", flat=True))
