"""Which words there are: their names, for whom, and by which ways in which languages they can be said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from notifications.wordings import first
from notifications.wordings.models import LANGUAGES, Wording, WordingBody, WordingState


@dataclass(frozen=True, slots=True)
class Named:
    """What words under one key are called, and for whom they are."""

    names: Mapping[str, str]
    audience: str
    bereaved: bool

    def name_in(self, language: str) -> str:
        """Return what they are called in a language; "" where they have no name."""
        return str(self.names.get(language) or self.names.get("en") or "")


@dataclass(frozen=True, slots=True)
class Known(Named):
    """Words under one key. ``said`` holds each channel and language that they are written for."""

    said: frozenset[tuple[str, str]]

    def lacks(self, channel: str) -> bool:
        """Return whether they cannot be said by a channel in each of the languages."""
        return any((channel, language) not in self.said for language in LANGUAGES)


def every() -> dict[str, Named]:
    """Return all words there are, as named here or else as the program brings them."""
    here = Wording.objects.values_list("key", "names", "audience", "bereaved")
    return {
        **_shipped(),
        **{key: Named(names, audience, bereaved) for key, names, audience, bereaved in here},
    }


def of(keys: Collection[str]) -> dict[str, Known]:
    """
    Return the words of each key that has any, as written here or else as the program brings them.

    Whether they are approved is asked when they are sent: a programme and its words may be written at once.
    """
    shipped = _shipped()
    found = {key: shipped[key] for key in keys if key in shipped}
    here = Wording.objects.filter(key__in=keys)
    said: dict[str, set[tuple[str, str]]] = defaultdict(set)
    bodies = WordingBody.objects.filter(version__wording__in=here).exclude(
        version__state=WordingState.RETIRED
    )
    for key, channel, language, text in bodies.values_list(
        "version__wording__key", "channel", "language", "text"
    ):
        if text.strip():
            said[key].add((channel, language))
    for one in here:
        found[one.key] = Known(one.names, one.audience, one.bereaved, frozenset(said[one.key]))
    return found


@cache
def _shipped() -> dict[str, Known]:
    return {
        one.key: Known(
            one.names,
            one.audience,
            one.bereaved,
            frozenset((str(body.channel), body.language) for body in one.bodies),
        )
        for one in first.read()
    }
