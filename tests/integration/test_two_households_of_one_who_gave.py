"""One mailbox stands in two households of the same giver: one copy of an occasion comes there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest

from foundation.access import Role
from notifications.channels import Receipt
from notifications.delivery import deliver_all
from notifications.outbox import Message
from notifications.plans import actions, sendings
from notifications.plans.models import Touchpoint
from tests import lines
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import StaffFactory, actor
from tests.factories.messages import approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.racing import FEWER, at_once

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten o'clock in China
LATER = MORNING + timedelta(minutes=2)
DIED: Final = date(2024, 5, 1)
HOME: Final = "home@example.org"


@pytest.fixture
def mails() -> Iterator[list[str]]:
    kept: list[str] = []

    def send(_envelope: Any, _rendered: Any, address: str, _to: Any) -> Receipt:
        kept.append(address.casefold())
        return Receipt(f"Q{len(kept)}")

    with lines.taken_by(send):
        yield kept


def households(*, of_one: bool = True) -> list[Any]:
    """Return the widow's household and his parents', all reached at one mailbox; released for one day."""
    widows = FamilyFactory(about={"died_on": DIED, "gave_on": DIED})
    parents = FamilyFactory(giver=widows.giver, branch=widows.branch) if of_one else FamilyFactory(
        branch=widows.branch, about={"died_on": DIED, "gave_on": DIED}
    )  # fmt: skip
    people = [MemberFactory(family=one, about={"email": HOME, "phone": ""}) for one in (widows, parents)]
    mei = StaffFactory(role=Role.FAMILY_CARE, branch=widows.branch)
    plans = [PlanFactory(family=one.family) for one in people]
    said = {"programme__key": plans[0].programme_key, "channels": ["EMAIL"]}
    step = StepFactory(
        wording="family.qingming", beats_gap=True, offset_days=(MORNING.date() - DIED).days, **said
    )
    for plan in plans:
        due = TouchpointFactory(plan=plan, step=step, state="DUE", on_date=MORNING.date())
        actions.approve(due, by=actor(mei), at=MORNING - timedelta(hours=1))
    return people


def states() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("state", "why"))


@pytest.fixture(autouse=True)
def words(transactional_db: None) -> None:
    approved_words("family.qingming")


class TestTwoHouseholdsOfOneGiver:
    def test_with_one_mailbox_have_one_copy(self, mails):
        households()

        deliver_all(list(Message.objects.values_list("pk", flat=True)), at=LATER)

        assert mails == [HOME]
        assert states() == [("CANCELLED", "already_reached"), ("SENT", "")]

    def test_with_one_mailbox_were_both_reached(self, mails):
        households()

        deliver_all(list(Message.objects.values_list("pk", flat=True)), at=LATER)

        assert [one.state for one in Touchpoint.objects.all()] == ["SENT", "SENT"]
        assert all(sendings.reached_all(one) for one in Touchpoint.objects.all())

    def test_with_one_mailbox_are_not_both_counted_while_nobody_knows_of_the_copy(self, mails):
        households()
        deliver_all(list(Message.objects.values_list("pk", flat=True)), at=LATER)
        left_out = Touchpoint.objects.get(messages__state="CANCELLED")
        Touchpoint.objects.filter(pk=left_out.pk).update(state="APPROVED")
        Message.objects.filter(state="SENT").update(state="UNKNOWN", sent_at=None, begun_at=LATER)

        actions.follow(left_out, at=LATER)

        assert Touchpoint.objects.get(pk=left_out.pk).state == "CANCELLED"

    def test_have_one_copy_where_two_workers_send_in_one_moment(self, mails):
        for _round in range(FEWER):
            Message.objects.all().delete()
            mails.clear()
            households()
            ids = list(Message.objects.filter(state="DUE").values_list("pk", flat=True))

            at_once(*[partial(deliver_all, [pk], at=LATER) for pk in ids])
            deliver_all(ids, at=LATER + timedelta(minutes=5))

            assert mails == [HOME]

    def test_of_two_who_gave_have_one_each(self, mails):
        households(of_one=False)

        deliver_all(list(Message.objects.values_list("pk", flat=True)), at=LATER)

        assert mails == [HOME, HOME]
