"""A message that may have arrived is settled by a person, a list, or a copy that two people agree to."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command

from consent.purposes import Purpose
from foundation import approvals, moves
from foundation.access import Role
from foundation.vault import ledger
from notifications import outbox
from notifications.outbox import Message, MessageState, epoch
from notifications.outbox.deciding import NotUnknown
from notifications.outbox.models import OutboxEpoch
from notifications.plans import actions as plans
from notifications.plans.models import Touchpoint
from notifications.retention import everybody
from notifications.retention.tasks import plan_everybody
from tests.factories.consent import ConsentFactory
from tests.factories.donors import DonorFactory
from tests.factories.families import MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.messages import DUE, MessageFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory, install

pytestmark = pytest.mark.django_db
AT = DUE + timedelta(hours=1)
FAR = DUE.replace(year=2100)  # after any day on which this is run


@pytest.fixture
def unknown() -> Message:
    return MessageFactory(subject=MemberFactory().subject, state=MessageState.UNKNOWN, bereaved=True)


@pytest.fixture
def mei(unknown: Message) -> Any:
    return StaffFactory(role=Role.FAMILY_CARE, branch=unknown.subject.branch)


class TestDecide:
    def test_counts_one_that_arrived_as_sent_when_it_was_begun(self, unknown, mei):
        outbox.decide(unknown, arrived=True, by=actor(mei), at=AT)
        assert (Message.objects.get().state, Message.objects.get().sent_at) == ("SENT", unknown.begun_at)

    def test_sends_nothing_where_it_did_not_arrive(self, unknown, mei):
        outbox.decide(unknown, arrived=False, by=actor(mei), at=AT)
        assert [(one.state, one.why) for one in Message.objects.all()] == [("CANCELLED", "did_not_arrive")]

    def test_is_done_once(self, unknown, mei):
        outbox.decide(unknown, arrived=True, by=actor(mei), at=AT)
        with pytest.raises(NotUnknown):
            outbox.decide(unknown, arrived=False, by=actor(mei), at=AT)


class TestAskResend:
    def test_of_the_bereaved_waits_for_a_second_person(self, unknown, mei):
        asked = outbox.ask_resend(unknown, by=actor(mei), at=AT)
        assert isinstance(asked, approvals.Approval)
        assert list(Message.objects.values_list("state", flat=True)) == ["UNKNOWN"]

    def test_is_not_answered_by_who_asked(self, unknown, mei):
        asked = outbox.ask_resend(unknown, by=actor(mei), at=AT)
        with pytest.raises(approvals.NotYours):
            approvals.decide(asked, yes=True, by=actor(mei), at=AT)

    def test_queues_one_new_copy_when_another_agrees(self, unknown, mei):
        asked = outbox.ask_resend(unknown, by=actor(mei), at=AT)
        second = StaffFactory(role=Role.FAMILY_CARE, branch=unknown.subject.branch)
        approvals.decide(asked, yes=True, by=actor(second), at=AT)
        assert sorted(Message.objects.values_list("state", flat=True)) == ["DUE", "FAILED"]

    def test_of_others_needs_nobody_else(self, mei):
        Message.objects.update(bereaved=False)
        outbox.ask_resend(Message.objects.get(), by=actor(mei), at=AT)
        assert sorted(Message.objects.values_list("state", flat=True)) == ["DUE", "FAILED"]


class TestWhoDecides:
    @pytest.mark.parametrize(
        "act",
        [
            lambda message, by: outbox.decide(message, arrived=True, by=by, at=AT),
            lambda message, by: outbox.ask_resend(message, by=by, at=AT),
            lambda message, by: outbox.reconcile([str(message.pk)], by=by, at=AT),
        ],
        ids=["decide", "ask again", "by a list"],
    )
    def test_is_nobody_of_another_branch_nor_who_does_not_look_after_families(self, unknown, act):
        others = (
            StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory()),
            StaffFactory(role=Role.COORDINATOR, branch=unknown.subject.branch),
        )
        for other in others:
            with pytest.raises(moves.NotAllowed):
                act(unknown, actor(other))
        assert Message.objects.get().state == "UNKNOWN"


class TestReconcile:
    def test_settles_what_the_provider_accepted(self, unknown, tmp_path, capsys):
        other = MessageFactory(subject=unknown.subject, state=MessageState.UNKNOWN)
        left = MessageFactory(subject=unknown.subject, state=MessageState.UNKNOWN)
        file = tmp_path / "accepted.txt"
        file.write_text(f"250 <{unknown.pk}@life-relay.invalid>\n\n{other.pk}\nsomebody else's\n")

        call_command("outbox", "reconcile", str(file))

        sent = Message.objects.filter(state="SENT").values_list("pk", flat=True)
        assert set(sent) == {unknown.pk, other.pk}
        assert "2 were sent" in capsys.readouterr().out
        assert Message.objects.get(pk=left.pk).state == "UNKNOWN"


class TestARestoredBackup:
    @pytest.fixture
    def restored(self) -> Message:
        """The mark is three steps ahead of the database that was put back."""
        message = MessageFactory(subject=MemberFactory().subject, bereaved=True)
        for _ in range(3):
            epoch.advance(at=DUE)
        OutboxEpoch.objects.update(number=1)
        return message

    def test_sends_nothing(self, restored):
        assert outbox.sweep(at=AT) == 0
        assert (outbox.is_held(), OutboxEpoch.objects.get().held_why) == (True, "rewound")

    def test_says_so(self, restored, capsys):
        call_command("outbox", "status")
        assert "Everything is held (rewound)" in capsys.readouterr().out

    def test_leaves_what_may_have_been_sent_to_the_bereaved_to_a_person(self, restored):
        soon = MessageFactory(subject=restored.subject, due_at=FAR, bereaved=True)
        outbox.sweep(at=AT)
        call_command("outbox", "release")
        assert Message.objects.get(pk=restored.pk).state == "UNKNOWN"
        assert Message.objects.get(pk=soon.pk).state == "DUE"
        assert not outbox.is_held()
        outbox.sweep(at=AT)
        assert not outbox.is_held()

    def test_leaves_routine_ones_to_a_person_but_for_those_that_may_go_twice(self, restored):
        routine = MessageFactory(subject=restored.subject)
        held = MessageFactory(subject=restored.subject, state=MessageState.HELD)
        twice = MessageFactory(subject=restored.subject, service=True, at_least_once=True)
        outbox.sweep(at=AT)
        call_command("outbox", "release")
        states = dict(Message.objects.values_list("pk", "state"))
        assert [states[one.pk] for one in (routine, held, twice)] == ["UNKNOWN", "UNKNOWN", "DUE"]

    def test_holds_what_was_planned_for_a_day_that_was_lost(self, restored):
        planned = TouchpointFactory(step=StepFactory(channels=["EMAIL"], needs_approval=False))
        posted = TouchpointFactory(on_date=date(2026, 11, 25), state="APPROVED")
        later = TouchpointFactory(on_date=date(2026, 11, 21))
        outbox.sweep(at=AT)
        call_command("outbox", "release")
        plans.plan_due(date(2026, 11, 20), at=AT)
        assert _stands(planned) == _stands(posted) == ("HELD", "restored")
        assert _stands(later) == ("PLANNED", "")

    def test_holds_a_donors_touchpoint_as_well(self, restored):
        plan = PlanFactory(subject=restored.subject)
        step = StepFactory(programme__key=plan.programme_key, programme__audience="DONOR", channels=["CALL"])
        called = TouchpointFactory(plan=plan, step=step, state="APPROVED")
        outbox.sweep(at=AT)
        call_command("outbox", "release")
        assert _stands(called) == ("HELD", "restored")

    def test_leaves_to_a_person_what_the_lost_day_told_everybody(self, restored):
        install()
        donor = DonorFactory(state="LISTED", listed_on=DUE.date() - timedelta(days=30))
        ConsentFactory(subject=donor.subject, purpose=Purpose.CONTACT_SMS, state="ACTIVE")
        outbox.sweep(at=AT)
        with time_machine.travel(AT, tick=False):
            plan_everybody()
            call_command("outbox", "release")
        told = Message.objects.get(subject=donor.subject)
        assert (told.wording, told.state, told.why) == ("donor.welcome", "UNKNOWN", "restored")
        assert everybody.plan(DUE.date() + timedelta(days=1), at=AT + timedelta(days=1)) == 0

    def test_tells_everybody_what_fell_on_any_day_while_all_was_held(self, restored):
        install()
        for day in (3, 8, 11, 20):
            donor = DonorFactory(state="LISTED", listed_on=DUE.date() + timedelta(days=day - 30))
            ConsentFactory(subject=donor.subject, purpose=Purpose.CONTACT_SMS, state="ACTIVE")
        outbox.sweep(at=AT)
        with time_machine.travel(AT + timedelta(days=20), tick=False):
            call_command("outbox", "release")
        assert Message.objects.filter(wording="donor.welcome").count() == 4

    def test_leaves_to_a_person_what_was_queued_while_everything_was_held(self, restored):
        step = StepFactory(programme__key="kept", channels=["EMAIL"])
        touchpoint = TouchpointFactory(step=step, state="APPROVED")
        at = DUE + timedelta(days=1)
        anew = MessageFactory(subject=restored.subject, touchpoint=touchpoint, due_at=at)
        outbox.sweep(at=AT)
        call_command("outbox", "release")
        assert Message.objects.get(pk=anew.pk).state == "UNKNOWN"

    def test_is_known_in_a_copy_that_was_made_during_a_hold(self, restored):
        OutboxEpoch.objects.update(held_at=DUE, held_why="operator")
        call_command("outbox", "release")
        assert Message.objects.get(pk=restored.pk).state == "UNKNOWN"

    def test_is_not_released_before_the_ledger_is_applied(self, restored, monkeypatch):
        outbox.sweep(at=AT)
        monkeypatch.setattr(ledger, "unknown_here", lambda: ["a line"])
        with pytest.raises(CommandError, match="ledger apply"):
            call_command("outbox", "release")
        assert outbox.is_held()

    def test_on_a_machine_without_the_mark_is_held_until_an_operator_releases(self):
        message = MessageFactory(subject=MemberFactory().subject, bereaved=True)
        epoch.advance(at=DUE)
        anchor = Path(settings.ANCHOR_URL.removeprefix("file:"))
        anchor.with_name(f"{anchor.name}.outbox").unlink()

        swept = [outbox.sweep(at=AT + timedelta(minutes=n)) for n in range(2)]
        assert (swept, OutboxEpoch.objects.get().held_why) == ([0, 0], "unmarked")

        call_command("outbox", "release")
        assert not outbox.is_held()
        assert Message.objects.get(pk=message.pk).state == "UNKNOWN"  # the lost time may have sent it
        new = MessageFactory(subject=message.subject)
        assert outbox.sweep(at=AT) == 1
        assert Message.objects.get(pk=new.pk).told_at == AT

    def test_is_known_by_a_mark_of_another_database(self):
        epoch.advance(at=DUE)
        OutboxEpoch.objects.all().delete()
        assert outbox.sweep(at=AT) == 0
        assert OutboxEpoch.objects.get().held_why == "unmarked"


def _stands(touchpoint: Touchpoint) -> tuple[str, str]:
    found = Touchpoint.objects.get(pk=touchpoint.pk)
    return str(found.state), found.held_reason


class TestHold:
    def test_holds_everything_until_released(self):
        MessageFactory(subject=MemberFactory().subject)
        call_command("outbox", "hold")
        assert outbox.sweep(at=AT) == 0
        call_command("outbox", "release")
        assert outbox.sweep(at=AT) == 1
