"""What an export may say of a donor: one field after the other, each with how it looks when masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.access import Permission
from foundation.pages import masks
from foundation.vault import Broken, Erased
from registry.donors import documents
from registry.donors.columns import Column
from registry.donors.exports import words
from registry.donors.models import Contact, NationalState

BROKEN: Final = "[无法读取]"  # a value that does not open is named, never left empty
ERASED: Final = "[已删除]"
CHINESE_MOBILE_DIGITS: Final = 11


@dataclass(slots=True, repr=False)
class Line:
    """One donor with what was opened of them. Never logged."""

    donor: Any  # a donor, or a row with the columns that are needed
    plain: Mapping[str, Any]
    contacts: Sequence[tuple[Contact, Mapping[str, Any]]] = ()
    typing: Any = None
    barcode: str = ""


Says = Callable[[Line], Any]
Mask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Field:
    """
    One choice of the asker; it may fill several columns.

    ``opens`` names the sealed columns it reads, ``needs`` those in clear, ``reads`` other tables.
    ``mask`` is what stands there while nobody has agreed to opening; a field without one is no
    personal field. ``permission`` is asked besides that of exporting.
    """

    key: str
    label: str | Promise
    columns: Mapping[Column, Says]
    mask: Mask | None = None
    opens: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    permission: Permission | None = None
    bare: frozenset[Column] = field(default_factory=frozenset)  # columns that need no mask

    @property
    def is_personal(self) -> bool:
        """Whether it tells who somebody is, or what is said of them."""
        return self.mask is not None

    def texts(self, line: Line, *, opened: bool) -> list[str]:
        """Return the cells of a donor for this field."""
        return writer_of([self], opened=opened)(line)


def writer_of(fields: Iterable[Field], *, opened: bool) -> Callable[[Line], list[str]]:
    """Return what writes the cells of a line for these fields; what is the same for all is asked once."""
    plan = [
        (says, None if opened or header in one.bare else one.mask)
        for one in fields
        for header, says in one.columns.items()
    ]

    def write(line: Line) -> list[str]:
        return [text_of(says(line)) if mask is None else _masked(says(line), mask) for says, mask in plan]

    return write


def _sealed(name: str) -> Says:
    return lambda line: line.plain.get(name)


def _column(name: str) -> Says:
    return lambda line: getattr(line.donor, name)


def phone_of(value: Any) -> Any:
    """Return a Chinese mobile number as people write it; any other as it is kept."""
    if not isinstance(value, str):
        return value
    digits = value.removeprefix(masks.CHINA)
    return digits if len(digits) == CHINESE_MOBILE_DIGITS and digits.startswith("1") else value


def _contact(place: int, name: str) -> Says:
    def says(line: Line) -> Any:
        if place >= len(line.contacts):
            return ""
        contact, plain = line.contacts[place]
        if name == "relation":
            return words.RELATIONS.get(contact.relation, contact.relation)  # type: ignore[call-overload]
        return phone_of(plain["phone"]) if name == "phone" else plain[name]

    return says


def _listed_on(line: Line) -> Any:
    """
    Return the day of 入库: that of the national system where it is known.

    Source: design/domain.md 8
    """
    accepted = line.donor.national_state in {NationalState.ACCEPTED, NationalState.LEFT}
    return line.donor.national_on if accepted and line.donor.national_on else line.donor.listed_on


def _verified_on(line: Line) -> Any:
    """Return when the number was last right; where nobody of ours has called, as the records before say."""
    return line.donor.contact_verified_on or line.donor.records_verified_on


def _weight(line: Line) -> str:
    weight = line.donor.weight_kg
    return "" if weight is None else f"{weight.normalize():f}"


def _year(value: str) -> str:
    return value[:4]


def text_of(value: Any) -> str:
    """Return a value as a cell has it: empty only where there is none."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Broken):
        return BROKEN
    if isinstance(value, Erased):
        return ERASED
    return value.isoformat() if isinstance(value, date) else str(value)


def _masked(value: Any, mask: Mask) -> str:
    text = text_of(value)
    return mask(text) if text and text not in {BROKEN, ERASED} else text


H = Column

FIELDS: Final = (
    Field("grid", _("Donor number"), {H.GRID: _column("grid")}, needs=("grid",)),
    Field("name", _("Name"), {H.NAME: _sealed("name")}, masks.name, ("name",)),
    Field("sex", _("Sex"), {H.SEX: lambda line: words.SEXES.get(line.donor.sex)}, needs=("sex",)),
    Field(
        "ethnic_group",
        _("Ethnic group"),
        {H.ETHNIC_GROUP: _sealed("ethnic_group")},
        masks.text,
        ("ethnic_group",),
    ),
    Field(
        "document",
        _("Document"),
        {
            H.DOCUMENT_KIND: lambda line: words.DOCUMENT_KINDS.get(
                documents.DocumentKind(line.donor.document_kind)
            ),
            H.DOCUMENT_NUMBER: _sealed("document"),
        },
        masks.document,
        ("document",),
        needs=("document_kind",),
        bare=frozenset({H.DOCUMENT_KIND}),
    ),
    Field("born_on", _("Date of birth"), {H.BORN_ON: _column("born_on")}, _year, needs=("born_on",)),
    Field(
        "phone",
        _("Mobile number"),
        {H.PHONE: lambda line: phone_of(line.plain.get("phone"))},
        masks.phone,
        ("phone",),
    ),
    Field("email", _("E-mail"), {H.EMAIL: _sealed("email")}, masks.email, ("email",)),
    Field(
        "contacts",
        _("Two contacts"),
        {
            Column(f"联系人{number + 1}{word}"): _contact(number, name)
            for number in range(2)
            for name, word in (("name", "姓名"), ("relation", "关系"), ("phone", "电话"))
        },
        lambda text: masks.phone(text) if text[-1:].isdigit() else masks.name(text),
        reads=("contacts",),
        bare=frozenset({H.CONTACT_1_RELATION, H.CONTACT_2_RELATION}),
    ),
    Field("education", _("Education"), {H.EDUCATION: _sealed("education")}, masks.text, ("education",)),
    Field(
        "workplace",
        _("Work or school"),
        {H.WORKPLACE: _sealed("workplace")},
        masks.text,
        ("workplace",),
    ),
    Field("address", _("Address"), {H.ADDRESS: _sealed("address")}, masks.address, ("address",)),
    Field("blood_group", _("Blood group"), {H.BLOOD_GROUP: _column("blood_group")}, needs=("blood_group",)),
    Field("weight", _("Weight"), {H.WEIGHT: _weight}, needs=("weight_kg",)),
    Field(
        "registered_on",
        _("Registered on"),
        {H.REGISTERED_ON: lambda line: timezone.localdate(line.donor.registered_at)},
        needs=("registered_at",),
    ),
    Field("barcode", _("Tube barcode"), {H.BARCODE: lambda line: line.barcode}, reads=("samples",)),
    Field("note", _("Note"), {H.NOTE: _sealed("note")}, masks.text, ("note",)),
    Field(
        "state",
        _("Where they stand"),
        {H.STATE: lambda line: words.STATES[line.donor.state]},
        needs=("state",),
    ),
    Field(
        "national",
        _("At the national register"),
        {
            H.NATIONAL_STATE: lambda line: words.NATIONAL_STATES.get(line.donor.national_state),
            H.NATIONAL_NO: _column("national_no"),
        },
        needs=("national_state", "national_no"),
    ),
    Field(
        "listed_on",
        _("Listed on"),
        {H.LISTED_ON: _listed_on},
        needs=("listed_on", "national_state", "national_on"),
    ),
    Field(
        "typing",
        _("Typing"),
        {H.TYPING: lambda line: line.typing},
        masks.text,
        reads=("typings",),
        permission=Permission.TYPING_VIEW,
    ),
    Field(
        "verified_on",
        _("Contact checked on"),
        {H.VERIFIED_ON: _verified_on},
        needs=("contact_verified_on", "records_verified_on"),
    ),
    Field(
        "graduates_on", _("Graduates on"), {H.GRADUATES_ON: _column("graduates_on")}, needs=("graduates_on",)
    ),
    Field(
        "branches",
        _("Branches"),
        {
            H.SERVICE_BRANCH: _column("service_branch__name"),
            H.OWNER_BRANCH: _column("owner_branch__name"),
        },
        needs=("service_branch__name", "owner_branch__name"),
    ),
)
BY_KEY: Final = {one.key: one for one in FIELDS}
USUAL: Final = ("grid", "name", "sex", "phone", "state", "registered_on")


def chosen(keys: Iterable[str]) -> tuple[Field, ...]:
    """Return fields in the order in which they stand in a sheet; unknown keys are left out."""
    wanted = set(keys)
    return tuple(one for one in FIELDS if one.key in wanted)


def headers_of(fields: Iterable[Field]) -> list[str]:
    """Return the headers of these fields, as the program knows them."""
    return [str(header) for one in fields for header in one.columns]


def labels_of(fields: Iterable[Field]) -> list[str]:
    """Return the header row of these fields, as the reader writes Chinese."""
    return [header.label for one in fields for header in one.columns]
