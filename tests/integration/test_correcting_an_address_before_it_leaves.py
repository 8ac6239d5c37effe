"""An address is corrected between release and sending: still no second condolence comes to one mailbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest

from foundation import moves, vault
from foundation.access import Role
from foundation.trail import Actor, ActorKind
from foundation.vault import Subject
from notifications import outbox
from notifications.care import unsent
from notifications.channels import NotHandedOver, Receipt
from notifications.delivery import deliver, deliver_all
from notifications.outbox import Message, standing_in
from notifications.plans import actions
from notifications.plans.models import Touchpoint
from registry.families import actions as families
from tests import lines
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import StaffFactory, actor
from tests.factories.messages import approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.racing import FEWER, at_once, elsewhere

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten o'clock in China
LATER = MORNING + timedelta(minutes=2)
BY = Actor(ActorKind.COMMAND, "tests")
DIED: Final = date(2024, 5, 1)
HOME: Final = "home@example.org"


class Mails:
    """Where each mail went, and what the server does before it takes one."""

    def __init__(self) -> None:
        self.to: list[str] = []
        self.does: Callable[[], object] = lambda: None

    def send(self, _envelope: Any, _rendered: Any, address: str, _to: Any) -> Receipt:
        self.does()
        self.to.append(address.casefold())
        return Receipt(f"Q{len(self.to)}")


@pytest.fixture
def mails() -> Iterator[Mails]:
    here = Mails()
    with lines.taken_by(here.send):
        yield here


@pytest.fixture(autouse=True)
def words(transactional_db: None) -> None:
    approved_words("family.qingming")


def household(count: int = 2) -> list[Any]:
    """Return a widow at home, and others with a mailbox each; nobody has a telephone."""
    family = FamilyFactory(about={"died_on": DIED, "gave_on": DIED})
    mailboxes = [HOME, *(f"m{n}@example.org" for n in range(1, count))]
    return [MemberFactory(family=family, about={"email": one, "phone": ""}) for one in mailboxes]


def released(people: list[Any]) -> Touchpoint:
    family = people[0].family
    plan, after = PlanFactory(family=family), (MORNING.date() - DIED).days
    said = {"programme__key": plan.programme_key, "offset_days": after, "channels": ["EMAIL", "SMS"]}
    step = StepFactory(wording="family.qingming", beats_gap=True, **said)
    touchpoint = TouchpointFactory(plan=plan, step=step, state="DUE", on_date=MORNING.date())
    mei = StaffFactory(role=Role.FAMILY_CARE, branch=plan.branch)
    actions.approve(touchpoint, by=actor(mei), at=MORNING - timedelta(hours=1))
    return Touchpoint.objects.get(pk=touchpoint.pk)


def moves_home(member: Any, mailbox: str = HOME) -> None:
    member.save(update_fields=vault.seal(member, email=mailbox))


def copy_of(member: Any) -> Message:
    return Message.objects.select_related("subject").get(subject=member.subject_id)


def state_of(member: Any) -> tuple[str, str]:
    message = copy_of(member)
    return message.state, message.why


class TestOneCopyComesHome:
    @pytest.mark.parametrize("mailbox", [HOME, " Home@Example.org"], ids=["same", "written otherwise"])
    def test_of_two_who_were_released_with_a_mailbox_each(self, mails, mailbox):
        widow, son = people = household()
        touchpoint = released(people)
        moves_home(son, mailbox)

        deliver(copy_of(widow).pk, at=MORNING)
        deliver(copy_of(son).pk, at=MORNING)

        assert mails.to == [HOME]
        assert (state_of(widow), state_of(son)) == (("SENT", ""), ("CANCELLED", "already_reached"))
        assert Touchpoint.objects.get(pk=touchpoint.pk).state == "SENT"
        assert unsent.known("already_reached")

    def test_of_two_that_one_worker_took_up_together(self, mails):
        people = household()
        released(people)
        moves_home(people[1])
        deliver_all([copy_of(one).pk for one in people], at=MORNING)
        deliver_all([copy_of(one).pk for one in people], at=LATER)
        assert mails.to == [HOME]

    def test_where_nobody_knows_whether_the_first_arrived(self, mails):
        widow, son = people = household()
        released(people)
        moves_home(son)
        deliver(copy_of(widow).pk, at=MORNING)
        Message.objects.filter(subject=widow.subject_id).update(state="UNKNOWN")
        deliver(copy_of(son).pk, at=MORNING)
        assert (mails.to, state_of(son)[0]) == ([HOME], "CANCELLED")

    def test_and_nobody_else_stands_in_for_whom_it_reached(self, mails):
        widow, son, daughter = people = household(3)
        touchpoint = released(people)
        for one in (son, daughter):
            moves_home(one)
        for one in (widow, son):
            deliver(copy_of(one).pk, at=MORNING)
        assert standing_in.see_to(touchpoint, at=LATER) == 0
        outbox.sweep(at=LATER)
        deliver(copy_of(daughter).pk, at=LATER)
        assert mails.to == [HOME]
        assert Message.objects.filter(touchpoint=touchpoint).count() == 3

    def test_but_one_comes_to_each_of_two_mailboxes(self, mails):
        people = household(3)
        released(people)
        for one in people:
            deliver(copy_of(one).pk, at=MORNING)
        assert sorted(mails.to) == [HOME, "m1@example.org", "m2@example.org"]

    def test_and_is_not_missed_where_the_first_was_refused(self, mails):
        """While a copy is being handed over there the other waits: that one may surely not arrive."""
        widow, son = people = household()
        released(people)
        moves_home(son)
        seen: list[tuple[str, str]] = []

        def refuse() -> None:
            mails.does = lambda: None
            deliver(copy_of(son).pk, at=MORNING)
            seen.append(state_of(son))
            raise NotHandedOver("rcpt_451")

        mails.does = refuse
        deliver(copy_of(widow).pk, at=MORNING)
        assert (seen, mails.to) == ([("DUE", "another_leaves")], [])
        deliver(copy_of(son).pk, at=LATER)
        assert (mails.to, state_of(son)) == ([HOME], ("SENT", ""))

    def test_of_another_occasion_all_the_same(self, mails):
        widow, son = people = household()
        released(people)
        moves_home(son)
        deliver(copy_of(widow).pk, at=MORNING)
        Message.objects.filter(subject=son.subject_id).delete()
        other = released(people)
        message = Message.objects.get(touchpoint=other, subject=widow.subject_id)
        deliver(message.pk, at=LATER)
        assert mails.to == [HOME, HOME]


def deliver_until_settled(pk: Any) -> None:
    for minutes in range(3):
        deliver(pk, at=MORNING + timedelta(minutes=2 * minutes))


def stops(what: str, people: list[Any], touchpoint: Touchpoint) -> None:
    """Let a person do something at the very instant that it leaves; it may be too late for it."""
    mei = actor(StaffFactory(role=Role.FAMILY_CARE, branch=touchpoint.plan.branch))
    try:
        if what == "hold":
            actions.hold(touchpoint, why="dispute", by=mei, at=MORNING)
        elif what == "skip":
            actions.skip(touchpoint, why="not_fitting", by=mei, at=MORNING)
        elif what == "no more":
            families.no_more(people[1], whole_plan=True, by=BY, at=MORNING)
        else:
            vault.report_dead(Subject.objects.get(pk=people[1].subject_id), by=BY, at=MORNING)
    except moves.Refused:
        return


class TestAtOneInstant:
    def test_two_workers_bring_one_copy_home(self, mails):
        for _round in range(FEWER):
            mails.to.clear()
            people = household()
            released(people)
            moves_home(people[1])
            acts = [partial(deliver_until_settled, copy_of(one).pk) for one in people]

            came = at_once(*acts)

            assert [one for one in came if isinstance(one, Exception)] == []
            outbox.sweep(at=LATER)
            for one in people:
                deliver(copy_of(one).pk, at=MORNING + timedelta(minutes=10))
            assert mails.to == [HOME]
            assert sorted(state_of(one)[0] for one in people) == ["CANCELLED", "SENT"]

    @pytest.mark.slow
    @pytest.mark.parametrize("what", ["hold", "skip", "no more", "death"])
    def test_nobody_waits_for_ever_beside_a_word_that_stops(self, mails, what):
        """Workers hold a person, a message and the occasion; who stops it holds them in another order."""
        for _round in range(FEWER):
            mails.to.clear()
            people = household(4)
            touchpoint = released(people)
            for one in people[1:]:
                moves_home(one)
            ids = [copy_of(one).pk for one in people]

            came = at_once(
                partial(deliver_all, ids, at=MORNING),
                partial(deliver_all, ids[::-1], at=MORNING),
                partial(deliver_until_settled, ids[2]),
                partial(stops, what, people, touchpoint),
            )

            assert [one for one in came if isinstance(one, Exception)] == []
            for minutes in (3, 6):
                deliver_all(ids, at=MORNING + timedelta(minutes=minutes))
            states = list(Message.objects.filter(pk__in=ids).values_list("state", "why"))
            assert mails.to.count(HOME) <= 1, states
            assert "fault" not in {why for _state, why in states}

    def test_two_processes_bring_one_copy_home(self, settings, tmp_path):
        settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "files", tmp_path
        people = household()
        released(people)
        moves_home(people[1])
        hers, his = [copy_of(one).pk for one in people]

        with elsewhere(partial(deliver_until_settled, his)) as other:
            deliver_until_settled(hers)

        assert other.exitcode == 0
        outbox.sweep(at=LATER)  # three tries of one may be over before the other one has left
        deliver_all([hers, his], at=MORNING + timedelta(minutes=10))
        assert [file.read_bytes().count(HOME.encode()) > 0 for file in tmp_path.iterdir()] == [True]
        assert sorted(state_of(one)[0] for one in people) == ["CANCELLED", "SENT"]
