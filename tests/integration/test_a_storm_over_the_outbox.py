"""Workers, broker, database and mail server fail again and again: no second condolence.

Source: issue 4, "Held to"; the whole run, five times, is `manage.py bench outbox`
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.utils import timezone

from foundation import vault
from foundation.trail import Actor, ActorKind
from notifications.outbox import Message
from registry.families import actions as families
from tests import sink
from tests.storm import crew, passing, reckoning, scene

pytestmark = [pytest.mark.slow, pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
PEOPLE, SECONDS = 40, 8.0
BY = Actor(ActorKind.COMMAND, "tests")


class TestAStorm:
    def test_sends_nobody_a_second_condolence(self, tmp_path: Path) -> None:
        found, weather = passing.storm(scene.people(PEOPLE), tmp_path, seconds=SECONDS, seed=1)
        assert found.faults == [], found
        assert found.states["SENT"] > PEOPLE
        assert weather.kills > 0


class TestAWordThatStops:
    WORDS: ClassVar[dict[str, Callable[[Any, Any], object]]] = {
        "dead": lambda one, at: vault.report_dead(one.subject, by=BY, at=at),
        "erased": lambda one, at: vault.erase(one.subject, by=BY, at=at),
        "no more": lambda one, at: families.no_more(one, whole_plan=False, by=BY, at=at),
    }

    def test_is_answered_only_when_nothing_leaves_any_more(self, tmp_path: Path) -> None:
        """A slow mail server, and people who say no while their mails are on the way."""
        members = scene.people(PEOPLE)
        address = {one.pk: vault.open_one(one, "email")["email"] for one in members}
        answered: dict[Any, float] = {}
        with (
            sink.running(tmp_path / "sink") as mail,
            crew.at_work(tmp_path / "crew", broker=passing.broker_of(tmp_path), email=mail.url) as hands,
        ):
            scene.routine(members[:1], at=timezone.now(), occasion="first")
            reckoning.settled(hands, within=passing.READY)
            mail.behave(slow=0.3)
            scene.bereavement(members, at=timezone.now())
            for n, one in enumerate(members[: PEOPLE // 2]):
                list(self.WORDS.values())[n % 3](one, timezone.now())
                answered[one.pk] = time.time()
            assert reckoning.settled(hands, within=passing.CALM)
            begun = mail.begun()[1:]
        mail_from = {line["to"]: line["at"] for line in begun}
        late = [pk for pk, answer in answered.items() if mail_from.get(address[pk], 0) > answer]
        assert late == []
        assert Message.objects.filter(state="CANCELLED").exists()
        assert Message.objects.filter(state="SENT").count() > PEOPLE // 2
