"""Sections of a thing's own page that higher rooms register: samples, cases, plans, messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from foundation.access import Permission, StaffRequest


@dataclass(frozen=True, slots=True)
class Section:
    """
    One part of a page.

    ``context(request, thing)`` returns what the template needs, or None to stay away. Only readers
    with the permission see it.
    """

    key: str
    order: int
    permission: Permission
    template: str
    context: Callable[[StaffRequest, Any], Mapping[str, Any] | None]


class Sections:
    """What higher rooms show on the page of one kind of thing."""

    def __init__(self) -> None:
        self._sections: dict[str, Section] = {}

    def register(self, section: Section) -> None:
        """Put a section on the page; the same key again replaces it."""
        self._sections[section.key] = section

    def shown_to(self, request: StaffRequest, thing: Any) -> list[SafeString]:
        """Return the sections a reader may see, in order, already written."""
        shown = []
        for section in sorted(self._sections.values(), key=lambda s: s.order):
            context = section.context(request, thing) if request.holds(section.permission) else None
            if context is not None:
                shown.append(render_to_string(section.template, dict(context), request))
        return shown
