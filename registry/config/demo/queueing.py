"""Let volunteers who queue at a drive hand in the form they filled on their own phones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone

from registry.config.demo.people import Crowd, Invented
from registry.donors.records import ContactPerson
from registry.drives.actions import drafts
from registry.drives.answers import Answers
from registry.drives.models import Drive
from registry.drives.own_forms import actions, parts

AGES = (20, 19, 22, 46)  # of those who wait; the last is told kindly at the desk why not
MINUTES_APART = 4


def hand_in(drive: Drive, crowd: Crowd, *, area: str, at: datetime) -> None:
    """Let some volunteers wait at a drive, each with a number."""
    for n, age in enumerate(AGES):
        came = at - timedelta(minutes=MINUTES_APART * (len(AGES) - n))
        invented = crowd.next(area=area, registered_on=timezone.localdate(came), age=age)
        _fill(drive, invented, key=UUID(int=drive.pk.int ^ n + 1), at=came)


def _fill(drive: Drive, invented: Invented, *, key: UUID, at: datetime) -> None:
    answers, draft, on = Answers(), None, timezone.localdate(at)
    for part in parts.PARTS.values():
        data = QueryDict(mutable=True)
        data.update(_typed(part.name, invented))
        answer = part.answer(data, part.make(data, answers, on), answers, on=on)
        if draft is None:
            draft = actions.begin(drive, key=key, answer=answer, language="zh-hans", at=at)
        else:
            draft = actions.write(draft, part.step, answer, at=at)
        answers = drafts.read(draft)
    if draft is not None:
        actions.hand_in(draft, at=at)


def _typed(part: str, invented: Invented) -> dict[str, str]:
    person, contacts = invented.person, invented.contacts
    typed: dict[str, dict[str, str]] = {
        "document": {"name": person.name, "kind": person.document_kind, "number": person.document_number},
        "reach": {
            "phone": person.phone,
            "address": person.address,
            "workplace": person.workplace,
            "graduates_on": person.graduates_on.isoformat() if person.graduates_on else "",
        },
        **_contacts(contacts),
        "health": {
            "weight_kg": str(person.weight_kg),
            "blood_group": person.blood_group,
            "well": "none",
        },
    }
    return typed[part]


def _contacts(contacts: Sequence[ContactPerson]) -> dict[str, dict[str, str]]:
    return {
        place: {
            f"{place}_name": one.name,
            f"{place}_relation": one.relation,
            f"{place}_phone": one.phone,
            f"{place}_may_know": "yes" if one.may_know else "no",
            f"{place}_stance": one.stance,
        }
        for place, one in zip(("first", "second"), contacts, strict=True)
    }
