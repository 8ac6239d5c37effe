"""The words of a receipt: what stopped and what is still to come, by the code of the room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_words: dict[str, str | Promise] = {
    "donors.searches": _("No search offers you to a patient any more"),
    "donors.consents": _("Your consents were withdrawn"),
    "donors.calls": _("No call to you is planned any more"),
    "donors.national": _("You stand on the list of those whom the national register is to take out"),
    "donors.restricted": _("Your record is closed: it is kept only as far as the law asks"),
    "donors.withdrawn": _("You were taken out of the registry"),
    "samples.destruction_ordered": _("Your samples are to be destroyed"),
    "samples.destruction_due": _("The samples are kept until this day, in case you change your mind"),
    "samples.destroyed_before": _("Your samples were destroyed before"),
    "samples.nothing_kept": _("No sample of yours is kept"),
    "drives.drafts": _("Unfinished forms were destroyed"),
}
UNKNOWN: Final = _("Another part of the program")


def register(words: Mapping[str, str | Promise]) -> None:
    """Let a higher room say what its stops mean to the person they concern."""
    _words.update(words)


_STOPPED: dict[str, str | Promise] = {  # where "yes" would say too much, or too little
    "donors.national": _("Asked for"),
    "samples.destruction_ordered": _("Ordered"),
    "samples.nothing_kept": _("Nothing to stop"),
}


def stopped(code: str) -> str | Promise:
    """Return how a receipt answers whether a thing stopped that did not fail."""
    return _STOPPED.get(code, _("Yes"))


def of(code: str) -> str | Promise:
    """Return the words of a code; a stop that failed carries the name of its receiver instead."""
    if code in _words:
        return _words[code]
    room = code.split(".")[1] if code.startswith("registry.") else code.split(".", maxsplit=1)[0]
    return _ROOMS.get(room, UNKNOWN)


_ROOMS: dict[str, str | Promise] = {
    "samples": _("Samples"),
    "drives": _("Blood drives"),
    "cases": _("Matches"),
    "notifications": _("Messages"),
    "consent": _("Consents"),
}
