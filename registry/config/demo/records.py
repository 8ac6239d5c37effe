"""Take over the small registry one county kept on its own: a sheet, as such a branch would hand it in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from foundation.access import Permission
from foundation.papers import sheets as files
from registry.config.demo.people import Crowd, Invented
from registry.config.demo.world import World
from registry.donors.exports.words import RELATIONS, SEXES, STATES
from registry.donors.states import DonorState
from registry.drives.imports.existing import TakenOver, import_existing
from registry.drives.imports.existing.columns import EVERY, Kept
from registry.drives.sheets.layout import Column

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
TYPING: Final = "A*02:01+A*11:01^B*46:01+B*40:01^DRB1*09:01+DRB1*15:01"


def take_over(world: World, crowd: Crowd, *, at: datetime) -> TakenOver:
    """Hand the county's list in, some days before now; nobody has rung these people yet."""
    branch = world.counties[AREA]
    by = world.actor("manager", Permission.DONOR_IMPORT, at=at)
    rows = [_row(n, crowd) for n in range(PEOPLE)]
    cells = [[str(column) for column in EVERY], *[[row.get(column, "") for column in EVERY] for row in rows]]
    return import_existing(b"".join(files.write_csv(cells)), branch, by=by, at=at, box=BOX)


def _row(n: int, crowd: Crowd) -> dict[StrEnum, str]:
    on = FIRST_DAY + timedelta(days=37 * n)
    invented = crowd.next(area=AREA, registered_on=on)
    person, state = invented.person, _STATES[n % len(_STATES)]
    number = person.document_number
    old = n % _OLD_CARD == 0 and number[6:8] == "19"
    return {
        Column.NAME: person.name,
        Column.SEX: SEXES[person.sex],  # type: ignore[index]
        Column.DOCUMENT_NUMBER: number[:6] + number[8:17] if old else number,
        Column.PHONE: f"0574-65{n:06d}" if n % _LANDLINE == 0 else person.phone,
        Column.ADDRESS: person.address,
        Column.WORKPLACE: person.workplace,
        Column.BLOOD_GROUP: person.blood_group,
        Column.REGISTERED_ON: on.isoformat(),
        Kept.STATE: STATES[state],
        Kept.LISTED_ON: (on + timedelta(days=90)).isoformat(),
        Kept.NATIONAL_NO: f"ZJ{AREA[2:]}-OLD{n:03}",
        Kept.TYPING: TYPING if n % 2 else "",
        **({} if n % _NO_CONTACTS == 0 else _contact(invented)),
    }


def _contact(invented: Invented) -> dict[StrEnum, str]:
    first = invented.contacts[0]
    return {
        Column.CONTACT_1_NAME: first.name,
        Column.CONTACT_1_RELATION: RELATIONS[first.relation],  # type: ignore[index]
        Column.CONTACT_1_PHONE: first.phone,
    }
