"""An answer waits once, and as long everywhere, for what is leaving."""

from dataclasses import replace
from datetime import UTC, datetime

from foundation.moves.stops import SETTLING, Stop, settle_all

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


class TestSettleAll:
    def test_waits_for_each_until_one_deadline_and_keeps_the_others(self):
        asked: list[datetime] = []
        still = Stop("calls", AT, count=2)

        def settle(deadline: datetime) -> Stop:
            asked.append(deadline)
            return replace(still, what="messages", remains="handed_over")

        leaving = Stop("messages", AT, settle=settle)

        found = settle_all([still, leaving, leaving], at=AT)

        assert found[0] is still
        assert [one.remains for one in found] == ["", "handed_over", "handed_over"]
        assert asked == [AT + SETTLING] * 2
