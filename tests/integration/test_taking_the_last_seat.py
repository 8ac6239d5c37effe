"""The last seats of a memorial, wished for by two households at one instant; and how many were there."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.access import Role
from notifications.events import actions, queries
from notifications.events.actions.standing import NoSeats
from notifications.events.models import Event, Invitation
from tests.conftest import sign_in_client
from tests.factories import events
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.wordings import install
from tests.racing import FEWER, at_once

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mei() -> Any:
    install()
    return StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory())


def invited(mei: Any, *, seats: int, households: int = 2) -> tuple[Event, list[Invitation]]:
    """Return a memorial of so many seats, and households that are invited to it."""
    branch = mei.roles.get().branch
    event = events.memorial(branch, mei, seats=seats, seats_a_household=3)
    families = [events.household(branch) for _one in range(households)]
    actions.invite(event, families, by=actor(mei), at=timezone.now())
    return event, list(event.invitations.order_by("id"))


def comes(invitation: Invitation, people: int, mei: Any) -> Invitation:
    return actions.answer(invitation, people=people, by=actor(mei), at=timezone.now())


class TestTheLastSeat:
    @pytest.mark.parametrize("seats", [1, 3])
    def test_is_one_household_s_and_the_other_is_told_how_many_are_left(self, mei: Any, seats: int) -> None:
        for _round in range(FEWER):
            event, both = invited(mei, seats=seats)

            came = at_once(*(partial(comes, one, seats, mei) for one in both))

            refused = [one for one in came if isinstance(one, NoSeats)]
            assert [len(refused), sum(isinstance(one, Invitation) for one in came)] == [1, 1]
            assert refused[0].sentences
            assert sorted(event.invitations.values_list("people", flat=True), key=str) == [seats, None]
            assert queries.seats(event).left == 0

    def test_goes_to_another_once_who_had_it_stays_at_home(self, mei: Any) -> None:
        event, (first, second) = invited(mei, seats=1)
        comes(first, 1, mei)
        with pytest.raises(NoSeats):
            comes(second, 1, mei)

        comes(first, 0, mei)
        comes(second, 1, mei)

        assert queries.seats(event).left == 0


class TestHowManyWereThere:
    @pytest.mark.parametrize("typed", ["", "-1", "21", "99999999999", "two", "1.5", "<b>2</b>", "1 2"])
    def test_is_asked_anew_where_it_is_no_number_and_what_was_typed_stays(self, mei: Any, typed: str) -> None:
        event, (invitation, _other) = invited(mei, seats=4)
        Event.objects.filter(pk=event.pk).update(starts_at=timezone.now() - timedelta(hours=3))
        client = Client()
        sign_in_client(client, mei)

        answer = client.post(reverse("events:attended", args=[invitation.pk]), {"people": typed})

        assert answer.status_code == 422
        assert 'id="error-summary"' in answer.content.decode()
        assert answer.context["typed"] == typed[:8]
        assert Invitation.objects.get(pk=invitation.pk).attended is None

    @pytest.mark.parametrize("typed", ["0", "3", "20", " 2 "])
    def test_is_written_down(self, mei: Any, typed: str) -> None:
        event, (invitation, _other) = invited(mei, seats=4)
        Event.objects.filter(pk=event.pk).update(starts_at=timezone.now() - timedelta(hours=3))
        client = Client()
        sign_in_client(client, mei)

        assert (
            client.post(reverse("events:attended", args=[invitation.pk]), {"people": typed}).status_code
            == 302
        )
        assert Invitation.objects.get(pk=invitation.pk).attended == int(typed)
