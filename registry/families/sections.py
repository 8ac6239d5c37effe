"""Sections of the family's page that higher rooms register: the plan, messages."""

from foundation.pages.sections import Section, Sections

__all__ = ["Section", "register", "shown_to"]

_of_families = Sections()
register = _of_families.register
shown_to = _of_families.shown_to
