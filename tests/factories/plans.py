"""Programmes, plans and touchpoints, each the plainest valid one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import factory

from foundation.moves import making
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import TouchpointState
from notifications.programmes import actions
from notifications.programmes.models import Audience, Programme, ProgrammeStep, Rule
from notifications.programmes.states import ProgrammeState
from tests.factories.foundation import SETTER_UP

MADE = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
_numbers = count(1)


def names(words: str) -> dict[str, str]:
    """Return a name in three languages."""
    return {"zh-hans": words, "zh-hant": words, "en": words}


def install() -> list[Programme]:
    """Bring in the first programmes, as the demo does."""
    return actions.install_first_programmes(by=SETTER_UP, at=MADE)


class ProgrammeFactory(factory.django.DjangoModelFactory[Programme]):
    """A programme for families that is in use, without steps."""

    class Meta:
        model = Programme

    key = factory.Sequence(lambda n: f"programme{n}")
    version = 1
    audience = Audience.FAMILY
    bereaved = factory.LazyAttribute(lambda one: one.audience == Audience.FAMILY)
    state = ProgrammeState.PUBLISHED
    names = factory.LazyAttribute(lambda one: names(one.key))
    made_at = MADE
    published_at = factory.LazyAttribute(lambda one: None if one.state == ProgrammeState.DRAFT else MADE)
    by_kind = "command"
    by_id = "tests"


class StepFactory(factory.django.DjangoModelFactory[ProgrammeStep]):
    """A letter on the hundredth day."""

    class Meta:
        model = ProgrammeStep

    programme = factory.SubFactory(ProgrammeFactory)
    order = factory.Sequence(lambda n: 1_000 + n % 30_000)
    key = factory.Sequence(lambda n: f"step{n}")
    names = factory.LazyAttribute(lambda one: names(one.key))
    rule = Rule.OFFSET
    base = "died_on"
    offset_days = 99
    channels = ["LETTER"]
    wording = "family.d100"


class PlanFactory(factory.Factory[Plan]):
    """
    A running plan of a household, without touchpoints.

    ``PlanFactory(family=family)``, ``PlanFactory(subject=donor.subject)``, ``PlanFactory(branch=county)``.
    """

    class Meta:
        model = Plan

    @classmethod
    def _create(cls, model_class: type[Plan], *args: Any, **kwargs: Any) -> Plan:
        from tests.factories.families import FamilyFactory  # noqa: PLC0415  families stand beside

        branch, subject = kwargs.pop("branch", None), kwargs.pop("subject", None)
        family = kwargs.pop("family", None)
        if family is None and subject is None:
            family = FamilyFactory(branch=branch)
        stands = family or subject
        values: dict[str, Any] = {
            "programme_key": f"test{next(_numbers)}",
            "branch_id": stands.branch_id,
            "branch_path": stands.branch_path,
            "began_at": MADE,
            "by_kind": "command",
            "by_id": "tests",
        }
        return Plan.objects.create(family=family, subject=subject, **{**values, **kwargs})


class TouchpointFactory(factory.Factory[Touchpoint]):
    """
    A letter planned for 20 November 2026.

    ``TouchpointFactory(plan=plan, state=TouchpointState.DUE, step=StepFactory(channels=["SMS"]))``.
    """

    class Meta:
        model = Touchpoint

    @classmethod
    def _create(cls, model_class: type[Touchpoint], *args: Any, **kwargs: Any) -> Touchpoint:
        branch = kwargs.pop("branch", None)
        plan = kwargs.pop("plan", None) or PlanFactory(branch=branch)
        step = kwargs.pop("step", None) or StepFactory(programme__key=plan.programme_key)
        state = TouchpointState(kwargs.pop("state", TouchpointState.PLANNED))
        touchpoint = Touchpoint(
            plan=plan,
            step=step,
            key=step.key,
            branch_path=plan.branch_path,
            **{"on_date": DAY, **_said(state), **kwargs},
        )
        making.setattr_state(touchpoint, state.value)
        touchpoint.save(force_insert=True)
        return touchpoint


def _said(state: TouchpointState) -> dict[str, Any]:
    """Return what the database asks of a touchpoint in a state."""
    if state == TouchpointState.HELD:
        return {"held_reason": "not_sure"}
    if state in {TouchpointState.SKIPPED, TouchpointState.CANCELLED}:
        return {"why": "not_fitting"}
    return {"approved_at": MADE, "approved_by_id": "tests"} if state == TouchpointState.APPROVED else {}
