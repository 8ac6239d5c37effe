"""Drives, places and drafts, each the plainest valid one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import factory

from foundation import moves, vault
from foundation.access import Branch
from foundation.trail import Actor, ActorKind
from registry.drives import actions
from registry.drives.actions import drafts
from registry.drives.answers import Answer
from registry.drives.forms.contacts import ContactsForm
from registry.drives.forms.document import DocumentForm
from registry.drives.forms.health import HealthForm
from registry.drives.forms.tube import TubeForm
from registry.drives.models import Draft, Drive, Place
from registry.drives.states import DriveState, Step
from tests.factories import consent as consents
from tests.factories import donors
from tests.factories.foundation import BranchFactory

SETTER_UP = Actor(ActorKind.COMMAND, "tests")
ON = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


class PlaceFactory(factory.django.DjangoModelFactory[Place]):
    """A place of a county."""

    class Meta:
        model = Place

    branch = factory.SubFactory(BranchFactory)
    branch_path = factory.LazyAttribute(lambda place: place.branch.path)
    name = factory.Sequence(lambda n: f"Place {n}")
    at = AT
    by_kind = ActorKind.COMMAND
    by_id = "tests"


class DriveFactory(factory.Factory[Drive]):
    """An open drive of today at a county; ``state=DriveState.PLANNED`` is one that is not open yet."""

    class Meta:
        model = Drive

    branch: Any = None
    name = factory.Sequence(lambda n: f"Drive {n}")
    on_date = ON
    expected = 60
    state = DriveState.OPEN

    @classmethod
    def _create(cls, model_class: type[Drive], *args: Any, **kwargs: Any) -> Drive:
        branch: Branch = kwargs.pop("branch") or BranchFactory()
        state = kwargs.pop("state")
        drive = Drive(branch=branch, branch_path=branch.path, **kwargs)
        moves.making.setattr_state(drive, state)
        drive.save(force_insert=True)
        return Drive.objects.select_related("branch").get(pk=drive.pk)


def typed(**changes: Any) -> dict[Step, dict[str, list[str]]]:
    """Return what somebody types at each step; ``number=…`` and other fields say otherwise."""
    person = donors.person()
    fields: dict[Step, dict[str, Any]] = {
        Step.DOCUMENT: {"name": person.name, "kind": "RESIDENT_ID", "number": person.document_number},
        Step.CONTACTS: {
            "phone": person.phone,
            "first_name": "张建国", "first_relation": "PARENT", "first_phone": "13900010001",
            "first_may_know": "yes", "first_stance": "SUPPORTS",
            "second_name": "李梅", "second_relation": "FRIEND", "second_phone": "13900010002",
            "second_may_know": "no", "second_stance": "NOT_TOLD",
            "address": "浙江省宁波市鄞州区示例路1号", "workplace": "", "email": "", "graduates_on": "",
        },
        Step.HEALTH: {"weight_kg": "56", "blood_group": "A", "none_of_these": "on"},
        Step.CONSENTS: {
            "how": "paper", "agree_register": "on", "agree_sample": "on", "agree_share": "on",
            "tick_contact": ["contact_phone"], "witness": "",
            "teach_change_mind": "any_time", "teach_who_pays": "nobody_pays_me",
            "teach_if_match": "asked_again",
        },
        Step.TUBE: {"barcode": f"T{vault.new_key().pk.hex[-10:]}".upper(), "kind": "BLOOD", "volume_ml": "7"},
    }  # fmt: skip
    for step in fields.values():
        step.update({name: value for name, value in changes.items() if name in step})
    return {
        step: {name: value if isinstance(value, list) else [value] for name, value in told.items()}
        for step, told in fields.items()
    }


def draft(drive: Drive, *, staff: Any, by: Actor, at: datetime = AT, **changes: Any) -> Draft:
    """Return a draft with every step answered, ready to be enrolled."""
    from foundation.ids import uuid7  # noqa: PLC0415

    told = typed(**changes)
    made = drafts.begin(drive, draft_id=uuid7(), staff=staff, language="zh-hans", by=by, at=at)
    text = consents.text()
    sex = _right(DocumentForm(_data(told[Step.DOCUMENT]), on=ON))
    facts = {
        Step.DOCUMENT: sex,
        Step.CONTACTS: _right(ContactsForm(_data(told[Step.CONTACTS]), on=ON)),
        Step.HEALTH: _right(HealthForm(_data(told[Step.HEALTH]), sex=sex["sex"])),
        Step.CONSENTS: {"text": str(text.pk), "language": "zh-hans"},
        Step.TUBE: _right(TubeForm(_data(told[Step.TUBE]))),
    }
    for step, values in facts.items():
        made = drafts.keep(made, step, Answer(told[step], values), at=at)
    return made


def told_anew(made: Draft, **changes: Any) -> Draft:
    """Return the draft with another document, for the next person; the rest of the form is as it was."""
    told = typed(**changes)[Step.DOCUMENT]
    return drafts.keep(made, Step.DOCUMENT, Answer(told, _right(DocumentForm(_data(told), on=ON))), at=AT)


def enrolled(drive: Drive, *, staff: Any, by: Actor, at: datetime = AT, **changes: Any) -> Any:
    """Return a donor who was enrolled at a drive, on paper forms."""
    return actions.enrol(draft(drive, staff=staff, by=by, at=at, **changes), by=by, at=at)


def _data(told: dict[str, list[str]]) -> Any:
    from registry.drives.answers import as_data  # noqa: PLC0415

    return as_data(told)


def _right(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise AssertionError(form.errors)
    return dict(form.facts)
