"""A household came to another branch after it was invited: that one tells it, the other sees whom to ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation import moves
from foundation.access import Role
from notifications.care.queries import names_of
from notifications.channel_names import Channel
from notifications.events import actions, queries
from notifications.events.models import Event, Invitation, Kind, Telling
from notifications.outbox import Message
from registry.families import actions as families
from tests.factories.events import NOW, household, memorial
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)  # the hour at which pages are read


@pytest.fixture
def old() -> Any:
    return BranchFactory(name="海曙区红十字会", phone="0574-11111111")


@pytest.fixture
def new(old: Any) -> Any:
    return BranchFactory(name="余姚市红十字会", phone="0574-22222222", parent=old.parent)


@pytest.fixture
def mei(old: Any) -> Any:
    return StaffFactory(role=Role.FAMILY_CARE, branch=old)


@pytest.fixture
def lan(new: Any) -> Any:
    return StaffFactory(role=Role.FAMILY_CARE, branch=new)


@pytest.fixture
def event(old: Any, mei: Any) -> Event:
    return memorial(old, mei)


@pytest.fixture
def gone(old: Any, new: Any, mei: Any, event: Event) -> Invitation:
    """A household that a person speaks to, invited and told so, which is looked after elsewhere by now."""
    family = household(old)
    actions.invite(event, [family], by=actor(mei), at=NOW)
    Message.objects.all().delete()
    Invitation.objects.update(channel=Channel.CALL)
    one = Invitation.objects.select_related("event").get()
    actions.tell(one, Kind.EVENT, people=2, by=actor(mei), at=NOW)
    families.move_to(family, to=new, by=SETTER_UP, at=NOW)
    return Invitation.objects.select_related("event", "family__giver").get()


def left(event: Event, at: Any = LATER) -> tuple[int, int]:
    """How many are still to be told: by the branch of the event, and by others."""
    found = queries.left_to_tell([event], at=at).get(event.pk)
    return (found.here, found.elsewhere) if found else (0, 0)


def sent_before(message: Message) -> dict[str, Any]:
    """What a copy looks like that failed before this one."""
    cells = (
        "subject_id",
        "branch_path",
        "occasion",
        "programme_key",
        "wording",
        "language",
        "due_at",
        "made_at",
    )
    return {name: getattr(message, name) for name in cells} | {"channel": "SMS", "state": "FAILED"}


def page(desk: Client, url: str) -> str:
    return desk.get(url, headers={"accept-language": "en"}).content.decode()


@pytest.fixture
def called_off(event: Event, mei: Any, gone: Invitation) -> Invitation:
    actions.call_off(event, by=actor(mei), at=NOW)
    return Invitation.objects.select_related("event", "family__giver").get()


class TestTheBranchOfTheEvent:
    def test_sees_whom_to_ask_and_nothing_of_the_household(self, called_off, event, mei, new, signed_in):
        name = str(names_of([called_off.family.giver])[called_off.family.giver_id])
        desk = signed_in(mei)

        shown = page(desk, reverse("events:event", args=[event.pk]))

        assert 'id="asked-to-tell"' in shown
        assert new.name in shown
        assert f"tel:{new.phone}" in shown
        assert name not in shown
        assert str(called_off.pk) not in shown
        assert left(event) == (0, 1)
        assert desk.get(reverse("events:tell", args=[called_off.pk])).status_code == 404

    def test_tells_it_no_more(self, called_off, event, mei):
        with pytest.raises(moves.NotAllowed):
            actions.tell(called_off, Kind.OFF, by=actor(mei), at=LATER)

    def test_takes_no_answer_of_it(self, gone, mei):
        with pytest.raises(moves.NotAllowed):
            actions.answer(gone, people=1, by=actor(mei), at=LATER)


class TestTheBranchItCameTo:
    def test_tells_it_and_then_nobody_is_left(self, called_off, event, mei, lan, signed_in):
        name = str(names_of([called_off.family.giver])[called_off.family.giver_id])
        desk, tell = signed_in(lan), reverse("events:tell", args=[called_off.pk])

        found = page(desk, reverse("events:list"))
        assert 'id="of-others"' in found
        assert name in found
        assert tell in found
        shown = page(desk, tell)
        assert event.name in shown
        assert reverse("events:event", args=[event.pk]) not in shown

        answered = desk.post(tell, {"kind": Kind.OFF, "standing": called_off.event.standing})

        assert answered.status_code == 302
        assert answered["Location"] == reverse("events:list")
        assert Telling.objects.filter(invitation=called_off, kind=Kind.OFF, by_id=str(lan.pk)).exists()
        assert left(event) == (0, 0)
        assert 'id="of-others"' not in page(desk, reverse("events:list"))
        assert 'id="asked-to-tell"' not in page(signed_in(mei), reverse("events:event", args=[event.pk]))

    def test_tells_it_the_new_day_and_takes_its_answer(self, gone, event, mei, lan, signed_in):
        starts_at = event.starts_at + timedelta(days=7)
        actions.move(event, starts_at=starts_at, place="净慈园", by=actor(mei), at=NOW)
        event = Event.objects.get(pk=event.pk)
        assert left(event) == (0, 1)

        told = {"kind": Kind.CHANGED, "standing": event.standing, "people": "0"}
        assert signed_in(lan).post(reverse("events:tell", args=[gone.pk]), told).status_code == 302

        assert Invitation.objects.get().people == 0
        assert left(event) == (0, 0)

    def test_sees_nothing_else_of_the_event(self, called_off, event, lan, signed_in):
        desk = signed_in(lan)

        assert desk.get(reverse("events:event", args=[event.pk])).status_code == 404
        for name in ("answer", "attended"):
            url = reverse(f"events:{name}", args=[called_off.pk])
            assert desk.post(url, {"people": "1"}).status_code == 404

    def test_is_alone_with_it(self, called_off, signed_in):
        stranger = signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory()))

        assert stranger.get(reverse("events:tell", args=[called_off.pk])).status_code == 404
        assert 'id="of-others"' not in page(stranger, reverse("events:list"))


class TestWordsOfAMachine:
    @pytest.fixture
    def written_to(self, old: Any, mei: Any, event: Event) -> Invitation:
        """A household that a machine writes to; nobody knows whether the invitation arrived."""
        actions.invite(event, [household(old)], by=actor(mei), at=NOW)
        Message.objects.update(state="UNKNOWN", begun_at=NOW)
        return Invitation.objects.select_related("event", "family").get()

    def test_that_are_open_go_along_for_who_decides_there(self, written_to, new, lan, mei, signed_in):
        failed = Message.objects.get()
        Message.objects.create(**sent_before(failed))
        families.move_to(written_to.family, to=new, by=SETTER_UP, at=NOW)

        assert Message.objects.get(pk=failed.pk).branch_path == new.path
        assert Message.objects.get(state="FAILED").branch_path == written_to.event.branch_path
        unclear = reverse("care:unclear")
        assert str(failed.pk) in page(signed_in(lan), unclear)
        assert str(failed.pk) not in page(signed_in(mei), unclear)

    def test_that_come_later_stand_where_it_is_looked_after(self, written_to, event, new, mei):
        families.move_to(written_to.family, to=new, by=SETTER_UP, at=NOW)

        actions.call_off(event, by=actor(mei), at=NOW)

        assert Message.objects.get(wording="event.called_off").branch_path == new.path


def test_who_looks_after_both_branches_tells_it_from_the_list(called_off, old, signed_in):
    desk = signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=old.parent))

    assert 'id="of-others"' in page(desk, reverse("events:list"))
    assert desk.get(reverse("events:tell", args=[called_off.pk])).status_code == 200


def test_one_that_stayed_is_told_by_the_branch_of_the_event(event, old, mei, signed_in):
    actions.invite(event, [household(old)], by=actor(mei), at=NOW)
    Message.objects.all().delete()
    Invitation.objects.update(channel=Channel.CALL)
    one = Invitation.objects.get()

    desk = signed_in(mei)

    assert left(event) == (1, 0)
    assert 'id="of-others"' not in page(desk, reverse("events:list"))
    assert desk.get(reverse("events:tell", args=[one.pk])).status_code == 200
