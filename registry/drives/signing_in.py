"""The sign-in sheet of a drive's day: who is enrolled or expected, opened, and lines for those who come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from typing import Any
from uuid import UUID

from django.utils import timezone

from foundation import vault
from foundation.access import Scope
from registry.donors.exports.fields import phone_of, text_of
from registry.donors.exports.words import SEXES
from registry.donors.models import Donor, Sex
from registry.drives.models import Appointment, Drive
from registry.drives.queries import people_of
from registry.samples.states import SampleState

HEADER = ("序号", "姓名", "性别", "手机号码", "采样编号", "签名", "备注")


@dataclass(frozen=True, slots=True, repr=False)
class SignInSheet:
    """The rows of a sheet, and whom it names. Never logged."""

    rows: list[tuple[str, ...]]
    donors: list[UUID]
    expected: int  # people with an appointment


def sheet_of(drive: Drive, day: date, *, scope: Scope, empty: int) -> SignInSheet:
    """
    Return the sheet of one day, those enrolled first, then those with an appointment, then empty lines.

    Who was reported dead, or moved to a branch outside the scope since, is not named.
    """
    people, coming = _enrolled(drive, day, scope), _expected(drive, day)
    opened = vault.open(people, ["name", "phone"])
    named = [
        (*_reached(plain, sex=SEXES.get(Sex(donor.sex), "")), _barcode(donor))
        for donor, plain in zip(people, opened, strict=True)
    ]
    called = [(*_reached(plain), "") for plain in vault.open(coming, ["name", "phone"])]
    lines = chain(named, called, (("", "", "", "") for _ in range(empty)))
    rows: list[tuple[str, ...]] = [(str(number), *line, "", "") for number, line in enumerate(lines, start=1)]
    return SignInSheet(rows, [donor.pk for donor in people], len(coming))


def _enrolled(drive: Drive, day: date, scope: Scope) -> list[Donor]:
    here = Donor.objects.visible_to(scope).filter(pk__in=people_of(drive, day), death_reported_at=None)
    return list(here.prefetch_related("samples").order_by("registered_at", "pk"))


def _expected(drive: Drive, day: date) -> list[Appointment]:
    begins = timezone.make_aware(datetime.combine(day, time.min))
    ends = timezone.make_aware(datetime.combine(day, time.max))
    of_the_day = Appointment.objects.filter(drive=drive, starts_at__range=(begins, ends))
    return list(of_the_day.filter(came_at=None, cancelled_at=None).order_by("starts_at"))


def _reached(plain: Mapping[str, Any], *, sex: str = "") -> tuple[str, str, str]:
    return text_of(plain["name"]), sex, text_of(phone_of(plain["phone"]))


def _barcode(donor: Any) -> str:
    """Return the barcode of the newest tube that was not turned away."""
    tubes = [tube for tube in donor.samples.all() if tube.state != SampleState.REJECTED]
    return str(max(tubes, key=lambda tube: tube.pk).barcode) if tubes else ""
