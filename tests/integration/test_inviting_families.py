"""An event for families: planned, invited to, answered by link and by telephone, attended, thanked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foundation import moves, vault
from foundation.access import Permission, Role, command_actor, scope_of
from foundation.trail import Actor, ActorKind
from notifications.answers.actions import received
from notifications.events import actions, queries, telling
from notifications.events.models import Event, Invitation, Kind, Telling
from notifications.outbox import Message
from notifications.plans.whys import Why
from registry.families import actions as families
from tests.at_the_families import branch, mei
from tests.conftest import sign_in_client
from tests.factories import events
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.plans import TouchpointFactory
from tests.factories.wordings import install

__all__ = ["branch", "mei"]  # fixtures
pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def household(branch: Any) -> Any:
    return partial(events.household, branch)


@pytest.fixture
def event(branch: Any, mei: Any) -> Event:
    return events.memorial(branch, mei, seats=3, seats_a_household=3)


def invite(event: Event, mei: Any, *found: Any) -> actions.Invited:
    return actions.invite(event, list(found), by=actor(mei), at=timezone.now())


def by_link(invitation: Invitation) -> Actor:
    return Actor(ActorKind.SUBJECT, str(invitation.subject_id))


class TestInviting:
    def test_sends_one_invitation_a_household_however_often(self, event, mei, household):
        family = household()
        invite(event, mei, family)
        again = invite(event, mei, family)

        assert again.invited == 0
        assert Message.objects.get().occasion == f"event:{Invitation.objects.get().pk}"

    def test_leaves_out_who_declined_events(self, event, mei, household):
        family = household()
        families.decline_events(family, by=actor(mei), at=timezone.now())
        family.refresh_from_db()

        assert invite(event, mei, family).left_out == {"events_declined": 1}
        assert not Message.objects.exists()

    def test_is_a_person_s_to_do_before_the_hundredth_day(self, event, mei, household):
        lately = timezone.localdate() - timedelta(days=20)
        invite(event, mei, household(died_on=lately, gave_on=lately))

        assert Invitation.objects.get().channel in {"CALL", "LETTER"}
        assert not Message.objects.exists()

    def test_is_a_person_s_to_do_where_no_second_fact_is_known(self, event, mei, household):
        family = household()
        member = family.members.get()
        member.save(update_fields=vault.seal(member, phone=None))
        invite(event, mei, family)

        assert Invitation.objects.get().channel == "LETTER"
        assert not Message.objects.exists()

    def test_takes_back_what_has_not_left_when_events_are_declined(self, event, mei, household):
        family = household()
        invite(event, mei, family)
        families.decline_events(family, by=actor(mei), at=timezone.now())

        assert Message.objects.get().state == "CANCELLED"

    def test_is_refused_elsewhere(self, event, household):
        other = StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory())

        with pytest.raises(moves.NotAllowed):
            invite(event, other, household())


class TestAnswering:
    def test_by_link_takes_the_seats(self, event, mei, household):
        invite(event, mei, household())
        invitation = Invitation.objects.get()
        matter = f"event:{invitation.pk}"
        given = {"by": by_link(invitation), "at": timezone.now()}
        actions.answered_by_link(matter, invitation.subject, people=2, standing="", **given)

        assert Invitation.objects.get().people == 2

    def test_says_to_whom_how_many_seats_there_are(self, event, mei, household):
        invite(event, mei, household())
        invitation = Invitation.objects.get()
        many = event.seats_a_household + 1
        with pytest.raises(actions.NoSeats) as by_staff:
            actions.answer(invitation, people=many, by=actor(mei), at=timezone.now())
        with pytest.raises(actions.NoSeats) as of_theirs:
            actions.answer(invitation, people=many, by=by_link(invitation), at=timezone.now())

        assert len(by_staff.value.sentences) == 1
        assert str(event.seats_a_household) in by_staff.value.sentences[0]
        assert len(of_theirs.value.sentences) == 2

    def test_never_gives_more_seats_than_there_are(self, event, mei, household):
        invite(event, mei, household(), household())
        first, second = Invitation.objects.order_by("pk")
        actions.answer(first, people=2, by=actor(mei), at=timezone.now())

        with pytest.raises(actions.NoSeats):
            actions.answer(second, people=2, by=actor(mei), at=timezone.now())
        assert Invitation.objects.get(pk=second.pk).people is None

    def test_of_somebody_else_s_invitation_is_refused(self, event, mei, household):
        invite(event, mei, household(), household())
        first, second = Invitation.objects.order_by("pk").select_related("subject")

        with pytest.raises(actions.EventOver):
            actions.invitation_of(f"event:{first.pk}", second.subject)


class TestAfterwards:
    def later(self, event: Event) -> datetime:
        return event.starts_at + timedelta(hours=3)

    def test_thanks_those_who_were_there_once(self, event, mei, household):
        invite(event, mei, household(), household())
        first, second = Invitation.objects.select_related("event").order_by("pk")
        actions.attended(first, people=2, by=actor(mei), at=self.later(event))
        actions.attended(second, people=0, by=actor(mei), at=self.later(event))
        for _time in range(2):
            actions.thank(event, by=actor(mei), at=self.later(event))

        thanks = Message.objects.get(wording="event.thanks")
        assert thanks.subject_id == first.subject_id

    def test_counts_nobody_before_it_and_nobody_of_what_was_called_off(self, event, mei, household):
        invite(event, mei, household())
        with pytest.raises(actions.EventOver):
            actions.attended(Invitation.objects.get(), people=1, by=actor(mei), at=timezone.now())
        actions.call_off(event, by=actor(mei), at=timezone.now())

        with pytest.raises(actions.EventOver):
            actions.attended(Invitation.objects.get(), people=1, by=actor(mei), at=self.later(event))

        assert Invitation.objects.get().attended is None

    def test_thanks_nobody_before_it(self, event, mei):
        with pytest.raises(actions.EventOver):
            actions.thank(event, by=actor(mei), at=timezone.now())


class TestCallingOff:
    def test_cancels_what_has_not_left(self, event, mei, household):
        invite(event, mei, household(), household())
        actions.call_off(event, by=actor(mei), at=timezone.now())

        assert set(Message.objects.values_list("state", flat=True)) == {"CANCELLED"}


class TestWhomToInvite:
    def offered(self, event: Event, mei: Any) -> list[queries.Guest]:
        return queries.to_invite(event, scope_of(mei.pk, Permission.CARE_PLAN, at=timezone.now()))

    def test_is_ticked_where_nothing_is_open(self, client, event, mei, household):
        household()
        assert [guest.think_first for guest in self.offered(event, mei)] == [""]

        sign_in_client(client, mei)
        page = client.get(reverse("events:event", args=[event.pk])).content.decode()
        assert page.count(' checked aria-labelledby="g') == 1

    def test_is_left_unticked_with_the_reason_where_an_occasion_is_held(self, client, event, mei, household):
        family = household()
        held = {"state": "HELD", "held_reason": "dispute", "on_date": timezone.localdate()}
        TouchpointFactory(plan=family.plans.get(), **held)
        assert str(Why.DISPUTE.label) in str(self.offered(event, mei)[0].think_first)

        sign_in_client(client, mei)
        page = client.get(reverse("events:event", args=[event.pk])).content.decode()
        assert ' checked aria-labelledby="g' not in page
        client.post(reverse("events:invite", args=[event.pk]), {"family": [str(family.pk)]})
        assert Invitation.objects.get().family == family  # a person may tick it all the same

    def test_is_left_unticked_where_a_complaint_is_open(self, event, mei, household):
        family = household()
        said = {"words": "电话打错了人", "by": actor(mei), "at": timezone.now()}
        complaint = families.complain(family, **said)
        assert self.offered(event, mei)[0].think_first == Why.COMPLAINT.label

        families.settle_complaint(complaint, done="道歉", by=actor(mei), at=timezone.now())
        assert Why.COMPLAINT.label != self.offered(event, mei)[0].think_first

    def test_is_left_unticked_where_an_answer_is_unread(self, event, mei, household):
        family = household()
        number = str(vault.open_one(family.members.get(), "phone")["phone"])
        received("SMS", number, "我妈妈病了", provider_id="P-1", by=command_actor(), at=timezone.now())
        assert str(Why.REPLIED.label) in str(self.offered(event, mei)[0].think_first)


class TestThePages:
    def test_lead_from_planning_to_inviting(self, client, branch, mei, household):
        family = household()
        sign_in_client(client, mei)
        day = (timezone.localdate() + timedelta(days=30)).isoformat()
        typed = {"branch": branch.pk, "name": "追思会", "place": "园", "on": day, "starts": "09:30"}
        client.post(reverse("events:plan"), {**typed, "seats": "40", "seats_a_household": "4"})
        event = Event.objects.get()
        client.post(reverse("events:invite", args=[event.pk]), {"family": [str(family.pk)]})
        page = client.get(reverse("events:event", args=[event.pk]))

        assert page.status_code == 200
        assert Invitation.objects.get().family == family

    def test_keep_what_was_typed_wrong(self, client, branch, mei):
        sign_in_client(client, mei)
        answer = client.post(reverse("events:plan"), {"branch": branch.pk, "name": "追思会", "seats": "0"})

        assert answer.status_code == 422
        assert "追思会" in answer.content.decode()
        assert not Event.objects.exists()

    @pytest.mark.parametrize("typed", ["9", "21"])
    def test_keep_a_number_that_is_too_large(self, client, event, mei, household, typed):
        invite(event, mei, household())
        sign_in_client(client, mei)
        invitation = Invitation.objects.get()
        answer = client.post(reverse("events:answer", args=[invitation.pk]), {"people": typed})

        assert answer.status_code == 422
        page = answer.content.decode()
        assert f'value="{typed}" aria-invalid="true"' in page
        assert 'id="error-summary"' in page
        assert Invitation.objects.get().people is None


class TestOddAnswers:
    @pytest.mark.parametrize("day", ["0001-01-01", "2020-01-01", "9999-12-31"])
    def test_no_day_of_another_time_is_taken(self, client, branch, mei, day):
        sign_in_client(client, mei)
        typed = {"branch": branch.pk, "name": "追思会", "place": "园", "on": day, "starts": "09:30"}
        answer = client.post(reverse("events:plan"), {**typed, "seats": "40", "seats_a_household": "4"})

        assert answer.status_code == 422
        assert not Event.objects.exists()

    @pytest.mark.parametrize("matter", ["", "event:", "event:1", "donor.welcome", "event:\x00"])
    def test_of_no_invitation_is_none(self, matter, household):
        subject = household().members.get().subject

        assert queries.describe(matter, subject) is None


class TestAHouseholdThatMoved:
    def test_is_not_shown_nor_answered_for_by_the_old_branch(self, client, event, mei, household):
        family = household()
        invite(event, mei, family)
        other = BranchFactory()
        type(family).objects.filter(pk=family.pk).update(branch=other, branch_path=other.path)
        sign_in_client(client, mei)
        invitation = Invitation.objects.get()
        answer = client.post(reverse("events:answer", args=[invitation.pk]), {"people": "1"})

        assert answer.status_code == 404
        assert not queries.guests(event, at=timezone.now())

    def test_is_invited_as_it_stands_under_the_lock(self, event, mei, household):
        family = household()
        read_before = type(family).objects.select_related("giver").get(pk=family.pk)
        families.decline_events(family, by=actor(mei), at=timezone.now())

        assert invite(event, mei, read_before).left_out == {"events_declined": 1}


class TestALongList:
    def test_costs_no_more_queries(self, client, event, mei, household, django_assert_max_num_queries):
        sign_in_client(client, mei)
        address = reverse("events:event", args=[event.pk])
        for _n in range(2):
            household()
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for _n in range(3):
            household()

        with django_assert_max_num_queries(len(few)):
            client.get(address)


class TestTelling:
    @pytest.fixture
    def early(self, event, mei, household):
        """A household invited before the hundredth day, which no machine writes to."""
        lately = timezone.localdate() - timedelta(days=20)
        invite(event, mei, household(died_on=lately, gave_on=lately))
        return Invitation.objects.get()

    def test_is_on_the_event_s_page_until_a_person_says_it_was_done(self, early, mei, signed_in):
        desk = signed_in(mei)
        address, page = (
            reverse("events:tell", args=[early.pk]),
            reverse("events:event", args=[early.event_id]),
        )
        assert address in desk.get(page).content.decode()

        shown = desk.get(address).content.decode()
        done = desk.post(address, {"kind": "event", "people": "2"})

        assert early.family.members.get().subject_id == early.subject_id
        assert "沈丽萍" in shown
        assert done.status_code == 302
        assert address not in desk.get(page).content.decode()
        told = Telling.objects.get()
        assert (told.kind, told.by_id) == ("event", str(mei.pk))
        assert Invitation.objects.get().people == 2

    def test_twice_is_once(self, early, mei):
        for _ in range(2):
            actions.tell(early, Kind.EVENT, by=actor(mei), at=timezone.now())

        assert Telling.objects.count() == 1

    def test_of_what_changed_during_the_call_is_not_written_down_as_told(self, early, mei, signed_in):
        actions.call_off(early.event, by=actor(mei), at=timezone.now())

        answer = signed_in(mei).post(
            reverse("events:tell", args=[early.pk]), {"kind": "event", "people": "2"}, headers=ENGLISH
        )

        assert "has changed meanwhile" in answer.content.decode()
        assert not Telling.objects.exists()

    def test_comes_again_for_who_said_yes_when_it_is_called_off(self, early, mei):
        actions.tell(early, Kind.EVENT, people=1, by=actor(mei), at=timezone.now())
        actions.call_off(early.event, by=actor(mei), at=timezone.now())
        event = Event.objects.get()

        assert [one.invitation for one in telling.waiting(event, at=timezone.now())] == [early]
        actions.tell(early, Kind.OFF, by=actor(mei), at=timezone.now())
        assert not telling.waiting(event, at=timezone.now())

    def test_prints_a_letter_with_its_envelope(self, early, mei, signed_in):
        install()
        Invitation.objects.update(channel="LETTER")

        paper = signed_in(mei).get(reverse("events:letter", args=[early.pk]))

        assert paper["Content-Type"] == "application/pdf"
        assert paper.content.startswith(b"%PDF")

    def test_is_of_nobody_who_wants_no_more(self, early, mei, signed_in):
        member = early.family.members.get()
        families.no_more(member, whole_plan=False, by=actor(mei), at=timezone.now())

        shown = signed_in(mei).get(reverse("events:tell", args=[early.pk])).content.decode()

        assert "tel:" not in shown
