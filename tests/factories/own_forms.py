"""Own forms as volunteers send them from their phones."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.drives.models import Draft, Drive
from registry.drives.own_forms import posters
from tests.factories import donors
from tests.factories.drives import ON


def told(**changes: Any) -> dict[str, dict[str, list[str]]]:
    """Return what a volunteer types on each page; ``number="…"`` and other fields say otherwise."""
    person = donors.person()
    parts = {
        "document": {"name": person.name, "kind": "RESIDENT_ID", "number": person.document_number},
        "reach": {
            "phone": person.phone, "address": "浙江省宁波市鄞州区示例路1号",
            "workplace": "", "graduates_on": "", "email": "",
        },
        "first": {
            "first_name": "张建国", "first_relation": "PARENT", "first_phone": "13900010001",
            "first_may_know": "yes", "first_stance": "SUPPORTS",
        },
        "second": {
            "second_name": "李梅", "second_relation": "FRIEND", "second_phone": "13900010002",
            "second_may_know": "no", "second_stance": "NOT_TOLD",
        },
        "health": {"weight_kg": "56", "blood_group": "A", "well": "none"},
    }  # fmt: skip
    for fields in parts.values():
        fields.update({name: value for name, value in changes.items() if name in fields})
    return {part: {name: [value] for name, value in fields.items()} for part, fields in parts.items()}


def mark(drive: Drive, *, today: date = ON) -> str:
    """Return the mark on a drive's poster."""
    return posters.mark_of(drive, today=today)


def send(client: Client, drive: Drive, part: str, fields: dict[str, list[str]], **more: Any) -> Any:
    """Send one page."""
    address = reverse("own:part", args=[mark(drive, today=timezone.localdate()), part])
    return client.post(address, {**fields, **more})


def fill(client: Client, drive: Drive, **changes: Any) -> Any:
    """Fill all pages on one phone; return the last answer."""
    answer = None
    for part, fields in told(**changes).items():
        answer = send(client, drive, part, fields)
    return answer


def handed_in(drive: Drive, **changes: Any) -> Draft:
    """Return a form that somebody handed in at a drive."""
    before = set(Draft.objects.values_list("pk", flat=True))
    fill(Client(), drive, **changes)
    return Draft.objects.exclude(pk__in=before).select_related("drive").get()
