"""One act that a person can do on a donor's page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from foundation.access import Permission
from foundation.pages import RelayForm
from foundation.trail import Actor
from registry.donors import forms
from registry.donors.models import Donor
from registry.donors.states import DonorState

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Act:
    """
    One act with a page of its own.

    ``move`` is the transition whose guards the page shows before anyone presses; ``lacks``
    says the same of an act that is no transition;
    ``states`` are those in which the act is offered at all.
    """

    key: str
    permission: Permission
    title: Words
    explained: Words
    done: Words
    do: Callable[[Donor, dict[str, Any], Actor, datetime], Any]
    form: type[RelayForm] = forms.Nothing
    move: str = ""
    states: Collection[DonorState] = tuple(DonorState)
    danger: bool = False
    fits: Callable[[Donor, datetime], bool] = lambda _donor, _at: True
    lacks: Callable[[Donor], list[str]] = lambda _donor: []
    own_page: bool = False  # the act has an address and a page of its own elsewhere
