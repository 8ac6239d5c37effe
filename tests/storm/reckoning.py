"""What must hold when a storm is over. Source: issue 4, "Held to"; design/messaging.md, "Goal"."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from foundation.trail import sealing, verifying
from notifications.outbox import Message, MessageState
from notifications.plans.actions.following import standing
from notifications.plans.models import Touchpoint
from tests.sink import Sink
from tests.storm.crew import CONCURRENCY, Crew
from tests.storm.officer import NO_DATABASE, Officer
from tests.storm.weather import Weather, deadlocks

GOING = (MessageState.DUE, MessageState.CLAIMED, MessageState.SENDING)
NOT_SENT = ("FAILED", "CANCELLED", "HELD")
DECIDED = ("decided", "did_not_arrive")  # why a message is no longer unknown


def settled(hands: Crew, *, within: float) -> bool:
    """Wait until every message has come to an end, and every touchpoint with it; return whether they have."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not Message.objects.filter(state__in=GOING).exists() and not left_half():
            return True
        hands.look()
        time.sleep(0.3)
    return False


def left_half() -> list[UUID]:
    """Return the touchpoints that do not stand where their messages say."""
    states: defaultdict[UUID, set[str]] = defaultdict(set)
    of_touchpoints = Message.objects.filter(touchpoint__isnull=False)
    for pk, state in of_touchpoints.values_list("touchpoint_id", "state"):
        states[pk].add(state)
    stand = dict(Touchpoint.objects.filter(pk__in=states).values_list("pk", "state"))
    return [pk for pk, of_it in states.items() if stand[pk] not in _where(of_it)]


def _where(states: set[str]) -> set[str]:
    """Return where a touchpoint may stand by the states of its messages."""
    if "HELD" in states:
        return {"HELD", "DUE", "PLANNED"}  # a hold that was lifted lets nothing go before a new release
    return {str(standing(states))} | ({"FAILED"} if states == {"CANCELLED"} else set())


@dataclass(frozen=True)
class Reckoning:
    """What the database says, beside what the mail server has on its disk and the officer was answered."""

    states: Counter[str]
    still_going: int
    twice_to_the_bereaved: int
    twice_without_a_broken_line: int
    routine_twice: int
    sent_and_not_there: int
    failed_and_there: int
    unknown: int
    unknown_and_there: int
    resets: int
    while_it_blew: int
    unknown_at_most: int
    left_half: int
    trail_is_broken: bool
    answered_wrongly: list[str]
    no_database_without_a_cut: int
    deadlocks: int
    weather: Weather
    officer: Officer

    @property
    def faults(self) -> list[str]:
        """Return what does not hold, in words; nothing where all holds."""
        must_be_nothing = {
            "did not come to an end": self.still_going,
            "reached the bereaved twice": self.twice_to_the_bereaved,
            "routine twice though no line broke": self.twice_without_a_broken_line,
            "sent, they say, and not there": self.sent_and_not_there,
            "failed, they say, and there": self.failed_and_there,
            "unknown beyond what broke": max(0, self.unknown - self.unknown_at_most),
            "touchpoints left half": self.left_half,
            "trail broken": int(self.trail_is_broken),
            f"answered wrongly ({', '.join(self.answered_wrongly[:3])})": len(self.answered_wrongly),
            "without a database though nothing was cut": self.no_database_without_a_cut,
            "deadlocks": self.deadlocks,
        }
        return [f"{count} {words}" for words, count in must_be_nothing.items() if count]


def reckon(sink: Sink, weather: Weather, officer: Officer) -> Reckoning:
    """Compare."""
    taken = sink.taken()
    copies = Counter(line["id"] for line in taken)
    resets = weather.resets()
    rows = {str(one.pk): one for one in Message.objects.all()}
    twice = [pk for pk, count in copies.items() if count > 1]
    of_state = Counter(one.state for one in rows.values())
    away = sum(count for (_, status), count in officer.heard.items() if status == NO_DATABASE)
    sealing.seal(at=timezone.now())
    return Reckoning(
        states=of_state,
        still_going=sum(of_state[state] for state in GOING),
        twice_to_the_bereaved=_people_twice(rows, copies),
        twice_without_a_broken_line=sum(rows[pk].at_least_once for pk in set(twice) - sink.broken()),
        routine_twice=sum(rows[pk].at_least_once for pk in twice),
        sent_and_not_there=sum(one.state == "SENT" and pk not in copies for pk, one in rows.items()),
        failed_and_there=sum(one.state in NOT_SENT and pk in copies for pk, one in rows.items()),
        unknown=of_state["UNKNOWN"] + sum(one.why in DECIDED for one in rows.values()),
        unknown_and_there=sum(one.state == "UNKNOWN" and pk in copies for pk, one in rows.items()),
        resets=resets,
        while_it_blew=sum(line["at"] < weather.calm_at for line in taken),
        unknown_at_most=resets + (weather.kills + weather.cuts) * CONCURRENCY,
        left_half=len(left_half()),
        trail_is_broken=not verifying.verify().holds,
        answered_wrongly=officer.wrong,
        no_database_without_a_cut=0 if weather.cuts else away,
        deadlocks=deadlocks() - weather.deadlocks_before,
        weather=weather,
        officer=officer,
    )


def _people_twice(rows: dict[str, Message], copies: Counter[str]) -> int:
    """Count the bereaved who have two mails of one touchpoint, also where the second is a row of its own."""
    had: Counter[tuple[UUID | None, UUID]] = Counter()
    for pk, count in copies.items():
        if not rows[pk].at_least_once:
            had[rows[pk].touchpoint_id, rows[pk].subject_id] += count
    return sum(count > 1 for count in had.values())
