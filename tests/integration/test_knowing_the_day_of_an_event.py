"""Who counts as knowing the day of a memorial that was moved while they were told, or answered."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation import vault
from notifications.events import actions, queries, telling
from notifications.events.models import Event, Invitation, Kind, Telling
from notifications.links import replies
from notifications.links.purposes import Purpose
from notifications.outbox import Message
from tests.at_the_families import branch, mei
from tests.factories import links
from tests.factories.events import NOW, household, memorial
from tests.factories.foundation import actor

__all__ = ["branch", "mei"]  # fixtures
pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def one(branch: Any, mei: Any) -> Invitation:
    """An invitation that reached a household by SMS."""
    event = memorial(branch, mei)
    actions.invite(event, [household(branch)], by=actor(mei), at=NOW)
    Message.objects.update(state="SENT", sent_at=NOW, begun_at=NOW)
    return Invitation.objects.select_related("event", "subject", "family").get()


def rung(one: Invitation) -> None:
    """Make it a household that is rung and was not told yet."""
    Message.objects.all().delete()
    Invitation.objects.update(channel="CALL")
    one.refresh_from_db()


def move(one: Invitation, mei: Any, place: str = "净慈园", *, days: int = 0, minutes: int = 1) -> Any:
    at = NOW + timedelta(minutes=minutes)
    starts_at = one.event.starts_at + timedelta(days=days)
    actions.move(one.event, starts_at=starts_at, place=place, by=actor(mei), at=at)
    return at


def waiting(at: Any) -> list[Invitation]:
    return [theirs.invitation for theirs in telling.waiting(Event.objects.get(), at=at)]


class TestWhoWasToldOfTheOldDay:
    def hidden(self, desk: Client, address: str) -> dict[str, str]:
        """What the page sends back unseen."""
        form = desk.get(address).context["form"]
        return {field.name: str(field.value() or "") for field in form.hidden_fields()}

    def test_is_still_to_be_told(self, one: Invitation, mei: Any, signed_in: Any) -> None:
        rung(one)
        desk, address = signed_in(mei), reverse("events:tell", args=[one.pk])
        of_the_old_day = self.hidden(desk, address)
        at = move(one, mei)
        refused = desk.post(address, {**of_the_old_day, "people": "2"}, headers=ENGLISH)

        assert refused.status_code == 422
        assert "has changed meanwhile" in refused.content.decode()
        assert waiting(at) == [one]

        form = refused.context["form"]
        anew = {field.name: str(field.value() or "") for field in form.hidden_fields()}
        assert form["people"].value() == "2"
        assert desk.post(address, {**anew, "people": "2"}).status_code == 302
        assert not waiting(at)

    def test_is_still_to_be_told_of_a_second_move(self, one: Invitation, mei: Any, signed_in: Any) -> None:
        rung(one)
        actions.tell(one, Kind.EVENT, by=actor(mei), at=NOW)
        move(one, mei)
        desk, address = signed_in(mei), reverse("events:tell", args=[one.pk])
        of_the_first_move = self.hidden(desk, address)
        at = move(one, mei, "天龙园", minutes=2)

        assert of_the_first_move["kind"] == Kind.CHANGED
        assert desk.post(address, of_the_first_move).status_code == 422
        assert waiting(at) == [one]

    def test_may_be_told_what_there_is_to_tell_now(self, one: Invitation, mei: Any, signed_in: Any) -> None:
        rung(one)
        actions.tell(one, Kind.EVENT, by=actor(mei), at=NOW)
        move(one, mei)
        desk, address = signed_in(mei), reverse("events:tell", args=[one.pk])
        before = self.hidden(desk, address)
        actions.call_off(Event.objects.get(), by=actor(mei), at=NOW + timedelta(minutes=2))
        form = desk.post(address, before).context["form"]

        assert form["kind"].value() == Kind.OFF

    def test_of_an_unknown_kind_is_refused(self, one: Invitation, mei: Any, signed_in: Any) -> None:
        address = reverse("events:tell", args=[one.pk])

        assert signed_in(mei).post(address, {"kind": "x"}).status_code == 422


class TestAnAnswerThatStaffWriteDown:
    def test_does_not_prove_that_they_know_the_new_day(self, one: Invitation, mei: Any) -> None:
        actions.tell(one, Kind.EVENT, by=actor(mei), at=NOW)
        at = move(one, mei)
        actions.answer(one, people=2, by=actor(mei), at=at + timedelta(minutes=5))

        assert waiting(at + timedelta(minutes=5)) == [one]

    def test_leaves_the_invitation_that_is_still_to_leave(self, one: Invitation, mei: Any) -> None:
        Message.objects.update(state="DUE", sent_at=None, begun_at=None)
        at = move(one, mei)
        actions.answer(one, people=2, by=actor(mei), at=at)

        assert queries.guests(Event.objects.get(), at=at)[0].kind == Kind.EVENT
        assert Message.objects.get().state == "DUE"

    def test_of_who_comes_after_all_has_them_told_the_new_day(self, one: Invitation, mei: Any) -> None:
        actions.answer(one, people=0, by=actor(mei), at=NOW)
        at = move(one, mei)
        assert not Message.objects.filter(wording="event.changed").exists()
        actions.answer(one, people=2, by=actor(mei), at=at)

        assert Message.objects.get(wording="event.changed").state == "DUE"


class TestAnAnswerByLink:
    def test_is_to_the_day_that_the_page_showed(self, client: Client, one: Invitation, mei: Any) -> None:
        replies.register(replies.Replies(queries.describe, actions.answered_by_link))
        path = links.path(Purpose.REPLY, one, at=NOW, matter=f"event:{one.pk}")
        number = vault.open_one(one.family.members.get(), "phone")["phone"]
        client.post(path, {"last_four": str(number)[-4:]})
        old = client.get(path).context["form"]["standing"].value()
        at = move(one, mei, days=7)
        said = {"coming": "yes", "people": "2"}
        refused = client.post(path, {**said, "standing": old}, headers=ENGLISH)

        assert refused.status_code == 422
        assert "净慈园" in refused.content.decode()
        assert Invitation.objects.get().people is None

        now = refused.context["form"]["standing"].value()
        done = client.post(path, {**said, "standing": now}, follow=True)
        told = Telling.objects.get()
        assert "净慈园" in done.content.decode()
        assert Invitation.objects.get().people == 2
        assert (told.kind, told.by_kind) == (Kind.CHANGED, "subject")
        assert not waiting(at)
