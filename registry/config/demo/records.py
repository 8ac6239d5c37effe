"""Take over the records before, as branches hand them in: a sheet of every county, and one of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import cycle
from typing import Final

from django.utils import timezone

from foundation.access import Permission
from foundation.papers import sheets as files
from registry.config.demo.people import Crowd, Invented
from registry.config.demo.world import World
from registry.donors.columns import OF_THE_RECORDS, Column
from registry.donors.exports.words import RELATIONS, SEXES, STATES
from registry.donors.models import Donor
from registry.donors.states import DonorState
from registry.drives.imports.existing import TakenOver, import_existing

Line = dict[StrEnum, str]
PEOPLE: Final = 40
AREA: Final = "330226"  # a county that kept its own list
BOX: Final = "档案室 3 号柜"
FIRST_DAY: Final = date(2009, 3, 5)  # so long ago that some cards had 15 digits
# Where they stand, over and over; most are listed.
_STATES: Final = (
    *[DonorState.LISTED] * 6,
    DonorState.ON_HOLD,
    DonorState.LOST,
    DonorState.LISTED,
    DonorState.WITHDRAWN,
)
_OLD_CARD, _NO_CONTACTS, _LANDLINE = 4, 7, 9  # one in so many
_LAST_DAY, _APART = timedelta(days=90), timedelta(days=4)  # of those who were listed on paper
_FIRST: Final = (Column.CONTACT_1_NAME, Column.CONTACT_1_RELATION, Column.CONTACT_1_PHONE)
_SECOND: Final = (Column.CONTACT_2_NAME, Column.CONTACT_2_RELATION, Column.CONTACT_2_PHONE)
TYPING: Final = "A*02:01+A*11:01^B*46:01+B*40:01^DRB1*09:01+DRB1*15:01"


def take_over(world: World, crowd: Crowd, *, at: datetime) -> TakenOver:
    """Hand the county's own list in, some days before now; nobody has rung these people yet."""
    by = world.actor("manager", Permission.DONOR_IMPORT, at=at)
    rows = [_row(n, crowd) for n in range(PEOPLE)]
    return import_existing(_sheet(rows), world.counties[AREA], by=by, at=at, box=BOX)


def begin_with(world: World, crowd: Crowd, *, people: int) -> list[Donor]:
    """
    Take over the volunteers whom the province had listed on paper before this program, county by county.

    :returns: all of them, the youngest record first.
    """
    at = world.since
    by, before = world.actor("manager", Permission.DONOR_IMPORT, at=at), timezone.localdate(at) - _LAST_DAY
    lists: dict[str, list[Line]] = {area: [] for area in world.counties}
    for n, area in zip(range(people), cycle(lists)):
        lists[area].append(_listed(n, area, crowd, on=before - n * _APART))
    for area, rows in lists.items():
        taken = import_existing(_sheet(rows), world.counties[area], by=by, at=at, box=f"档案室 {area}")
        assert not taken.report.rejected  # noqa: S101 - invented people are well formed
    return list(Donor.objects.filter(legacy=True).select_related("service_branch").order_by("-registered_at"))


def _sheet(rows: Iterable[Line]) -> bytes:
    lines = [[row.get(column, "") for column in OF_THE_RECORDS] for row in rows]
    return b"".join(files.write_csv([[str(column) for column in OF_THE_RECORDS], *lines]))


def _listed(n: int, area: str, crowd: Crowd, *, on: date) -> Line:
    invented = crowd.next(area=area, registered_on=on)
    return {
        **_person(invented, on),
        **_contact(invented, 0, _FIRST),
        **_contact(invented, 1, _SECOND),
        Column.WEIGHT: str(invented.person.weight_kg),
        Column.STATE: STATES[DonorState.LISTED],
        Column.LISTED_ON: (on + timedelta(days=60)).isoformat(),
        Column.NATIONAL_NO: f"ZJ{area[2:]}-{n:05}",
    }


def _row(n: int, crowd: Crowd) -> Line:
    on = FIRST_DAY + timedelta(days=37 * n)
    invented = crowd.next(area=AREA, registered_on=on)
    number = invented.person.document_number
    old = n % _OLD_CARD == 0 and number[6:8] == "19"
    return {
        **_person(invented, on),
        **({Column.DOCUMENT_NUMBER: number[:6] + number[8:17]} if old else {}),
        **({Column.PHONE: f"0574-65{n:06d}"} if n % _LANDLINE == 0 else {}),
        Column.STATE: STATES[_STATES[n % len(_STATES)]],
        Column.LISTED_ON: (on + timedelta(days=90)).isoformat(),
        Column.NATIONAL_NO: f"ZJ{AREA[2:]}-OLD{n:03}",
        Column.TYPING: TYPING if n % 2 else "",
        **({} if n % _NO_CONTACTS == 0 else _contact(invented, 0, _FIRST)),
    }


def _person(invented: Invented, on: date) -> Line:
    person = invented.person
    return {
        Column.NAME: person.name,
        Column.SEX: SEXES[person.sex],  # type: ignore[index]
        Column.DOCUMENT_NUMBER: person.document_number,
        Column.PHONE: person.phone,
        Column.ADDRESS: person.address,
        Column.WORKPLACE: person.workplace,
        Column.BLOOD_GROUP: person.blood_group,
        Column.REGISTERED_ON: on.isoformat(),
    }


def _contact(invented: Invented, place: int, columns: tuple[StrEnum, StrEnum, StrEnum]) -> Line:
    known, (name, relation, phone) = invented.contacts[place], columns
    return {
        name: known.name,
        relation: RELATIONS[known.relation],  # type: ignore[index]
        phone: known.phone,
    }
