"""Sections of a case's page: each part of this room registers its own, and so do higher rooms."""

from foundation.pages.sections import Section, Sections

__all__ = ["Section", "register", "shown_to"]

_of_cases = Sections()
register = _of_cases.register
shown_to = _of_cases.shown_to
