"""One whole storm: a scene, a crew, the weather, the calm after it, and what is found then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from registry.families.models import Member
from tests import servers, sink
from tests.storm import crew, officer, reckoning, scene
from tests.storm.reckoning import Reckoning
from tests.storm.weather import Weather

READY = 60.0  # seconds until the crew has sent its first mail
CALM = 120.0  # seconds in which everything must come to an end


@contextmanager
def a_broker(folder: Path) -> Iterator[str]:
    """Run a broker of one's own: Redis beside PostgreSQL, the embedded one beside SQLite."""
    folder.mkdir(parents=True, exist_ok=True)
    if connection.vendor == "postgresql":
        with servers.redis() as url:
            yield url
    else:
        yield f"sqla+sqlite:///{folder / 'broker.sqlite3'}"


def storm(members: Sequence[Member], folder: Path, *, seconds: float, seed: int, **blows: Any) -> Reckoning:
    """
    Let a storm pass over a bereavement and a routine mail for each of these people.

    :param blows: see ``Weather.blow``.
    """
    scene.routine(members[:1], at=timezone.now(), occasion=f"first:{seed}")
    with (
        a_broker(folder) as broker,
        sink.running(folder / "sink") as mail,
        crew.at_work(folder / "crew", broker=broker, email=mail.url, web=True) as hands,
    ):
        officer.wait_for_web(hands)
        reckoning.settled(hands, within=READY)
        at = timezone.now()
        touchpoints = scene.bereavement(members, at=at, over=seconds)
        scene.routine(members, at=at, over=seconds, occasion=f"drive:{seed}")
        weather = Weather(hands, mail, broker, seed=seed)
        with officer.at_the_desk(hands, mail, members, touchpoints, seed=seed) as desk:
            weather.blow(seconds, **blows)
        reckoning.settled(hands, within=CALM)
    return reckoning.reckon(mail, weather, desk)
