"""Donors in any state, each the plainest valid one, and the calls to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import factory
from django.utils import timezone
from stdnum.iso7064 import mod_11_2

from foundation import vault
from foundation.access import Branch
from foundation.moves import Step
from foundation.trail import Actor, ActorKind
from registry.donors import actions
from registry.donors.models import Call, CallKind, CallResult, CallTask, Donor
from registry.donors.reasons import Reason
from registry.donors.records import ContactPerson, Person
from registry.donors.states import GONE, HAS_BEEN_LISTED, DonorState
from tests.factories.foundation import BranchFactory

REGISTERED = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
_numbers = count(1)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "丽华静伟芳敏强磊洋艳勇军杰娟涛明超秀霞平"


DISTRICTS = [330106, 330102, 330105, 330108, 330109, 330110, 330203, 330205, 330206, 330211]


def person(**changes: Any) -> Person:
    """Return an invented volunteer of 27 with a valid document of their own."""
    n = next(_numbers)
    born_on = changes.pop("born_on", date(1999, 3, 5))
    sex = changes.pop("sex", "F")
    stem = f"{DISTRICTS[n // 500 % 10]}{born_on:%Y%m%d}{(n * 2 + (sex == 'M')) % 1000:03}"
    values: dict[str, Any] = {
        "name": SURNAMES[n % 20] + GIVEN[n // 20 % 20] + GIVEN[n // 400 % 20],
        "document_kind": "RESIDENT_ID",
        "document_number": stem + mod_11_2.calc_check_digit(stem),
        "sex": sex,
        "born_on": born_on,
        "phone": f"+86138{n:08}",
        "address": "浙江省杭州市西湖区示例路1号",
        "blood_group": "A",
        "weight_kg": Decimal(58),
        "workplace": "示例大学",
    }
    return Person(**{**values, **changes})


def contacts() -> list[ContactPerson]:
    """Return a mother who knows and a room-mate who does not."""
    n = next(_numbers)
    return [
        ContactPerson(
            name="周兰", phone=f"+86139{n:08}", relation="PARENT", may_know=True, stance="SUPPORTS"
        ),
        ContactPerson(name="吴敏", phone=f"+86137{n:08}", relation="CLASSMATE", may_know=False),
    ]


def _columns(state: DonorState, at: datetime) -> dict[str, Any]:
    """Return what the database asks of a donor in a state."""
    columns: dict[str, Any] = {"state": state}
    if state in HAS_BEEN_LISTED or state == DonorState.ON_HOLD:
        columns["listed_on"] = timezone.localdate(at + timedelta(days=40))
    if state == DonorState.ON_HOLD:
        columns |= {"hold_until": date(2027, 6, 1), "hold_reason": Reason.PR_WORK_STUDY}
    if state in {DonorState.ON_HOLD, DonorState.LOST}:
        columns["return_to"] = DonorState.LISTED
    if state == DonorState.DONATED:
        columns |= {"collections": 1, "donated_at": at}
    if state in GONE:
        columns |= {"left_at": at, "left_reason": Reason.PR_NOT_STATED}
    return columns


class DonorFactory(factory.Factory[Donor]):
    """
    A donor with two contacts, registered in June 2026.

    ``DonorFactory(state=DonorState.LISTED, branch=county, about={"name": "王丽华"}, legacy=True)``:
    ``about`` changes the person, every other name is a column. Without steps or
    consents: journeys make those through the actions.
    """

    class Meta:
        model = Donor

    @classmethod
    def _create(cls, model_class: type[Donor], *args: Any, **kwargs: Any) -> Donor:
        branch: Branch = kwargs.pop("branch", None) or BranchFactory()
        about: Mapping[str, Any] = kwargs.pop("about", {})
        at = kwargs.pop("registered_at", REGISTERED)
        named = kwargs.pop("contacts", None)
        who = person(**about)
        subject = vault.create_subject(
            capacity=vault.Capacity.DONOR,
            branch=branch,
            document_index=vault.index.document(who.document_kind, who.document_number),
            at=at,
        )
        state = kwargs.pop("state", DonorState.REGISTERED)
        donor = actions.build(subject, who, branch=branch, at=at, **{**_columns(state, at), **kwargs})
        vault.index.settle([donor])
        donor.save(force_insert=True)
        people = contacts() if named is None else named
        for contact in actions.build_contacts(donor, people, key=subject.key, on=timezone.localdate(at)):
            contact.save(force_insert=True)
        return donor


def step(donor: Donor, move: str, *, by: Actor, at: datetime, came_from: str) -> Step:
    """Return a step a donor is said to have made, for what needs a history."""
    return Step.objects.create(
        object_type=donor._meta.label_lower,
        object_id=donor.pk,
        move=move,
        from_state=came_from,
        to_state=donor.state,
        at=at,
        recorded_at=at,
        **by.columns(),
    )


class CallTaskFactory(factory.django.DjangoModelFactory[CallTask]):
    """A call before listing that is due today."""

    class Meta:
        model = CallTask

    donor = factory.SubFactory(DonorFactory, state=DonorState.TYPED)
    kind = CallKind.PRE_LISTING
    service_path = factory.SelfAttribute("donor.service_path")
    due_on = date(2026, 11, 20)
    created_at = REGISTERED


class CallFactory(factory.django.DjangoModelFactory[Call]):
    """A call before listing whose three answers were yes."""

    class Meta:
        model = Call

    donor = factory.SubFactory(DonorFactory, state=DonorState.TYPED)
    kind = CallKind.PRE_LISTING
    at = REGISTERED + timedelta(days=30)
    result = CallResult.REACHED
    answers = factory.LazyFunction(
        lambda: {"family_supports": "yes", "process_known": "yes", "would_go_on": "yes"}
    )
    by_kind = ActorKind.STAFF
    by_id = "tests"
