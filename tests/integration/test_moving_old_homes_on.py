"""What a home that was at work before an update keeps its meaning. Each function of a migration by itself."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from foundation.access import Role
from notifications.channel_names import Channel
from notifications.events.models import Event, Invitation, Kind, Telling
from notifications.outbox import Message
from notifications.programmes.states import ProgrammeState
from tests.factories.events import household, memorial
from tests.factories.foundation import BranchFactory, StaffFactory
from tests.factories.messages import MessageFactory
from tests.factories.plans import ProgrammeFactory, StepFactory

pytestmark = pytest.mark.django_db
before = import_module("notifications.migrations.0003_what_was_there_before")


_NO = {"people": 0, "answered_at": timezone.now()}


def _invited(event: Event, **more: Any) -> Invitation:
    family = household(event.branch)
    subject = family.members.get().subject
    return Invitation.objects.create(
        event=event, family=family, subject=subject, channel=Channel.SMS, invited_at=timezone.now(), **more
    )


def test_the_first_months_can_be_declined_in_versions_from_before():
    programme = ProgrammeFactory(key="family_care")
    asked = StepFactory(programme=programme, key="call_month2", conditions=["living"])
    papers = StepFactory(programme=programme, key="papers_week6", conditions=[])
    other = StepFactory(programme=ProgrammeFactory(key="other"), key="call_month2", conditions=[])
    for _time in range(2):
        before.let_first_months_be_declined(apps, None)
    for step in (asked, papers, other):
        step.refresh_from_db()
    assert programme.state == ProgrammeState.PUBLISHED
    assert (asked.conditions, papers.conditions, other.conditions) == (["living", "first_months"], [], [])


def test_what_was_called_off_before_there_were_words_for_it_is_told_by_people():
    now, branch, by = timezone.now(), BranchFactory(), {"by_kind": "command", "by_id": "tests"}
    event = memorial(branch, StaffFactory(role=Role.FAMILY_CARE, branch=branch))
    Event.objects.update(called_off_at=now)
    waits, rung, left_out = (_invited(event, **by, **answer) for answer in ({}, {}, _NO))
    old = MessageFactory(subject=waits.subject, occasion=f"changed:{waits.pk}", wording="event.changed")
    Telling.objects.create(invitation=rung, kind=Kind.CHANGED, told_at=now, **by)

    before.let_people_ring_about_what_was_called_off(apps, None)

    for invitation in (waits, rung, left_out):
        invitation.refresh_from_db()
    assert [one.channel for one in (waits, rung, left_out)] == ["CALL", "SMS", "SMS"]
    assert Message.objects.get(pk=old.pk).state == "CANCELLED"
    assert Telling.objects.get().kind == Kind.OFF
