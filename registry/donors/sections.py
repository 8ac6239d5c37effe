"""Sections of the donor's page that higher rooms register: samples, typings, cases, messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from foundation.access import Permission, StaffRequest
    from registry.donors.models import Donor


@dataclass(frozen=True, slots=True)
class Section:
    """
    One part of the donor's page.

    ``context`` returns what the template needs, or None to stay away. Only readers
    with the permission see it.
    """

    key: str
    order: int
    permission: Permission
    template: str
    context: Callable[[StaffRequest, Donor], Mapping[str, Any] | None]


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Put a section on the donor's page; the same key again replaces it."""
    _sections[section.key] = section


def shown_to(request: StaffRequest, donor: Donor) -> list[SafeString]:
    """Return the sections a reader may see, in order, already written."""
    shown = []
    for section in sorted(_sections.values(), key=lambda s: s.order):
        context = section.context(request, donor) if request.holds(section.permission) else None
        if context is not None:
            shown.append(render_to_string(section.template, dict(context), request))
    return shown
