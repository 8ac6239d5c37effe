"""Who does a thing. Everything that changes the world is told by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ActorKind(TextChoices):
    """The kinds of doer the program knows."""

    STAFF = "staff", _("Staff")
    SUBJECT = "subject", _("The person themself")
    INTEGRATION = "integration", _("Integration")
    TASK = "task", _("Nightly or queued task")
    COMMAND = "command", _("Command line")


class HasActor(Protocol):
    """A row that keeps who made it in four plain columns."""

    by_kind: str
    by_id: str
    by_role: str
    by_branch: str


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Staff in a role at a branch, a subject by link, an integration, a task or a command.

    Ids are plain text, because the trail outlives the rows it speaks of.
    """

    kind: ActorKind
    id: str
    role: str = ""
    branch: str = ""

    def columns(self) -> dict[str, str]:
        """Return the four columns that a row keeps of its actor."""
        return {
            "by_kind": self.kind.value,
            "by_id": self.id,
            "by_role": self.role,
            "by_branch": self.branch,
        }

    @classmethod
    def of(cls, row: HasActor) -> Actor:
        """Read the actor back from a row's columns."""
        return cls(ActorKind(row.by_kind), row.by_id, row.by_role, row.by_branch)
