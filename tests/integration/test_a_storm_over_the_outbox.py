"""Workers, broker, database and mail server fail again and again: no second condolence.

Source: issue 4, "Held to"; the whole run, five times, is `manage.py bench storms`
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.utils import timezone

from foundation import vault
from foundation.trail import Actor, ActorKind
from notifications.outbox import Message
from notifications.plans import ahead
from notifications.plans.models import Plan, Touchpoint
from registry.donors import actions as donors
from registry.donors.models import Word
from registry.families import actions as families
from registry.families.models import Rite
from tests import sink
from tests.factories import plans
from tests.factories.families import ENTERED, MemberFactory
from tests.racing import at_once
from tests.storm import crew, passing, reckoning, scene

pytestmark = [pytest.mark.slow, pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
PEOPLE, EACH, SECONDS = 30, 5, 5.0
# Of few mails many have their line cut: a copy that is sent again would be seen.
CUT: dict[str, Any] = {"reset": 0.5, "resets": 8}
BY = Actor(ActorKind.COMMAND, "tests")
TWO_HOURS = 7200.0  # seconds


class TestAStorm:
    def test_sends_nobody_a_second_condolence(self, tmp_path: Path) -> None:
        found = passing.storm(scene.people(PEOPLE), tmp_path, seconds=SECONDS, seed=1, **CUT)
        assert found.faults == [], found
        assert found.states["SENT"] > PEOPLE / 2
        assert found.weather.kills > 0
        assert found.resets >= CUT["resets"]
        assert found.officer.count("read", 200) > 0
        assert found.officer.count("hold", 302) > 0


class TestAYear:
    def test_is_planned_once_by_two_at_the_same_time(self) -> None:
        plans.install()
        family = MemberFactory().family
        there = Touchpoint.objects.count()
        said = {"rite": "anniversary", "calendar": "LUNAR", "chosen_at": ENTERED}
        Rite.objects.create(family=family, by_kind="command", by_id="tests", **said)
        Plan.objects.update(planned_through=None)

        came = at_once(*[lambda: ahead.plan_ahead(at=ENTERED)] * 2)

        kept = list(Touchpoint.objects.values_list("key", "occasion"))
        assert sorted(came) == [0, len(kept) - there]
        assert len(kept) == len(set(kept)) > there


class TestAWordThatStops:
    WORDS: ClassVar[dict[str, Callable[[Any, Any], object]]] = {
        "withdrawn": lambda one, at: donors.withdraw(
            one, by=BY, at=at, word=Word.STAFF_TWO_FACTS, facts=("document_seen", "face_seen")
        ),
        "dead": lambda one, at: vault.report_dead(one.subject, by=BY, at=at),
        "erased": lambda one, at: vault.erase(one.subject, by=BY, at=at),
        "no more": lambda one, at: families.no_more(one, whole_plan=False, by=BY, at=at),
    }

    def test_is_answered_only_when_nothing_leaves_any_more(self, tmp_path: Path) -> None:
        """A slow mail server, people who say no meanwhile, and half of the clocks set back by two hours."""
        members, volunteers = scene.people(PEOPLE), scene.volunteers(EACH)
        address = {one.pk: vault.open_one(one, "email")["email"] for one in (*members, *volunteers)}
        said = [volunteers, *(members[n * EACH : (n + 1) * EACH] for n in range(3))]
        answered: dict[Any, float] = {}
        with (
            passing.a_broker(tmp_path) as broker,
            sink.running(tmp_path / "sink") as mail,
            crew.at_work(tmp_path / "crew", broker=broker, email=mail.url, behind=TWO_HOURS) as hands,
        ):
            due_at = timezone.now() - timedelta(seconds=2 * TWO_HOURS)  # by every clock
            scene.routine(members[:1], at=due_at, occasion="first")
            reckoning.settled(hands, within=passing.READY)
            mail.behave(slow=0.25)
            scene.thanks(volunteers, at=due_at)
            scene.bereavement(members, at=due_at)
            mail.wait_for(2)
            for people in zip(*said, strict=True):
                for word, one in zip(self.WORDS.values(), people, strict=True):
                    word(one, timezone.now())
                    answered[one.pk] = time.time()
            assert reckoning.settled(hands, within=passing.CALM)
            begun = mail.begun()[1:]
        mail_from = {line["to"]: line["at"] for line in begun}
        late = [pk for pk, answer in answered.items() if mail_from.get(address[pk], 0) > answer]
        assert late == []
        assert len(mail_from) == len(begun)  # nobody has two
        assert Message.objects.filter(state="CANCELLED").exists()
        assert Message.objects.filter(state="SENT").count() > PEOPLE // 2
