"""Mei lets a household's plan rest, and go on; what is queued is held meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from foundation.access import Role
from notifications.outbox import MessageState
from notifications.plans.actions import keep_family
from notifications.plans.missing import begin_missing
from notifications.plans.models import Plan
from notifications.plans.states import PlanState, TouchpointState
from registry.families.models import Family
from tests.factories import plans as programmes
from tests.factories.families import GiverFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be a Friday far from any rite of the household that the tests invent."""
    with time_machine.travel(datetime(2026, 11, 20, 1, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def plan() -> Any:
    return PlanFactory(family=MemberFactory().family)


@pytest.fixture
def desk(plan: Any, signed_in: Any) -> Any:
    return signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=plan.branch))


def page_of(desk: Any, plan: Any) -> str:
    return str(desk.get(reverse("families:detail", args=[plan.family_id]), headers=ENGLISH).content.decode())


def opened(desk: Any, giver: Any, **said: str) -> Any:
    typed = {"branch": str(giver.branch_id), "officer": "", "address": "", "note": "", **said}
    return desk.post(reverse("families:open", args=[giver.pk]), typed, headers=ENGLISH)


class TestAPlan:
    def test_rests_until_a_day_and_holds_what_is_queued(self, plan, desk):
        member = plan.family.members.get()
        touchpoint = TouchpointFactory(plan=plan, state=TouchpointState.APPROVED)
        message = MessageFactory(touchpoint=touchpoint, subject=member.subject, bereaved=True)
        until = timezone.localdate() + timedelta(days=60)

        answer = desk.post(reverse("care:pause", args=[plan.pk]), {"until": until.isoformat()})

        assert answer.status_code == 302
        plan, kept = Plan.objects.get(pk=plan.pk), type(message).objects.get(pk=message.pk)
        assert (plan.state, plan.paused_until) == (PlanState.PAUSED, until)
        assert kept.state == MessageState.HELD
        assert "It rests until" in page_of(desk, plan)

    def test_goes_on_when_somebody_says_so(self, plan, desk):
        desk.post(reverse("care:pause", args=[plan.pk]), {"until": ""})
        assert "It rests until somebody lets it go on." in page_of(desk, plan)

        desk.post(reverse("care:plan-act", args=[plan.pk, "resume"]))

        assert Plan.objects.get(pk=plan.pk).state == PlanState.ACTIVE

    def test_puts_what_is_still_to_come_before_who_releases_it_once_more(self, plan, desk):
        ahead = TouchpointFactory(
            plan=plan, state=TouchpointState.APPROVED, on_date=timezone.localdate() + timedelta(days=10)
        )
        desk.post(reverse("care:pause", args=[plan.pk]), {"until": ""})
        ahead.refresh_from_db(fields=["held_reason"])
        assert ahead.held_reason

        desk.post(reverse("care:plan-act", args=[plan.pk, "resume"]))

        assert plan.touchpoints.get(pk=ahead.pk).state == TouchpointState.PLANNED

    @pytest.mark.parametrize("until", ["2020-01-01", "9999-12-31", "0001-01-01", "soon"])
    def test_is_not_paused_until_a_day_that_is_none(self, plan, desk, until):
        answer = desk.post(reverse("care:pause", args=[plan.pk]), {"until": until}, headers=ENGLISH)

        assert answer.status_code == 422
        assert "Leave it empty" in answer.content.decode()
        assert Plan.objects.get(pk=plan.pk).state == PlanState.ACTIVE

    @pytest.mark.parametrize(
        ("act", "state"), [("accept", PlanState.ACTIVE), ("decline", PlanState.DECLINED)]
    )
    def test_that_is_offered_with_the_household_waits_for_their_yes(self, signed_in, act, state):
        programmes.install()
        day = timezone.localdate() - timedelta(days=1)
        giver = GiverFactory(about={"died_on": day, "gave_on": day}, at=timezone.now())
        desk = signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=giver.branch))

        opened(desk, giver, begins="offered")

        plan = Plan.objects.get()
        keep_family(plan.family, by=SETTER_UP, at=timezone.now())
        begin_missing(at=timezone.now())
        assert Plan.objects.get().state == PlanState.OFFERED
        assert not plan.touchpoints.exists()
        assert "Nothing is planned until they say yes." in page_of(desk, plan)
        assert reverse("care:plan-act", args=[plan.pk, act]) in page_of(desk, plan)

        desk.post(reverse("care:plan-act", args=[plan.pk, act]))

        assert Plan.objects.get().state == state
        assert plan.touchpoints.exists() == (act == "accept")

    def test_is_offered_by_no_programme_that_is_not_in_use(self, signed_in):
        giver = GiverFactory()
        desk = signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=giver.branch))

        answer = opened(desk, giver, begins="offered")

        assert "No version of this programme is in use." in answer.content.decode()
        assert not Family.objects.exists()
        assert opened(desk, giver, begins="now").status_code == 302

    def test_is_completed_only_when_all_of_it_was_done(self, desk, plan):
        TouchpointFactory(plan=plan, on_date=date(2027, 4, 5))

        desk.post(reverse("care:plan-act", args=[plan.pk, "complete"]))

        assert Plan.objects.get(pk=plan.pk).state == PlanState.ACTIVE
        assert reverse("care:plan-act", args=[plan.pk, "complete"]) not in page_of(desk, plan)

    def test_of_another_branch_is_not_there(self, plan, signed_in):
        far = signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory()))

        for name, more in (("pause", []), ("plan-act", ["resume"])):
            assert far.post(reverse(f"care:{name}", args=[plan.pk, *more])).status_code == 404
