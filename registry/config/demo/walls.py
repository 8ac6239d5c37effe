"""The demo's memorial wall: three names on it, one that waits for the family, one taken down by a no."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from consent import actions as consents
from consent import evidence
from consent.models import Text
from consent.purposes import Purpose
from foundation.access import Permission
from foundation.trail import Actor
from registry.config.demo.remembering import households
from registry.config.demo.way import scribble
from registry.config.demo.world import World
from registry.families import actions
from registry.families.models import Family, Member, WallPage
from registry.families.records import OnTheWall
from registry.families.ways import WALL_TEXT

DAY: Final = timedelta(days=1)
YEAR: Final = 365
AGO: Final = 40  # days since the first of them was written
SAID: Final = (
    ("陈老师", "您教过的孩子都长大了。", True),
    ("妈妈", "院子里的桂花又开了。", True),
    ("老周", "", True),
    ("父亲", "路灯还亮着，我们都好。", False),
    ("阿芳", "愿你一路有光。", True),
)
SHOWN, OBJECTED = 3, 4  # the places of who waits, and of whom a relative would not have there


def remember(world: World, *, at: datetime) -> None:
    """Let five families speak of the wall, the oldest first."""
    asked = list(households(world, until=at - YEAR * DAY))
    found = [one for family in reversed(asked) if (one := _who_speaks(family)) is not None]
    for place, (member, said) in enumerate(zip(found, SAID, strict=False)):
        _tell(world, member, said, place, at=at - (AGO - 5 * place) * DAY)


def _who_speaks(family: Family) -> Member | None:
    """Return who is asked first; nobody of a family that wants to hear nothing, or that is two households."""
    if family.giver.families.count() > 1 or family.wishes_recorded_on is None:
        return None
    members = family.members.who_hear().select_related("subject", "family__giver__subject")
    return members.order_by("order").first()


def _tell(world: World, member: Member, said: tuple[str, str, bool], place: int, *, at: datetime) -> None:
    name, words, years = said
    by = world.actor("mei", Permission.FAMILY_EDIT, at=at)
    on_the_wall = OnTheWall(name=name, words=words, years_shown=years)
    page = actions.write_wall_page(member.family, on_the_wall, by=by, at=at)
    page = actions.show_wall_page(page, by=by, at=at + DAY)
    if place == SHOWN:
        return
    _put_up(world, page, member, by=by, at=at + 2 * DAY)
    if place == OBJECTED:
        objecting = member.family.members.exclude(pk=member.pk).order_by("order").first() or member
        actions.object_to_wall(objecting, words="我不愿意看到名字在网上。", by=by, at=at + 6 * DAY)


def _put_up(world: World, page: WallPage, member: Member, *, by: Actor, at: datetime) -> None:
    """Let the family sign and agree, and a second person look at it."""
    consents.record(
        member.subject,
        text=Text.objects.in_force(WALL_TEXT, at).get(),
        language=member.subject.language,
        given=[Purpose.MEMORIAL_WALL],
        evidence=evidence.drawn({"wall": scribble()}),
        by=by,
        at=at,
    )
    actions.agree_to_wall(page, member, by=by, at=at)
    second = world.actor("ye", Permission.CARE_APPROVE, at=at + DAY)
    actions.put_on_wall(page, by=second, at=at + DAY)
