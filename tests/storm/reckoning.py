"""What must hold when a storm is over. Source: issue 4, "Held to"; design/messaging.md, "Goal"."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

from notifications.outbox import Message, MessageState
from tests.sink import Sink
from tests.storm.crew import CONCURRENCY, Crew
from tests.storm.weather import Weather

GOING = (MessageState.DUE, MessageState.CLAIMED, MessageState.SENDING)


def settled(hands: Crew, *, within: float) -> bool:
    """Wait until every message has come to an end, and return whether they have."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not Message.objects.filter(state__in=GOING).exists():
            return True
        hands.look()
        time.sleep(0.3)
    return False


@dataclass(frozen=True)
class Reckoning:
    """What the database says, beside what the mail server has on its disk."""

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
    unknown_at_most: int

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
        }
        return [f"{count} {words}" for words, count in must_be_nothing.items() if count]


def reckon(sink: Sink, weather: Weather) -> Reckoning:
    """Compare."""
    taken = sink.taken()
    copies = Counter(line["id"] for line in taken)
    resets = sum(line["reset"] for line in taken)
    rows = {str(pk): (state, once) for pk, state, once in _rows()}
    twice = [pk for pk, count in copies.items() if count > 1]
    broken = sink.broken()
    of_state = Counter(state for state, _ in rows.values())
    return Reckoning(
        states=of_state,
        still_going=sum(of_state[state] for state in GOING),
        twice_to_the_bereaved=sum(not rows[pk][1] for pk in twice),
        twice_without_a_broken_line=sum(rows[pk][1] and pk not in broken for pk in twice),
        routine_twice=sum(rows[pk][1] for pk in twice),
        sent_and_not_there=sum(state == "SENT" and pk not in copies for pk, (state, _) in rows.items()),
        failed_and_there=sum(
            state in {"FAILED", "CANCELLED", "HELD"} and pk in copies for pk, (state, _) in rows.items()
        ),
        unknown=of_state["UNKNOWN"],
        unknown_and_there=sum(state == "UNKNOWN" and pk in copies for pk, (state, _) in rows.items()),
        resets=resets,
        unknown_at_most=resets + (weather.kills + weather.cuts) * CONCURRENCY,
    )


def _rows() -> list[tuple[object, str, bool]]:
    return list(Message.objects.values_list("pk", "state", "at_least_once"))
