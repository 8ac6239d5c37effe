"""Former donors who agreed to talk with others: by city, sex and decade; a first name and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from consent import gate
from consent.purposes import Purpose
from foundation import vault
from foundation.access import Scope
from registry.donors.guards import age, months_before
from registry.donors.models import Donor
from registry.donors.states import DonorState

if TYPE_CHECKING:
    from registry.donors.querysets import DonorQuerySet

SHOWN = 20
DECADES = [20, 30, 40, 50]
TWO_CHARACTERS = frozenset(
    {
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "司徒",
        "夏侯",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "端木",
        "歐陽",
        "諸葛",
        "尉遲",
        "公孫",
    }
)


@dataclass(frozen=True, slots=True)
class Peer:
    """A former donor as they are offered: first name, city, decade of age."""

    donor: Donor
    first_name: str
    city: str
    decade: str


def willing(scope: Scope, *, besides: Donor) -> DonorQuerySet:
    """Return the former donors of a scope who agreed to talk with others, and live."""
    donated = Donor.objects.visible_to(scope).filter(
        gate.agreed(Purpose.PEER_TALK), state=DonorState.DONATED, death_reported_at=None
    )
    return donated.exclude(pk=besides.pk).select_related("service_branch")


def offered(found: DonorQuerySet, *, on: date, city: str = "", sex: str = "", decade: str = "") -> list[Peer]:
    """Return a few of them: the longest back first, so that not always the same one is asked."""
    if city:
        found = found.filter(service_branch=UUID(city))
    if sex:
        found = found.filter(sex=sex)
    if decade:
        youngest, oldest = int(decade), int(decade) + 10
        found = found.filter(
            born_on__lte=months_before(on, youngest * 12), born_on__gt=months_before(on, oldest * 12)
        )
    return described(list(found.order_by("donated_at", "id")[:SHOWN]), on=on)


def described(donors: Sequence[Donor], *, on: date) -> list[Peer]:
    """Return former donors with their first names, opened in one query."""
    names = vault.open(donors, ["name"])
    return [
        Peer(donor, first_name(str(plain["name"])), donor.service_branch.name, _decade(donor, on))
        for donor, plain in zip(donors, names, strict=True)
        if isinstance(plain["name"], str)
    ]


def cities(found: DonorQuerySet) -> list[tuple[str, str]]:
    """Return the cities in which somebody is willing, as choices."""
    rows = found.order_by("service_branch__path").values_list("service_branch", "service_branch__name")
    return [(str(pk), name) for pk, name in rows.distinct()]


def first_name(name: str) -> str:
    """
    Return a name without its family name; of a single character nothing is taken.

    >>> first_name("王丽华")
    '丽华'
    >>> first_name("Anna Maria Wang")
    'Anna'
    """
    name = name.strip()
    if not name.isascii():
        family = 2 if name[:2] in TWO_CHARACTERS and len(name) > 2 else 1  # noqa: PLR2004 - characters
        return name[family:] or name
    return name.split(" ")[0]


def _decade(donor: Donor, on: date) -> str:
    if donor.born_on is None:
        return ""
    begins = age(donor.born_on, on) // 10 * 10
    return f"{begins}–{begins + 9}"
