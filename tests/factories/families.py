"""Those who gave, households and their people, each the plainest valid one, made through the actions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import factory

from foundation.access import Branch
from registry.families import actions
from registry.families.models import Family, Giver, Member
from registry.families.records import OneWhoGave, Relative
from tests.factories.foundation import SETTER_UP, BranchFactory

ENTERED = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
_numbers = count(1)


def one_who_gave(**changes: Any) -> OneWhoGave:
    """Return an invented giver of organs and corneas, who died in August 2026."""
    values: dict[str, Any] = {
        "name": "周建国",
        "gifts": ["ORGAN", "CORNEA"],
        "died_on": date(2026, 8, 20),
        "gave_on": date(2026, 8, 20),
        "born_on": date(1980, 5, 4),
        "sex": "M",
    }
    return OneWhoGave(**{**values, **changes})


def relative(**changes: Any) -> Relative:
    """Return an invented widow with a number and an address of her own."""
    n = next(_numbers)
    values: dict[str, Any] = {
        "name": "沈丽萍",
        "kin": "SPOUSE",
        "phone": f"+86136{n:08}",
        "email": f"relative{n}@example.org",
        "address": "浙江省宁波市示例路8号",
    }
    return Relative(**{**values, **changes})


class GiverFactory(factory.Factory[Giver]):
    """One who gave. ``GiverFactory(branch=county, about={"name": "…"})``."""

    class Meta:
        model = Giver

    @classmethod
    def _create(cls, model_class: type[Giver], *args: Any, **kwargs: Any) -> Giver:
        branch: Branch = kwargs.pop("branch", None) or BranchFactory()
        return actions.enter_giver(
            one_who_gave(**kwargs.pop("about", {})), branch=branch, by=SETTER_UP, at=kwargs.pop("at", ENTERED)
        )


class FamilyFactory(factory.Factory[Family]):
    """
    A household without anybody in it yet.

    ``FamilyFactory(branch=county, officer=mei)``; ``about`` changes the one who gave.
    """

    class Meta:
        model = Family

    @classmethod
    def _create(cls, model_class: type[Family], *args: Any, **kwargs: Any) -> Family:
        at = kwargs.pop("at", ENTERED)
        branch, about = kwargs.pop("branch", None), kwargs.pop("about", {})
        giver = kwargs.pop("giver", None) or GiverFactory(branch=branch, about=about, at=at)
        facts = {"address": "浙江省宁波市示例路8号"} | kwargs
        return actions.open_family(giver, by=SETTER_UP, at=at, **facts)


class MemberFactory(factory.Factory[Member]):
    """The widow of one who gave. ``MemberFactory(family=family, about={"phone": ""})``."""

    class Meta:
        model = Member

    @classmethod
    def _create(cls, model_class: type[Member], *args: Any, **kwargs: Any) -> Member:
        branch = kwargs.pop("branch", None)
        family = kwargs.pop("family", None) or FamilyFactory(branch=branch)
        at = kwargs.pop("at", ENTERED)
        return actions.add_member(family, relative(**kwargs.pop("about", {})), by=SETTER_UP, at=at)
