"""Whose copy was to do for all at an address falls away: another of the household has it, and nobody two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Final

import pytest

from foundation import vault
from foundation.access import Role
from foundation.trail import Actor, ActorKind
from foundation.vault import Subject
from notifications import outbox
from notifications.channels import Receipt
from notifications.delivery import deliver
from notifications.outbox import Message, following, standing_in, sweeping
from notifications.plans import actions
from notifications.plans.models import Touchpoint
from registry.families import actions as families
from tests import lines
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import StaffFactory, actor
from tests.factories.messages import approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.racing import ROUNDS, at_once

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten o'clock in China
BY = Actor(ActorKind.COMMAND, "tests")
DIED: Final = date(2024, 5, 1)
HOME: Final = "home@example.org"


@pytest.fixture
def mails() -> Iterator[list[str]]:
    """Take mails, and keep where each went."""
    kept: list[str] = []

    def send(_envelope: Any, _rendered: Any, address: str, _to: Any) -> Receipt:
        kept.append(address.casefold())
        return Receipt(f"Q{len(kept)}")

    with lines.taken_by(send):
        yield kept


@pytest.fixture
def household() -> list[Any]:
    """A widow, her son and his wife with one mailbox; a daughter with her own."""
    approved_words("family.qingming")
    return people()


def people() -> list[Any]:
    family = FamilyFactory(about={"died_on": DIED, "gave_on": DIED})
    made = [MemberFactory(family=family, about={"email": HOME, "phone": ""}) for _n in range(3)]
    return [*made, MemberFactory(family=family, about={"email": "her@example.org", "phone": ""})]


def released(household: list[Any]) -> Touchpoint:
    """Release the words of a day to a household."""
    family = household[0].family
    plan, after = PlanFactory(family=family), (MORNING.date() - DIED).days
    said = {"programme__key": plan.programme_key, "offset_days": after, "channels": ["EMAIL", "SMS"]}
    step = StepFactory(wording="family.qingming", beats_gap=True, **said)
    touchpoint = TouchpointFactory(plan=plan, step=step, state="DUE", on_date=MORNING.date())
    approve(touchpoint)
    return Touchpoint.objects.get(pk=touchpoint.pk)


def approve(touchpoint: Touchpoint) -> None:
    mei = StaffFactory(role=Role.FAMILY_CARE, branch=touchpoint.plan.branch)
    actions.approve(Touchpoint.objects.get(pk=touchpoint.pk), by=actor(mei), at=MORNING)


def of(member: Any) -> list[tuple[str, str]]:
    mine = Message.objects.filter(subject=member.subject_id).order_by("pk")
    return list(mine.values_list("channel", "state"))


def dies(member: Any) -> None:
    vault.report_dead(Subject.objects.get(pk=member.subject_id), by=BY, at=MORNING)


def is_erased(member: Any) -> None:
    vault.erase(Subject.objects.get(pk=member.subject_id), by=BY, at=MORNING)


def wants_no_more(member: Any) -> None:
    families.no_more(member, whole_plan=False, by=BY, at=MORNING)


def takes_consent_back(member: Any) -> None:
    outbox.cancel_for(member.subject_id, why="no_consent", by=BY, at=MORNING, channels=["EMAIL"])


def is_found_held(member: Any) -> None:
    """Somebody of whom nothing is used any more: found when it is sent."""
    Subject.objects.filter(pk=member.subject_id).update(restricted_at=MORNING)
    deliver(Message.objects.get(subject=member.subject_id).pk, at=MORNING)


def deliver_all() -> None:
    for pk in Message.objects.filter(state="DUE").values_list("pk", flat=True):
        deliver(pk, at=MORNING + timedelta(minutes=2))


def lost(*_args: Any, **_said: Any) -> int:
    """What a process that is killed does after its commit."""
    return 0


class TestWhoeverStandsIn:
    AWAY: ClassVar[list[Callable[[Any], None]]] = [dies, is_erased, is_found_held]

    @pytest.mark.parametrize("falls_away", AWAY, ids=lambda one: one.__name__)
    def test_is_the_next_of_the_household_and_one_alone(self, household, mails, falls_away):
        widow, son, wife, _daughter = household
        touchpoint = released(household)

        falls_away(widow)

        copies = [of(one) for one in (widow, son, wife)]
        assert copies == [[("EMAIL", "CANCELLED")], [("EMAIL", "DUE")], []]
        deliver_all()
        assert sorted(mails) == ["her@example.org", HOME]
        assert Touchpoint.objects.get(pk=touchpoint.pk).state == "SENT"

    def test_has_somebody_stand_in_for_them_too(self, household, mails):
        widow, son, wife, _daughter = household
        released(household)
        dies(widow)
        dies(son)

        assert of(wife) == [("EMAIL", "DUE")]
        deliver_all()
        assert mails.count(HOME) == 1

    def test_may_be_written_to(self, household):
        widow, son, wife, _daughter = household
        released(household)
        Subject.objects.filter(pk=son.subject_id).update(restricted_at=MORNING)

        dies(widow)

        assert (of(son), of(wife)) == ([], [("EMAIL", "DUE")])

    def test_is_planned_once_however_often_it_is_looked_at(self, household):
        touchpoint = released(household)
        dies(household[0])
        before = Message.objects.count()

        for _n in range(2):
            assert standing_in.see_to(touchpoint, at=MORNING) == 0
            sweeping.sweep(at=MORNING)
        assert Message.objects.count() == before

    def test_is_found_by_the_sweep_where_the_process_was_lost(self, household, monkeypatch):
        widow, son, _wife, _daughter = household
        released(household)
        with monkeypatch.context() as killed:
            killed.setattr(following, "follow", lost)
            dies(widow)
        assert of(son) == []

        following.catch_up(at=MORNING + timedelta(minutes=1))  # while the daughter's waits still

        assert of(son) == [("EMAIL", "DUE")]

    def test_comes_before_the_touchpoint_counts_as_ended(self, household, monkeypatch):
        widow, son, wife, daughter = household
        for one in (wife, daughter):
            dies(one)
        touchpoint = released(household)
        with monkeypatch.context() as killed:
            killed.setattr(following, "follow", lost)
            dies(widow)

        following.catch_up(at=MORNING + timedelta(minutes=1))

        assert of(son) == [("EMAIL", "DUE")]
        assert Touchpoint.objects.get(pk=touchpoint.pk).state == "APPROVED"


class TestNobodyStandsIn:
    @pytest.mark.parametrize("state", ["SENDING", "SENT", "UNKNOWN"])
    def test_after_a_copy_that_may_have_left(self, household, mails, state):
        widow, son, wife, _daughter = household
        touchpoint = released(household)
        mail = Message.objects.select_related("subject").get(subject=widow.subject_id)
        assert mail.subject.key_id
        mail.save(update_fields=vault.seal(mail, key=mail.subject.key_id, sent_to=HOME))
        Message.objects.filter(pk=mail.pk).update(
            state=state, begun_at=MORNING, sent_at=MORNING, lease_until=MORNING + timedelta(minutes=3)
        )

        dies(widow)
        standing_in.see_to(touchpoint, at=MORNING)

        assert (of(son), of(wife)) == ([], [])

    @pytest.mark.parametrize("says", [wants_no_more, takes_consent_back], ids=lambda one: one.__name__)
    def test_past_a_word_of_who_was_to_have_it(self, household, says):
        widow, son, wife, _daughter = household
        touchpoint = released(household)

        says(widow)
        standing_in.see_to(touchpoint, at=MORNING)

        assert of(widow) == [("EMAIL", "CANCELLED")]
        assert (of(son), of(wife)) == ([], [])

    def test_of_what_is_held_until_it_is_released_anew(self, household, mails):
        widow, son, _wife, _daughter = household
        touchpoint = released(household)
        mei = StaffFactory(role=Role.FAMILY_CARE, branch=touchpoint.plan.branch)
        actions.hold(touchpoint, why="dispute", by=actor(mei), at=MORNING)
        dies(widow)
        assert of(son) == []

        actions.release(touchpoint, by=actor(mei), at=MORNING)
        approve(touchpoint)

        assert (of(widow), of(son)) == ([("EMAIL", "CANCELLED")], [("EMAIL", "DUE")])
        deliver_all()
        assert mails.count(HOME) == 1


class TestAtOneInstant:
    def test_two_who_look_have_one_stand_in(self, household, monkeypatch):
        widow, son, wife, _daughter = household
        touchpoint = released(household)
        with monkeypatch.context() as killed:
            killed.setattr(following, "follow", lost)
            dies(widow)

        came = at_once(*[partial(standing_in.see_to, touchpoint, at=MORNING)] * 4)

        assert sorted(came) == [0, 0, 0, 1]
        assert (of(son), of(wife)) == ([("EMAIL", "DUE")], [])

    @pytest.mark.slow
    def test_a_copy_leaves_or_is_stood_in_for_and_never_both(self, household, mails):
        """Death is reported while workers take up what is due, and look for what was lost."""
        for _round in range(ROUNDS):
            widow, *others = people()
            touchpoint = released([widow, *others])
            hers = Message.objects.get(subject=widow.subject_id).pk
            mails.clear()

            came = at_once(
                partial(deliver, hers, at=MORNING),
                partial(dies, widow),
                partial(deliver, hers, at=MORNING),
                partial(standing_in.see_to, touchpoint, at=MORNING),
            )
            assert [one for one in came if isinstance(one, Exception)] == []
            following.catch_up(at=MORNING + timedelta(minutes=1))
            deliver_all()

            states = Message.objects.filter(touchpoint=touchpoint).values_list("state", flat=True)
            assert mails.count(HOME) == 1, list(states)
