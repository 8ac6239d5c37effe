"""An alarm calls somebody over every way at once, until one answers by name or it is no longer so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.urls import reverse

from foundation import moves, vault
from foundation.access import Branch, Role, RoleAt, Staff, task_actor
from foundation.moves import stops
from foundation.moves.models import StopDue
from foundation.trail.models import TrailRow
from notifications import channels, outbox, paging
from notifications.channel_names import Channel
from notifications.outbox import epoch
from notifications.outbox.models import Message, OutboxEpoch
from notifications.outbox.states import MessageState
from notifications.paging import actions, kinds, numbers, roster, sending, tending, watching
from notifications.paging.models import Alarm, Copy, CopyState, Duty
from notifications.wordings.models import Wording
from registry.donors.models import Donor
from registry.donors.reasons import Reason
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, RoleAtFactory, StaffFactory, actor, signed_in
from tests.factories.wordings import install

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 20, 18, 14, tzinfo=UTC)  # 02:14 in China
MINUTE = timedelta(minutes=1)
TASK = task_actor("tests")
STANDS = {"now": True}


@pytest.fixture(autouse=True)
def house(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A county with somebody on duty, somebody further up, and lines that keep what they were given."""
    install()
    STANDS["now"] = True
    kinds.register(
        kinds.Kind("tests", "Something happened", lambda _alarm: STANDS["now"], ends_by_hand=False)
    )
    sent: list[tuple[str, str, str, str]] = []

    def keep(channel: str) -> channels.Transport:
        def send(message: Any, rendered: Any, address: str, recipient: Any) -> channels.Receipt:
            sent.append((channel, address, rendered.subject, rendered.text))
            return channels.Receipt()

        return channels.Transport(send)

    for channel in (Channel.SMS, Channel.EMAIL):
        monkeypatch.setitem(channels.handing_over._transports, channel, keep(channel))
    county = BranchFactory()
    first, above = (StaffFactory(role=Role.CASEWORKER, branch=b) for b in (county, county.parent))
    for staff, branch in ((first, county), (above, county.parent)):
        on_duty(staff, branch)
    numbers.keep_number(first, "+8613800138000", by=actor(first), at=NIGHT)
    return {"county": county, "first": first, "above": above, "sent": sent}


def on_duty(staff: Staff, branch: Branch, *, place: int = 1) -> Duty:
    times = {"starts_at": NIGHT - timedelta(hours=8), "ends_at": NIGHT + timedelta(hours=8)}
    return actions.put_on_duty(staff, branch, place=place, by=actor(staff), at=NIGHT, **times)


def raised(house: dict[str, Any], **more: Any) -> Alarm:
    return paging.page("tests", object=house["county"], by=TASK, at=NIGHT, **more)


def called(alarm: Alarm) -> list[str]:
    return list(alarm.calls.order_by("called_at", "id").values_list("staff__username", flat=True))


class TestAnAlarm:
    def test_goes_over_every_way_at_once_and_names_nobody(self, house) -> None:
        alarm = raised(house)

        assert sending.send_due(at=NIGHT) == 2

        ways = {channel: (address, text) for channel, address, _subject, text in house["sent"]}
        assert ways[Channel.SMS][0] == "+8613800138000"
        assert ways[Channel.EMAIL][0] == house["first"].email
        assert "02:14" in ways[Channel.SMS][1]
        assert f"/paging/{alarm.pk}/" in ways[Channel.SMS][1]

    def test_goes_out_in_the_program_s_own_words_while_nobody_has_approved_any(self, house) -> None:
        Wording.objects.filter(key__startswith="paging.").delete()
        raised(house)

        assert sending.send_due(at=NIGHT) == 2

        assert all("02:14" in text for _channel, _address, _subject, text in house["sent"])

    def test_calls_those_whose_matter_it_is_too(self, house) -> None:
        companion = StaffFactory(role=Role.COMPANION, branch=house["county"])

        alarm = raised(house, people=[companion.pk])

        assert set(called(alarm)) == {companion.username, house["first"].username}

    def test_is_raised_once(self, house) -> None:
        assert raised(house) == raised(house)
        alarm = Alarm.objects.get()
        again = Alarm(
            kind=alarm.kind,
            object_type=alarm.object_type,
            object_id=alarm.object_id,
            branch=alarm.branch,
            raised_at=NIGHT,
            called_at=NIGHT,
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save()

    def test_passes_on_after_ten_minutes_and_then_calls_everybody_again(self, house) -> None:
        alarm = raised(house)
        tending.tend(at=NIGHT + 9 * MINUTE)
        assert called(alarm) == [house["first"].username]

        tending.tend(at=NIGHT + 10 * MINUTE)
        assert called(alarm) == [house["first"].username, house["above"].username]

        sending.send_due(at=NIGHT + 10 * MINUTE)
        house["sent"].clear()
        tending.tend(at=NIGHT + 20 * MINUTE)
        sending.send_due(at=NIGHT + 20 * MINUTE)
        assert {address for _way, address, *_ in house["sent"]} >= {
            house["first"].email,
            house["above"].email,
        }

    def test_calls_nobody_else_once_somebody_answered(self, house) -> None:
        alarm = raised(house)
        paging.acknowledge(alarm, by=actor(house["first"]), at=NIGHT + MINUTE)

        tending.tend(at=NIGHT + 30 * MINUTE)

        assert called(alarm) == [house["first"].username]
        assert Alarm.objects.get().acknowledged_by == house["first"]
        assert sending.send_due(at=NIGHT + 30 * MINUTE) == 0
        assert TrailRow.objects.filter(verb="alarm.acknowledged", by_id=str(house["first"].pk)).exists()

    def test_is_answered_by_those_who_were_called_alone(self, house) -> None:
        alarm = raised(house)

        with pytest.raises(paging.NotForYou):
            paging.acknowledge(alarm, by=actor(house["above"]), at=NIGHT)

    def test_is_answered_by_one(self, house) -> None:
        alarm = raised(house, people=[house["above"].pk])
        paging.acknowledge(alarm, by=actor(house["first"]), at=NIGHT)

        with pytest.raises(moves.Refused):
            paging.acknowledge(alarm, by=actor(house["above"]), at=NIGHT)

    def test_goes_on_when_it_is_given_back(self, house) -> None:
        alarm = raised(house)
        paging.acknowledge(alarm, by=actor(house["first"]), at=NIGHT)

        paging.give_back(alarm, by=actor(house["first"]), at=NIGHT + MINUTE)

        assert called(alarm) == [house["first"].username, house["above"].username]

    def test_ends_when_it_is_no_longer_so_and_says_it(self, house) -> None:
        """commcare-hq#32671: an alert that went on after its condition turned false."""
        raised(house)
        sending.send_due(at=NIGHT)
        house["sent"].clear()
        STANDS["now"] = False

        tending.tend(at=NIGHT + 30 * MINUTE)
        sending.send_due(at=NIGHT + 30 * MINUTE)

        assert Alarm.objects.get().over_why == "no_longer"
        assert len(house["sent"]) == 2
        assert all("不用再处理" in text for *_rest, text in house["sent"])
        tending.tend(at=NIGHT + 60 * MINUTE)
        assert sending.send_due(at=NIGHT + 60 * MINUTE) == 0

    def test_is_not_ended_by_hand_while_it_is_so(self, house) -> None:
        alarm = raised(house)
        paging.acknowledge(alarm, by=actor(house["first"]), at=NIGHT)

        with pytest.raises(moves.Refused):
            paging.settle(alarm, by=actor(house["first"]), at=NIGHT)

    def test_tries_a_line_again_and_gives_up_on_none_of_the_others(self, house, monkeypatch) -> None:
        def broken(*_args: Any) -> channels.Receipt:
            raise channels.NotHandedOver("no_gateway")

        monkeypatch.setitem(channels.handing_over._transports, Channel.SMS, channels.Transport(broken))
        raised(house)

        for minute in range(7):
            sending.send_due(at=NIGHT + minute * MINUTE)

        states = dict(Copy.objects.values_list("channel", "state"))
        assert states == {Channel.EMAIL: CopyState.SENT, Channel.SMS: CopyState.FAILED}
        assert Copy.objects.get(channel=Channel.SMS).attempts == sending.TRIES


class TestTheChain:
    def test_is_the_branch_in_its_order_and_then_the_ones_above(self, house) -> None:
        second = StaffFactory(role=Role.CASEWORKER, branch=house["county"])
        on_duty(second, house["county"], place=2)

        assert roster.chain(house["county"], at=NIGHT) == [house["first"].pk, second.pk, house["above"].pk]

    def test_is_never_empty_where_anybody_can_decide(self, house) -> None:
        Duty.objects.all().delete()

        assert roster.chain(house["county"], at=NIGHT) == [house["first"].pk, house["above"].pk]

    def test_leaves_out_who_is_off_duty_and_who_left(self, house) -> None:
        Duty.objects.filter(staff=house["first"]).update(ended_at=NIGHT)
        Staff.objects.filter(pk=house["above"].pk).update(left_at=NIGHT)

        assert roster.chain(house["county"], at=NIGHT) == [house["first"].pk]  # as second person, not on duty

    def test_takes_nobody_twice(self, house) -> None:
        with pytest.raises(moves.Refused):
            on_duty(house["first"], house["county"])

    @pytest.mark.parametrize(("year", "month"), [(1, 1), (9999, 12)])
    def test_is_entered_for_any_day_typed_without_a_fault(self, house, year, month) -> None:
        first = datetime(year, month, 20, tzinfo=UTC)
        times = {"starts_at": first, "ends_at": first + timedelta(days=11)}
        said = {"place": 3, "by": actor(house["first"]), "at": NIGHT}
        if year == 1:
            with pytest.raises(moves.Refused):
                actions.put_on_duty(house["first"], house["county"], **said, **times)
        else:
            assert actions.put_on_duty(house["first"], house["county"], **said, **times).pk

    def test_is_changed_by_those_alone_who_may_change_it_there(self, house) -> None:
        stranger = StaffFactory(role=Role.CASEWORKER, branch=BranchFactory())
        times = {"starts_at": NIGHT, "ends_at": NIGHT + timedelta(hours=8)}
        said = {"by": actor(stranger), "at": NIGHT}

        with pytest.raises(moves.NotAllowed):
            actions.put_on_duty(stranger, house["county"], place=1, **said, **times)
        with pytest.raises(moves.NotAllowed):
            actions.take_off_duty(Duty.objects.get(staff=house["first"]), **said)
        assert Duty.objects.filter(ended_at=None).count() == 2


class TestAStopThatDoesNotHold:
    def test_calls_somebody_until_it_holds(self, house) -> None:
        subject = vault.create_subject(
            capacity=vault.Capacity.DONOR, branch=house["county"], document_index=None, at=NIGHT
        )
        ended = Signal()
        ended.connect(_cannot_stop)
        stops.collect(ended, subject=subject, by=TASK, at=NIGHT)

        watching.watch(at=NIGHT + MINUTE)
        assert not Alarm.objects.exists()
        watching.watch(at=NIGHT + 2 * MINUTE)

        assert Alarm.objects.get().kind == watching.RED_STOP
        assert called(Alarm.objects.get()) == [house["first"].username]
        StopDue.objects.update(settled_at=NIGHT + 3 * MINUTE)
        tending.tend(at=NIGHT + 3 * MINUTE)
        assert Alarm.objects.get().over_why == "no_longer"

    def test_of_a_joined_record_calls_for_the_one_that_is_kept(self, house) -> None:
        kept, emptied = (DonorFactory(branch=house["county"]) for _each in range(2))
        ended = Signal()
        ended.connect(_cannot_stop)
        stops.collect(ended, donor=emptied, by=TASK, at=NIGHT)
        nowhere = {"service_path": "", "owner_path": ""}
        left = {"state": "TRANSFERRED", "left_at": NIGHT, "left_reason": Reason.MERGED}
        Donor.objects.filter(pk=emptied.pk).update(merged_into=kept, **nowhere, **left)

        watching.watch(at=NIGHT + 2 * MINUTE)
        tending.tend(at=NIGHT + 2 * MINUTE)

        alarm = Alarm.objects.get()
        assert (alarm.object_id, alarm.over_at) == (str(kept.pk), None)

    def test_never_holds_another_one_up(self, house, monkeypatch) -> None:
        ended = Signal()
        ended.connect(_cannot_stop)
        people = [
            vault.create_subject(
                capacity=vault.Capacity.DONOR, branch=house["county"], document_index=None, at=NIGHT
            )
            for _each in range(2)
        ]
        for subject in people:
            stops.collect(ended, subject=subject, by=TASK, at=NIGHT)
        vault.Subject.objects.filter(pk=people[0].pk).update(branch_path="")  # stands nowhere any more

        watching.watch(at=NIGHT + 2 * MINUTE)

        assert Alarm.objects.get().object_id == str(people[1].pk)


def _cannot_stop(**_more: Any) -> None:
    raise RuntimeError


class TestADeath:
    def test_calls_somebody_while_a_message_to_the_dead_is_leaving(self, house) -> None:
        subject = vault.create_subject(
            capacity=vault.Capacity.RELATIVE, branch=house["county"], document_index=None, at=NIGHT
        )
        leaving = Message.objects.create(
            subject=subject,
            branch_path=house["county"].path,
            occasion="tests",
            programme_key="tests",
            wording="family.qingming",
            channel=Channel.SMS,
            language="zh-hans",
            state=MessageState.SENDING,
            due_at=NIGHT,
            lease_until=NIGHT + MINUTE,
            made_at=NIGHT,
        )

        vault.report_dead(subject, by=TASK, at=NIGHT)

        alarm = Alarm.objects.get()
        assert (alarm.kind, alarm.object_id) == (watching.DEAD, str(subject.pk))
        Message.objects.filter(pk=leaving.pk).update(
            state=MessageState.SENT, sent_at=NIGHT + MINUTE, settled_at=NIGHT + MINUTE
        )
        tending.tend(at=NIGHT + 2 * MINUTE)
        assert Alarm.objects.get().over_at is None  # it will arrive: somebody rings the family
        paging.acknowledge(alarm, by=actor(house["first"]), at=NIGHT + 3 * MINUTE)
        paging.settle(alarm, by=actor(house["first"]), at=NIGHT + 4 * MINUTE)
        assert Alarm.objects.get().over_why == "by_hand"

    def test_calls_nobody_where_nothing_is_leaving(self, house) -> None:
        subject = vault.create_subject(
            capacity=vault.Capacity.RELATIVE, branch=house["county"], document_index=None, at=NIGHT
        )

        vault.report_dead(subject, by=TASK, at=NIGHT)

        assert not Alarm.objects.exists()


class TestPages:
    def test_lead_from_today_to_an_answer(self, client, house) -> None:
        alarm = raised(house)
        signed_in(client, house["first"])
        en = {"accept-language": "en"}

        assert f"/paging/{alarm.pk}/" in client.get("/", headers=en, follow=True).content.decode()
        seen = client.get(f"/paging/{alarm.pk}/", headers=en).content.decode()
        assert "tel:+8613800138000" in seen
        client.post(f"/paging/{alarm.pk}/answer/", headers=en)
        assert Alarm.objects.get().acknowledged_by == house["first"]
        assert "You see to it" in client.get("/", headers=en, follow=True).content.decode()

    def test_are_missing_for_who_was_not_called(self, client, house) -> None:
        alarm = raised(house)
        signed_in(client, house["above"])

        assert client.get(f"/paging/{alarm.pk}/").status_code == 404
        assert client.post(f"/paging/{alarm.pk}/answer/").status_code == 404

    def test_enter_somebody_on_the_roster_and_take_them_off(self, client, house) -> None:
        signed_in(client, house["first"])
        said = {"staff": str(house["first"].pk), "branch": str(house["county"].pk), "place": "2"}
        times = {"starts_at": "2030-01-01T08:00", "ends_at": "2030-01-02T08:00"}

        assert client.post("/paging/duty/", said | times).status_code == 302
        entered = Duty.objects.get(place=2)
        assert client.post(f"/paging/duty/{entered.pk}/end/").status_code == 302
        assert Duty.objects.get(place=2).ended_at is not None
        assert client.post("/paging/duty/", said | {"starts_at": "x"}).status_code == 422

    def test_offer_those_whose_role_has_begun_here_today(self, client, house) -> None:
        early = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # the 21st has been for an hour in China
        with time_machine.travel(early, tick=False):
            new = StaffFactory()
            RoleAtFactory(staff=new, branch=house["county"], starts_on=date(2026, 11, 21))
            signed_in(client, house["first"])
            assert str(new.pk) in client.get("/paging/duty/").content.decode()

    def test_keep_a_number_sealed(self, client, house) -> None:
        signed_in(client, house["above"])

        assert client.post("/paging/number/", {"phone": "12"}).status_code == 422
        assert client.post("/paging/number/", {"phone": "139 0013 9000"}).status_code == 302
        assert sending.address_of(house["above"], Channel.SMS) == "+8613900139000"


class TestARestoredBackup:
    def test_wakes_nobody_until_it_is_released(self, house, client):
        alarm = raised(house)
        assert not outbox.is_restored(at=NIGHT)
        OutboxEpoch.objects.update(held_at=NIGHT, held_why="rewound")

        assert sending.send_due(at=NIGHT) == 0
        page = signed_in(client, house["first"]).get(reverse("paging:alarm", args=[alarm.pk]))
        assert page.context["restored"]

        OutboxEpoch.objects.update(held_at=None, held_why="")
        assert sending.send_due(at=NIGHT) > 0

    def test_silences_no_alarm_where_its_mark_may_not_be_read(self, house, monkeypatch):
        def forbidden() -> None:
            raise PermissionError

        raised(house)
        assert not outbox.is_restored(at=NIGHT)
        monkeypatch.setattr(epoch, "_path", forbidden)

        assert sending.send_due(at=NIGHT) == 2

    def test_is_told_from_a_hold_by_the_operator(self, house):
        raised(house)
        outbox.hold_everything(by=TASK, at=NIGHT)

        assert sending.send_due(at=NIGHT) > 0

    def test_is_known_though_its_operator_had_held_everything_before(self, house):
        raised(house)
        for _time in range(3):
            epoch.advance(at=NIGHT)
        OutboxEpoch.objects.update(number=1, held_at=NIGHT, held_why="operator")

        assert outbox.is_restored(at=NIGHT)
        assert sending.send_due(at=NIGHT) == 0

    def test_that_cannot_be_told_for_its_mark_silences_no_alarm(self, house, monkeypatch):
        raised(house)

        def shut(_path: Path) -> str:
            raise PermissionError

        with monkeypatch.context() as restored_by_root:
            restored_by_root.setattr(Path, "read_text", shut)
            assert sending.send_due(at=NIGHT) == 2

    def test_calls_everybody_once_when_it_is_released_however_long_it_was_held(self, house):
        raised(house)
        epoch.advance(at=NIGHT)
        OutboxEpoch.objects.update(held_at=NIGHT, held_why="rewound")
        for minute in range(60):
            tending.tend(at=NIGHT + minute * MINUTE)
            sending.send_due(at=NIGHT + minute * MINUTE)
        assert house["sent"] == []

        OutboxEpoch.objects.update(held_at=None, held_why="")
        sending.send_due(at=NIGHT + 60 * MINUTE)

        told = [(way, address) for way, address, *_ in house["sent"]]
        assert len(told) == len(set(told)) == 3


class TestWhoHasLeft:
    def test_is_not_called_again(self, house):
        alarm = raised(house)
        Staff.objects.filter(pk=house["first"].pk).update(is_active=False)
        copies = Copy.objects.filter(call__staff=house["first"]).count()

        for n in range(1, 4):
            tending.tend(at=NIGHT + n * 11 * MINUTE)

        assert Copy.objects.filter(call__staff=house["first"]).count() == copies
        assert alarm.calls.filter(staff=house["above"]).exists()

    def test_is_told_nothing_of_what_was_queued_before(self, house):
        alarm = raised(house)
        sending.send_due(at=NIGHT)
        house["sent"].clear()
        tending.tend(at=NIGHT + 10 * MINUTE)
        tending.tend(at=NIGHT + 20 * MINUTE)
        gone(house["first"])
        paging.acknowledge(alarm, by=actor(house["above"]), at=NIGHT + 21 * MINUTE)
        STANDS["now"] = False
        tending.tend(at=NIGHT + 22 * MINUTE)

        sending.send_due(at=NIGHT + 22 * MINUTE)

        assert not [one for one in house["sent"] if one[1] in {house["first"].email, "+8613800138000"}]

    def test_sees_to_nothing_any_more(self, house):
        alarm = raised(house)
        paging.acknowledge(alarm, by=actor(house["first"]), at=NIGHT)
        gone(house["first"])

        tending.tend(at=NIGHT + MINUTE)

        alarm = Alarm.objects.get()
        assert alarm.acknowledged_by is None
        assert called(alarm) == [house["first"].username, house["above"].username]

    def test_is_named_as_gone_on_the_page(self, house, client):
        alarm = raised(house, people=[house["above"].pk])
        gone(house["first"])

        page = signed_in(client, house["above"]).get(reverse("paging:alarm", args=[alarm.pk]))

        assert {one.call.staff: one.gone for one in page.context["called"]} == {
            house["first"]: True,
            house["above"]: False,
        }
        assert "tel:+8613800138000" not in page.content.decode()


class TestAnAlarmThatNobodyIsLeftFor:
    @pytest.fixture
    def alone(self, house: dict[str, Any]) -> Alarm:
        """Everybody who was called has left, and nobody else is on duty or may decide."""
        alarm = raised(house)
        tending.tend(at=NIGHT + 10 * MINUTE)
        for staff in (house["first"], house["above"]):
            gone(staff)
        return alarm

    @pytest.fixture
    def keeper(self, house: dict[str, Any]) -> Staff:
        return StaffFactory(role=Role.ADMINISTRATOR, branch=house["county"].parent)

    @pytest.mark.parametrize("page", ["desk:today", "paging:duty"])
    def test_stands_before_whoever_keeps_the_roster(self, house, alone, keeper, client, page) -> None:
        seen = signed_in(client, keeper).get(reverse(page), follow=True).content.decode()

        assert f'id="without-anybody-{alone.pk}"' in seen

    def test_stands_before_nobody_of_another_branch(self, house, alone, client) -> None:
        stranger = StaffFactory(role=Role.ADMINISTRATOR, branch=BranchFactory())

        seen = signed_in(client, stranger).get(reverse("paging:duty")).content.decode()

        assert str(alone.pk) not in seen

    def test_calls_at_once_whoever_is_entered(self, house, alone, keeper, client) -> None:
        tending.tend(at=NIGHT + 20 * MINUTE)
        on_duty(keeper, house["county"].parent)

        tending.tend(at=NIGHT + 21 * MINUTE)

        assert sending.send_due(at=NIGHT + 21 * MINUTE) > 0
        assert {address for _way, address, *_ in house["sent"]} == {keeper.email}
        seen = signed_in(client, keeper).get(reverse("paging:duty")).content.decode()
        assert str(alone.pk) not in seen


def gone(staff: Staff) -> None:
    Staff.objects.filter(pk=staff.pk).update(is_active=False, left_at=NIGHT)
    RoleAt.objects.filter(staff=staff).update(ended_at=NIGHT)
