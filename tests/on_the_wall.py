"""The memorial wall in tests: a family, its consent, and a page on every step of its way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from consent import actions as consents
from consent.evidence import drawn
from consent.models import Consent, Text
from consent.purposes import Purpose
from foundation.trail import Actor
from registry.families import actions
from registry.families.models import Member, WallPage
from registry.families.records import OnTheWall
from tests.factories.consent import png
from tests.factories.families import ENTERED

NAME, WORDS = "周老师", "灯还亮着。"
WRITTEN = ENTERED + timedelta(days=30)


def consented(member: Member, *, by: Actor, at: Any = WRITTEN) -> Consent:
    """Let a relative sign the consent to the wall on the screen: it is in force."""
    text = Text.objects.get(document="memorial_wall")
    return consents.record(
        member.subject,
        text=text,
        language="zh-hans",
        given=[Purpose.MEMORIAL_WALL],
        evidence=drawn({"wall": png()}),
        by=by,
        at=at,
    )[0]


def written(member: Member, *, by: Actor, at: Any = WRITTEN, **said: Any) -> WallPage:
    """Write a page."""
    facts = {"name": NAME, "words": WORDS, "years_shown": True} | said
    return actions.write_wall_page(member.family, OnTheWall(**facts), by=by, at=at)


def agreed(member: Member, *, by: Actor, at: Any = WRITTEN, **said: Any) -> WallPage:
    """Write a page, show it, and hear a yes."""
    page = actions.show_wall_page(written(member, by=by, at=at, **said), by=by, at=at)
    return actions.agree_to_wall(page, member, by=by, at=at)


def put_up(member: Member, *, by: Actor, second: Actor, at: Any = WRITTEN, **said: Any) -> WallPage:
    """Let a name stand on the wall."""
    consented(member, by=by, at=at)
    return actions.put_on_wall(agreed(member, by=by, at=at, **said), by=second, at=at)
