"""Sections of the donor's page that higher rooms register: samples, typings, cases, messages."""

from foundation.pages.sections import Section, Sections

__all__ = ["Section", "register", "shown_to"]

_of_donors = Sections()
register = _of_donors.register
shown_to = _of_donors.shown_to
