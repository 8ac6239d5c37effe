"""In which of name, sex and birth date two records differ, in words; no value is ever told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation import vault
from registry.donors import names
from registry.donors.models import Donor

_WORDS: Final[dict[tuple[str, ...], str | Promise]] = {
    ("name",): _("Only the name is written differently."),
    ("sex",): _("Only the sex differs."),
    ("born_on",): _("Only the birth date differs."),
    ("name", "sex"): _("The name and the sex differ."),
    ("name", "born_on"): _("The name and the birth date differ."),
    ("sex", "born_on"): _("The sex and the birth date differ."),
    ("name", "sex", "born_on"): _("Name, sex and birth date all differ."),
}


def differing(one: Donor, other: Donor) -> tuple[str, ...]:
    """
    Return which of ``name``, ``sex`` and ``born_on`` two records say otherwise, in this order.

    What one of them does not say does not differ; spellings of one name are the same.
    """
    mine, theirs = (words["name"] for words in vault.open([one, other], ["name"]))
    both_named = isinstance(mine, str) and isinstance(theirs, str)
    unlike = {
        "name": both_named and not names.same(str(mine), str(theirs)),
        "sex": one.sex and other.sex and one.sex != other.sex,
        "born_on": one.born_on and other.born_on and one.born_on != other.born_on,
    }
    return tuple(name for name, differs in unlike.items() if differs)


def is_doubtful(differs: Collection[str]) -> bool:
    """Return whether so much differs that two people are likelier than one."""
    return len(differs) >= settings.MERGE_DOUBTFUL_FROM


def words(differs: Collection[str]) -> str:
    """Say what differs; nothing where all is the same."""
    return str(_WORDS.get(tuple(differs), ""))
