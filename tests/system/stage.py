"""The world of the journey: an open drive, and somebody in every role; fuller where pictures are taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from foundation.access import BranchKind, Role, Staff
from registry.drives.models import Drive
from tests.factories import consent as consents
from tests.factories import drives, samples
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.system import pictures

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINS = datetime(2026, 11, 20, 10, 10, tzinfo=SHANGHAI)  # a Friday


@dataclass
class World:
    """An open drive, and somebody in every role the journey needs."""

    drive: Drive
    coordinator: Staff
    caseworker: Staff
    technician: Staff
    manager: Staff
    laboratory: str
    told: dict[str, str]
    beside: list[str] = field(default_factory=list)  # tubes of others, in the same box

    @property
    def tubes(self) -> list[str]:
        """The barcodes of all tubes that go."""
        return [self.told["barcode"], *self.beside]


def world() -> World:
    """Return the plainest world in which the journey is possible; a fuller one for the pictures."""
    consents.text()
    prefecture = BranchFactory(
        kind=BranchKind.PREFECTURE,
        name="宁波市红十字会",
        parent=BranchFactory(kind=BranchKind.PROVINCE, name="浙江省红十字会"),
    )
    county = BranchFactory(name="鄞州区红十字会", parent=prefecture, phone="0574-88000000")
    laboratory = BranchFactory(
        kind=BranchKind.LABORATORY, name="浙江省血液中心组织配型实验室", parent=prefecture.parent
    )
    drive = drives.DriveFactory(
        branch=county, name="宁波卫生职业技术学院", on_date=BEGINS.date(), expected=40
    )
    drive.place = drives.PlaceFactory(branch=county, name="学府路51号体育馆")
    drive.save(update_fields=["place"])
    told = {name: values[0] for step in drives.typed(name="方晓雯").values() for name, values in step.items()}
    made = World(
        drive=drive,
        coordinator=StaffFactory(name="林晓燕", role=Role.COORDINATOR, branch=county),
        caseworker=StaffFactory(name="周建平", role=Role.CASEWORKER, branch=prefecture),
        technician=StaffFactory(name="陈立", role=Role.LABORATORY, branch=laboratory),
        manager=StaffFactory(name="徐敏", role=Role.REGISTRY_MANAGER, branch=prefecture.parent),
        laboratory=str(laboratory.pk),
        told=told | {"barcode": "NB26-0042"},
    )
    if pictures.WANTED:
        furnish(made, samples.House(
            county, prefecture, laboratory, made.coordinator, made.caseworker, made.technician
        ))  # fmt: skip
    return made


def furnish(made: World, house: samples.House) -> None:
    """Put a morning's work around the one volunteer, so that a picture shows a day as it is."""
    by = actor(made.coordinator, at=BEGINS)
    for minute in range(14):
        at = BEGINS - timedelta(minutes=4 + 3 * minute)
        drives.enrolled(
            made.drive, staff=made.coordinator, by=by, at=at, barcode=f"NB26-00{28 + minute}",
            first_phone=f"1390001{minute:04}", second_phone=f"1370001{minute:04}",
        )  # fmt: skip
    for number, days in enumerate((9, 9, 8, 8, 10)):
        at = BEGINS - timedelta(days=days)
        code = f"NB26-00{11 + number}"
        samples.tube(house, at=at, barcode=code, volume_ml=Decimal(7))
        made.beside.append(code)
    for name in ("张静", "赵磊"):  # the card of Today shows three calls
        typed = DonorFactory(branch=house.county, state="TYPED", about={"name": name})
        CallTaskFactory(donor=typed, due_on=BEGINS.date())
