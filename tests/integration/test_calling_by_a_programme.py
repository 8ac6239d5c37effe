"""In which order, by which ways and in what time people are called: written, agreed to, followed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from foundation import approvals, moves
from foundation.access import BranchKind, Role, task_actor
from foundation.approvals import Approval
from notifications import channels, paging
from notifications.channel_names import Channel
from notifications.paging import actions, kinds, numbers, queries, sending, tending
from notifications.paging.models import Alarm, Copy, CopyState
from notifications.programmes import actions as programmes
from notifications.programmes.models import Programme, ProgrammeStep
from notifications.programmes.states import ProgrammeState
from tests.factories import plans, wordings
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 20, 18, 14, tzinfo=UTC)  # 02:14 in China
MINUTE = timedelta(minutes=1)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def province():
    wordings.install()
    plans.install()
    return BranchFactory(kind=BranchKind.PROVINCE)


@pytest.fixture
def manager(province):
    return StaffFactory(role=Role.REGISTRY_MANAGER, branch=province)


@pytest.fixture
def duty(province, monkeypatch):
    """Two on duty one above the other, whose lines keep what they were given."""
    kinds.register(kinds.Kind("tests", "Something happened", lambda _alarm: True))
    taken: list[tuple[str, str]] = []

    def line(channel: str) -> channels.Transport:
        def send(_envelope: Any, rendered: Any, *_where: Any) -> channels.Receipt:
            taken.append((channel, rendered.text))
            return channels.Receipt()

        return channels.Transport(send)

    for channel in (Channel.SMS, Channel.EMAIL):
        monkeypatch.setitem(channels.handing_over._transports, channel, line(channel))
    county = BranchFactory(parent=province)
    for branch in (county, province):
        staff = StaffFactory(role=Role.CASEWORKER, branch=branch)
        times = {"starts_at": NIGHT - 60 * MINUTE, "ends_at": NIGHT + 600 * MINUTE}
        actions.put_on_duty(staff, branch, place=1, by=actor(staff), at=NIGHT, **times)
        numbers.keep_number(staff, "+8613800138000", by=actor(staff), at=NIGHT)
    return {"county": county, "taken": taken}


def in_use():
    return Programme.objects.get(key="case_paging", state=ProgrammeState.PUBLISHED)


def use(manager, **changes):
    """Bring a version into use whose steps differ: ``at_once={"minutes": 4}``."""
    draft = programmes.draft_from(in_use(), by=actor(manager), at=NIGHT)
    for key, said in changes.items():
        draft.steps.filter(key=key).update(**said)
    programmes._use(draft, by=SETTER_UP, at=NIGHT)


def raised(duty):
    return paging.page("tests", object=duty["county"], by=task_actor("tests"), at=NIGHT)


def after(minutes, duty):
    """Return what was handed over in this minute, by which ways."""
    duty["taken"].clear()
    tending.tend(at=NIGHT + minutes * MINUTE)
    sending.send_due(at=NIGHT + minutes * MINUTE)
    return [channel for channel, _text in duty["taken"]]


class TestAnAlarm:
    def test_follows_the_version_in_use_in_its_ways_words_and_minutes(self, manager, duty):
        use(manager, at_once={"minutes": 4, "channels": ["EMAIL"]}, next={"channels": ["SMS"], "minutes": 7})
        alarm = raised(duty)

        assert after(0, duty) == [Channel.EMAIL]
        assert "4分钟内没有人接手" in duty["taken"][0][1]
        assert after(3, duty) == []
        assert after(4, duty) == [Channel.SMS]
        assert "7分钟内无人接手" in duty["taken"][0][1]
        assert after(10, duty) == []
        assert sorted(after(11, duty)) == sorted([Channel.SMS, Channel.EMAIL] * 2)  # everybody once more
        assert alarm.calls.count() == 2
        assert not Copy.objects.filter(channel=Channel.CALL).exists()  # a person rings, from the list

    def test_keeps_the_version_it_began_with(self, manager, duty):
        alarm = raised(duty)
        first = in_use()
        use(manager, at_once={"minutes": 4})

        after(0, duty)

        assert after(9, duty) == []
        assert sorted(after(10, duty)) == [Channel.EMAIL, Channel.SMS]
        assert Alarm.objects.get().programme == first
        Alarm.objects.update(over_at=NIGHT, over_why="by_hand")
        assert raised(duty).programme == in_use()
        assert alarm.pk != raised(duty).pk

    def test_is_never_silent_though_what_is_in_use_calls_nobody_or_has_no_words(self, duty):
        in_use().steps.filter(rule="AGAIN").delete()
        alarm = raised(duty)
        assert alarm.programme is None
        assert sorted(after(0, duty)) == [Channel.EMAIL, Channel.SMS]
        assert sorted(after(10, duty)) == [Channel.EMAIL, Channel.SMS]

        in_use().steps.update(wording="paging.none")
        Alarm.objects.update(programme=in_use())
        Copy.objects.update(state=CopyState.DUE, sent_at=None, not_before=NIGHT)
        assert len(after(11, duty)) == 4
        assert "电话里不说任何人的名字" in queries.script(Alarm.objects.get(), "zh-hans", at=NIGHT)

    def test_says_on_its_page_how_long_an_answer_is_waited_for(self, manager, duty, signed_in):
        use(manager, at_once={"minutes": 4, "channels": ["SMS"]})
        alarm = raised(duty)
        client = signed_in(alarm.calls.get().staff)

        page = client.get(reverse("paging:alarm", args=[alarm.pk]), headers=ENGLISH).content.decode()

        assert "after 4 minutes without an answer" in page
        assert "What to say" not in page  # the telephone is none of its ways


class TestTheProgramme:
    def test_is_shown_changed_and_used_once_a_second_person_agreed(self, province, manager, signed_in):
        client = signed_in(manager)
        listed = client.get(reverse("programmes:list")).content.decode()
        assert reverse("programmes:version", args=[in_use().pk]) in listed
        client.post(reverse("programmes:begin", args=[in_use().pk]))
        draft = Programme.objects.get(key="case_paging", state=ProgrammeState.DRAFT)
        seen = client.get(draft.get_absolute_url(), headers=ENGLISH).content.decode()
        assert "SMS + E-mail + Call" in seen
        assert "after 10 minutes" in seen

        one = draft.steps.get(key="at_once")
        url = reverse("programmes:step", args=[draft.pk, one.pk])
        form = client.get(url, headers=ENGLISH).context["form"]
        assert {"minutes", "way_3"} <= set(form.fields)
        assert not {"offset_days", "term", "asks", "needs_approval", "way_4"} & set(form.fields)
        said = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
        assert client.post(url, {**said, "minutes": "4", "way_3": ""}).status_code == 302

        programmes.ask_to_publish(draft, by=actor(manager), at=NIGHT)
        another = StaffFactory(role=Role.REGISTRY_MANAGER, branch=province)
        approvals.decide(Approval.objects.get(), yes=True, by=actor(another), at=NIGHT)
        now = in_use().steps.get(key="at_once")
        assert (in_use().version, now.minutes, now.channels) == (2, 4, ["SMS", "EMAIL"])

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"minutes": 1}, "from 2 to 60 minutes"),
            ({"minutes": 61}, "from 2 to 60 minutes"),
            ({"channels": ["CALL"]}, "Nobody is woken"),
            ({"channels": ["SMS", "WECHAT"]}, "SMS, e-mail and telephone"),
            ({"rule": "NEXT"}, "It needs one step at once"),
            ({"rule": "OFFSET"}, "Staff are called at once"),
            ({"needs_approval": True}, "waits for nobody"),
            ({"wording": "donor.welcome"}, "words are for other people"),
        ],
    )
    def test_is_not_used_where_an_alarm_could_be_silent(self, manager, changes, sentence):
        draft = programmes.draft_from(in_use(), by=actor(manager), at=NIGHT)
        draft.steps.filter(key="at_once").update(**changes)

        with override("en"), pytest.raises(moves.Refused) as refused:
            programmes.ask_to_publish(draft, by=actor(manager), at=NIGHT)

        assert sentence in " ".join(str(said) for said in refused.value.sentences)

    def test_lends_its_rules_to_no_other(self, manager):
        retention = Programme.objects.get(key="retention")
        draft = programmes.draft_from(retention, by=actor(manager), at=NIGHT)
        ProgrammeStep.objects.filter(programme=draft, key="welcome").update(rule="AT_ONCE")

        with override("en"), pytest.raises(moves.Refused) as refused:
            programmes.ask_to_publish(draft, by=actor(manager), at=NIGHT)

        assert "Only staff on duty are called so" in " ".join(map(str, refused.value.sentences))
