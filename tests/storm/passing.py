"""One whole storm: a scene, a crew, the weather, the calm after it, and what is found then."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from registry.families.models import Member
from tests import sink
from tests.storm import crew, reckoning, scene
from tests.storm.reckoning import Reckoning
from tests.storm.weather import Weather

READY = 60.0  # seconds until the crew has sent its first mail
CALM = 120.0  # seconds in which everything must come to an end


def broker_of(folder: Path) -> str:
    """Return the broker of this run: Redis beside PostgreSQL, the embedded one beside SQLite."""
    if connection.vendor == "postgresql":
        return str(settings.CELERY_BROKER_URL)
    return f"sqla+sqlite:///{folder / 'broker.sqlite3'}"


def storm(
    members: Sequence[Member], folder: Path, *, seconds: float, seed: int, broker: str = ""
) -> tuple[Reckoning, Weather]:
    """Let a storm pass over a bereavement and a routine mail for each of these people."""
    folder.mkdir(parents=True, exist_ok=True)
    broker = broker or broker_of(folder)
    scene.routine(members[:1], at=timezone.now(), occasion=f"first:{seed}")
    with (
        sink.running(folder / "sink") as mail,
        crew.at_work(folder / "crew", broker=broker, email=mail.url) as hands,
    ):
        reckoning.settled(hands, within=READY)
        at = timezone.now()
        scene.bereavement(members, at=at, over=seconds)
        scene.routine(members, at=at, over=seconds, occasion=f"drive:{seed}")
        weather = Weather(hands, mail, broker, seed=seed)
        weather.blow(seconds)
        reckoning.settled(hands, within=CALM)
    return reckoning.reckon(mail, weather), weather
