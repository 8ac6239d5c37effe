"""Check the number of an identity document by its kind; pure, and silent about who holds it.

The library ``stdnum`` is used for the check digit only: its check of Chinese numbers refuses
permits of Hong Kong, Macau and Taiwan residents, and accepts a birth date in 2099.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from stdnum.iso7064 import mod_11_2

from foundation.vault import normal


class DocumentKind(TextChoices):
    """The documents a person may be registered with."""

    RESIDENT_ID = "RESIDENT_ID", _("Resident identity card")
    RESIDENCE_PERMIT = "RESIDENCE_PERMIT", _("Residence permit of a Hong Kong, Macau or Taiwan resident")
    HOME_RETURN = "HOME_RETURN", _("Mainland travel permit of a Hong Kong or Macau resident")
    TAIWAN_PERMIT = "TAIWAN_PERMIT", _("Mainland travel permit of a Taiwan resident")
    FOREIGN_RESIDENT = "FOREIGN_RESIDENT", _("Permanent resident card of a foreigner")
    PASSPORT = "PASSPORT", _("Passport")
    OFFICER = "OFFICER", _("Officer's card")


KINDS: Final = tuple(DocumentKind)


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document: kind and number in one spelling, and what the number itself says."""

    kind: DocumentKind
    number: str
    born_on: date | None = None
    sex: str | None = None  # "M", "F", or None where the number does not say


class DocumentProblem(ValueError):
    """A document number cannot be right. ``code`` is one of ``SENTENCES``; the number is in no message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentences(self) -> list[str]:
        """Say what is wrong and how to mend it."""
        return [str(SENTENCES[self.code])]


SENTENCES: Final = {
    "id_checksum": _("The document number is not valid. Compare it with the card, digit by digit."),
    "id_lost_digits": _("The spreadsheet has cut digits off the number. Type it again as text."),
    "document_form": _("A number of this kind of document has another form. Compare it with the document."),
    "document_kind_unknown": _("This kind of document is not known here."),
    "id_fifteen_digits": _("This is an old number of 15 digits. Use the 18 digits of the present card."),
}

# Source: GB/T 2260, first two digits of a place
_BY_REGION: Final = (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
PROVINCES: Final = frozenset(str(code) for region in _BY_REGION for code in region) | {"71"}
_PERMITS: Final = frozenset(
    {"81", "82", "83"}
)  # Source: State Council, measures of 2018 on residence permits
_KINDS_OF_18_DIGITS: Final = frozenset(
    {DocumentKind.RESIDENT_ID, DocumentKind.RESIDENCE_PERMIT, DocumentKind.FOREIGN_RESIDENT}
)


def check(kind: str, number: str, *, on: date = date.max, fifteen: bool = False) -> Document:
    """
    Return the document in one spelling, with the birth date and sex its number carries.

    An 18-digit number says of itself which card it stands on, so the kind of a permit
    filed as an identity card is put right.

    :param on: the day the document is shown; a birth date after it is refused.
    :param fifteen: accept an identity number of 15 digits, as old registries hold; it is returned with 18.
    :raises DocumentProblem: with the code of ``SENTENCES`` that says what is wrong.

    Source: GB 11643-1999; GA/T 704 permits; docs/sources.md#documents
    """
    if kind not in _CHECKS:
        raise DocumentProblem("document_kind_unknown")
    value = normal.number(number)
    if not value.isascii() and kind != DocumentKind.OFFICER:
        raise DocumentProblem("id_checksum" if kind in _KINDS_OF_18_DIGITS else "document_form")
    if fifteen and kind == DocumentKind.RESIDENT_ID:
        value = lengthened(value)
    document = _CHECKS[DocumentKind(kind)](value)
    if document.born_on is not None and document.born_on > on:
        raise DocumentProblem("id_checksum")
    return document


def lengthened(number: str) -> str:
    """Return a 15-digit identity number as the 18 digits of the same person, any other value as it is."""
    if not re.fullmatch(r"\d{15}", number):
        return number
    stem = f"{number[:6]}19{number[6:]}"
    return stem + mod_11_2.calc_check_digit(stem)


def _eighteen(value: str) -> Document:
    """Check a number of the GB 11643 family: place, birth date, order, check digit."""
    if lost_digits(value):
        raise DocumentProblem("id_lost_digits")
    if re.fullmatch(r"\d{15}", value):
        raise DocumentProblem("id_fifteen_digits")
    kind = _kind_of(value)
    if kind is None or not mod_11_2.is_valid(value):
        raise DocumentProblem("id_checksum")
    sex = "M" if int(value[16]) % 2 else "F"
    return Document(kind, value, _birth_date(value[6:14]), sex)


def _kind_of(value: str) -> DocumentKind | None:
    if not re.fullmatch(r"\d{17}[\dX]", value):
        return None
    if value[0] == "9" and value[1:3] in PROVINCES:
        return DocumentKind.FOREIGN_RESIDENT  # Source: National Immigration Administration, card of 2023
    if value[:2] in _PERMITS:
        return DocumentKind.RESIDENCE_PERMIT
    return DocumentKind.RESIDENT_ID if value[:2] in PROVINCES else None


def lost_digits(value: str) -> bool:
    """Return whether a spreadsheet has rounded an 18-digit number: ``5.1E+17``, or three zeros at its end."""
    if re.fullmatch(r"\d[\d.]*E\+?\d+", value, re.IGNORECASE):
        return True
    return bool(re.fullmatch(r"\d{15}000", value)) and not mod_11_2.is_valid(value)


def _birth_date(digits: str) -> date:
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise DocumentProblem("id_checksum") from None
    if born_on.year < _EARLIEST_YEAR:
        raise DocumentProblem("id_checksum")
    return born_on


_EARLIEST_YEAR: Final = 1900


def _foreign_resident(value: str) -> Document:
    """Check the card of 2023 (18 digits) or the one before it: 3 letters, 4 digits, YYMMDD, 2 digits."""
    old = re.fullmatch(r"[A-Z]{3}\d{4}(\d\d)(\d\d)(\d\d)\d\d", value)
    if old is None:
        return _eighteen(value)
    _birth_date(f"20{''.join(old.groups())}")  # the century is not in the number: only its form is checked
    return Document(DocumentKind.FOREIGN_RESIDENT, value)


def _officer(value: str) -> Document:
    """Check an officer's card: the service's character, and 4 to 8 digits."""
    card = re.fullmatch(r"([\u4e00-\u9fff]{1,3}?)字?第?(\d{4,8})号?", value)
    if card is None:
        raise DocumentProblem("document_form")
    return Document(DocumentKind.OFFICER, f"{card[1]}字第{card[2]}号")


def _of_form(kind: DocumentKind, pattern: str) -> Callable[[str], Document]:
    form = re.compile(pattern)

    def check_form(value: str) -> Document:
        if not form.fullmatch(value):
            raise DocumentProblem("document_form")
        return Document(kind, value)

    return check_form


_CHECKS: Final[dict[DocumentKind, Callable[[str], Document]]] = {
    DocumentKind.RESIDENT_ID: _eighteen,
    DocumentKind.RESIDENCE_PERMIT: _eighteen,
    DocumentKind.HOME_RETURN: _of_form(DocumentKind.HOME_RETURN, r"[HM]\d{8}(\d{2})?"),
    DocumentKind.TAIWAN_PERMIT: _of_form(DocumentKind.TAIWAN_PERMIT, r"\d{8}|\d{10}[A-Z]?"),
    DocumentKind.FOREIGN_RESIDENT: _foreign_resident,
    DocumentKind.PASSPORT: _of_form(DocumentKind.PASSPORT, r"(?=.*\d)[A-Z0-9]{5,12}"),
    DocumentKind.OFFICER: _officer,
}
