"""Staff send a volunteer or a relative the link they asked for; a relative sees and withdraws a consent."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from consent.models import Consent
from consent.purposes import Purpose as To
from consent.states import State
from foundation import moves
from foundation.access import Role
from foundation.trail.models import TrailRow
from notifications import recipients
from notifications.channel_names import Channel
from notifications.delivery import asking
from notifications.links import sending
from notifications.links.purposes import Purpose
from notifications.outbox import Message, Ready
from tests.factories import wordings
from tests.factories.consent import ConsentFactory
from tests.factories.donors import DonorFactory
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)  # ten in the evening: whoever asks is awake
ENGLISH = {"accept-language": "en"}
PHONE = "+8613600001234"


@pytest.fixture(autouse=True)
def _night():
    wordings.install()
    with time_machine.travel(NIGHT, tick=False):
        yield


@pytest.fixture
def widow() -> Any:
    long_ago = timezone.localdate() - timedelta(days=400)
    family = FamilyFactory(branch=BranchFactory(), about={"died_on": long_ago, "gave_on": long_ago})
    return MemberFactory(family=family, about={"phone": PHONE})


@pytest.fixture
def mei(widow: Any) -> Any:
    return StaffFactory(role=Role.FAMILY_CARE, branch=widow.family.branch)


def written(message: Message) -> str:
    """Return the words of a message as they would leave now."""
    ready = asking.ask(message, at=timezone.now())
    assert isinstance(ready, Ready), ready
    return str(ready.rendered.text)


def link_in(words: str) -> str:
    found = re.search(r"/s/[\w-]+/", words)
    assert found is not None
    return found[0]


class TestARelative:
    def test_sees_what_they_agreed_to_and_withdraws_one(self, client, widow, mei, signed_in):
        kept = ConsentFactory(subject=widow.subject, purpose=To.CONTACT_EMAIL)
        gone = ConsentFactory(subject=widow.subject, purpose=To.CONTACT_SMS)
        desk = signed_in(mei)
        url = reverse("link_desk:to-relative", args=[widow.pk])
        page = desk.get(reverse("families:detail", args=[widow.family_id])).content.decode()
        assert url in page

        desk.post(url, {"purpose": "CONSENTS", "channel": "EMAIL"})

        message = Message.objects.get()
        assert (message.channel, message.bereaved, message.service) == ("EMAIL", True, True)
        assert TrailRow.objects.filter(verb="link.asked_for").count() == 1
        path = link_in(written(message))
        desk.logout()
        client.post(path, {"last_four": PHONE[-4:]})
        client.post(path, {"consent": str(gone.pk)})
        states = dict(Consent.objects.filter(subject=widow.subject).values_list("pk", "state"))
        assert states == {kept.pk: State.ACTIVE, gone.pk: State.WITHDRAWN}

    def test_is_sent_the_same_once_a_day(self, widow, mei):
        person = recipients.of([widow.subject_id])[widow.subject_id]
        given: dict[str, Any] = {"channel": Channel.SMS, "by": actor(mei), "at": timezone.now()}
        sending.send(person, Purpose.CONSENTS, **given)

        with pytest.raises(moves.Refused):
            sending.send(person, Purpose.CONSENTS, **given)

    def test_hears_from_no_machine_before_the_hundredth_day(self, widow, mei, signed_in):
        lately = date(2026, 8, 30)
        family = FamilyFactory(branch=widow.family.branch, about={"died_on": lately, "gave_on": lately})
        member = MemberFactory(family=family)

        url = reverse("link_desk:to-relative", args=[member.pk])
        answer = signed_in(mei).post(url, {"purpose": "CONSENTS", "channel": "EMAIL"}, headers=ENGLISH)

        assert "Before the hundredth day" in answer.content.decode()
        assert not Message.objects.exists()

    def test_is_sent_no_link_of_volunteers(self, widow):
        person = recipients.of([widow.subject_id])[widow.subject_id]
        assert sending.purposes_of(person) == [Purpose.CONSENTS, Purpose.PHONE, Purpose.STOP]

    def test_is_written_to_by_nobody_without_the_right(self, widow):
        person = recipients.of([widow.subject_id])[widow.subject_id]
        lin = actor(StaffFactory(role=Role.COORDINATOR, branch=widow.family.branch))

        with pytest.raises(moves.NotAllowed):
            sending.send(person, Purpose.CONSENTS, channel=Channel.SMS, by=lin, at=timezone.now())


class TestAVolunteer:
    def test_is_sent_the_one_they_asked_for(self, signed_in):
        donor = DonorFactory(about={"email": "who@example.org"})
        ConsentFactory(subject=donor.subject, purpose=To.CONTACT_EMAIL)
        lin = signed_in(StaffFactory(role=Role.COORDINATOR, branch=donor.service_branch))
        url = reverse("link_desk:to-donor", args=[donor.pk])
        assert url in lin.get(reverse("donors:detail", args=[donor.pk])).content.decode()

        lin.post(url, {"purpose": "PAUSE", "channel": "EMAIL"})

        message = Message.objects.get()
        assert message.fields == {"link": "PAUSE"}
        written(message)
        assert list(donor.subject.links.values_list("purpose", flat=True)) == ["PAUSE"]

    def test_is_sent_nothing_where_no_way_is_open(self, signed_in):
        donor = DonorFactory()
        lin = signed_in(StaffFactory(role=Role.COORDINATOR, branch=donor.service_branch))

        page = lin.get(reverse("link_desk:to-donor", args=[donor.pk]), headers=ENGLISH).content.decode()

        assert "Neither an SMS nor an e-mail may go to them now." in page
        assert "Send it" not in page
