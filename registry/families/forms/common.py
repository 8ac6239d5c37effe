"""What forms of this room share: fields read by a pure check, branches to choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms

from foundation.access import Branch, Staff


def read(form: forms.Form, field: str, check: Callable[[str], str], problem: type[ValueError]) -> None:
    """Put what was typed into its one form, or say at the field what is wrong with it."""
    if not form.cleaned_data.get(field):
        return
    try:
        form.cleaned_data[field] = check(form.cleaned_data[field])
    except problem as wrong:
        form.add_error(field, wrong.sentences)  # type: ignore[attr-defined]


def choices_of(things: Iterable[Branch | Staff]) -> list[tuple[str, str]]:
    """Return branches or staff as the choices of a field."""
    return [(str(thing.pk), str(thing)) for thing in things]


def chosen(value: str, things: Iterable[Any]) -> Any:
    """Return the thing that was chosen, or None."""
    return next((thing for thing in things if value and thing.pk == UUID(value)), None)
