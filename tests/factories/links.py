"""Links as they stand in a message, and an invitation they may be about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from foundation import vault
from foundation.trail import Actor
from foundation.vault import Subject
from notifications.links import making, replies
from notifications.links.purposes import Purpose
from registry.donors.models import Donor

WRONG = "0000"


def path(purpose: Purpose, donor: Donor, *, at: datetime, **more: Any) -> str:
    """Return where a new link of a donor leads."""
    token = making.new_token(purpose, Subject.objects.get(pk=donor.subject_id), at=at, **more)
    return reverse("links:open", args=[token])


def last_four(donor: Donor) -> str:
    """Return the end of the donor's document."""
    return str(vault.open_one(donor, "document")["document"])[-4:]


class Invited:
    """A room that invites: keeps the answers it was given."""

    def __init__(self) -> None:
        self.answers: dict[str, int] = {}

    def describe(self, matter: str, subject: Subject) -> replies.Invitation | None:
        """Return the one memorial there is."""
        if matter != "qingming":
            return None
        starts = datetime(2027, 4, 3, 1, 0, tzinfo=UTC)
        return replies.Invitation("清明追思会", starts, "生命纪念园", 4, self.answers.get(str(subject.pk)))

    def answer(
        self, matter: str, subject: Subject, *, people: int, standing: str, by: Actor, at: datetime
    ) -> None:
        """Keep how many come."""
        self.answers[str(subject.pk)] = people
