"""The sign-in sheet of a drive's day: who is enrolled or expected, opened, and lines for those who come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from typing import Any
from uuid import UUID

from django.utils import timezone

from foundation import vault
from foundation.pages import masks
from registry.donors.exports.words import SEXES
from registry.donors.models import Sex
from registry.drives.models import Appointment, Drive
from registry.drives.queries import people_of

HEADER = ("序号", "姓名", "性别", "手机号码", "采样编号", "签名", "备注")


@dataclass(frozen=True, slots=True, repr=False)
class SignInSheet:
    """The rows of a sheet, and whom it names. Never logged."""

    rows: list[tuple[str, ...]]
    donors: list[UUID]
    expected: int  # people with an appointment


def sheet_of(drive: Drive, day: date, *, empty: int) -> SignInSheet:
    """Return the sheet of one day, those enrolled first, then those with an appointment, then empty lines."""
    people = list(people_of(drive, day).prefetch_related("samples").order_by("registered_at", "pk"))
    coming = _expected(drive, day)
    opened = vault.open(people, ["name", "phone"])
    named = [
        (_text(plain["name"]), str(SEXES.get(Sex(donor.sex), "")), _phone(plain["phone"]), _barcode(donor))
        for donor, plain in zip(people, opened, strict=True)
    ]
    called = [
        (_text(plain["name"]), "", _phone(plain["phone"]), "")
        for plain in vault.open(coming, ["name", "phone"])
    ]
    lines = chain(named, called, (("", "", "", "") for _ in range(empty)))
    rows: list[tuple[str, ...]] = [(str(number), *line, "", "") for number, line in enumerate(lines, start=1)]
    return SignInSheet(rows, [donor.pk for donor in people], len(coming))


def _expected(drive: Drive, day: date) -> list[Appointment]:
    begins = timezone.make_aware(datetime.combine(day, time.min))
    ends = timezone.make_aware(datetime.combine(day, time.max))
    of_the_day = Appointment.objects.filter(drive=drive, starts_at__range=(begins, ends))
    return list(of_the_day.filter(came_at=None, cancelled_at=None).order_by("starts_at"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _phone(value: object) -> str:
    return _text(value).removeprefix(masks.CHINA)


def _barcode(donor: Any) -> str:
    tubes = sorted(donor.samples.all(), key=lambda tube: tube.pk)
    return str(tubes[-1].barcode) if tubes else ""
