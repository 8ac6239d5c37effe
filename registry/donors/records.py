"""What a door (a desk, a sheet, a form) hands over about a volunteer before anything is sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A volunteer as their document and they themselves say. Never logged, never printed."""

    name: str = field(repr=False)
    document_kind: str
    document_number: str = field(repr=False)
    sex: str
    born_on: date | None
    phone: str = field(repr=False)
    address: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    blood_group: str = ""
    weight_kg: Decimal | None = None
    workplace: str = field(default="", repr=False)
    ethnic_group: str = field(default="", repr=False)
    education: str = field(default="", repr=False)
    graduates_on: date | None = None
    language: str = "zh-hans"
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPerson:
    """A relative or friend whom the branch may ask where the volunteer is."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    relation: str = "OTHER"
    may_know: bool = False
    stance: str = "NOT_ASKED"
