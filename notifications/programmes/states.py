"""The way of a programme's version: written, in use, out of use."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from foundation import moves
from foundation.access import Permission
from foundation.moves import Guard
from foundation.trail import ActorKind
from notifications.programmes import guards


class ProgrammeState(models.TextChoices):
    """Where a version of a programme stands."""

    DRAFT = "DRAFT", _("Draft")
    PUBLISHED = "PUBLISHED", _("In use")
    RETIRED = "RETIRED", _("Out of use")


_MACHINES: Final = frozenset({ActorKind.TASK, ActorKind.COMMAND})
# Family programmes are written by who plans family care; the second person agrees at the top of the tree.
WRITERS: Final = (Permission.PROGRAMME_EDIT, Permission.CARE_PLAN)
PUBLISHERS: Final = (Permission.PROGRAMME_EDIT, Permission.CARE_APPROVE, Permission.APPROVE)


class ProgrammeWay(models.Model):
    """A version is changed only while it is a draft."""

    state = FSMField(default=ProgrammeState.DRAFT, choices=ProgrammeState, protected=True, max_length=12)

    beginnings: ClassVar[dict[str, Any]] = {
        "draft": (ProgrammeState.DRAFT, moves.rule(WRITERS, also=_MACHINES)),
    }

    class Meta:
        abstract = True

    @transition(
        "state",
        source=ProgrammeState.DRAFT,
        target=ProgrammeState.PUBLISHED,
        custom=moves.rule(
            PUBLISHERS,
            Guard(guards.nothing_is_wrong, _("Something in it is not right yet. Look at what is to mend.")),
            Guard(guards.another_person_agreed, _("A second person must agree before it is used.")),
            Guard(guards.older_version_is_retired, _("Another version of this programme is in use.")),
            also=_MACHINES,
        ),
    )
    def publish(self) -> None:
        """Bring the version into use; it never changes again."""

    @transition(
        "state",
        source=ProgrammeState.PUBLISHED,
        target=ProgrammeState.RETIRED,
        custom=moves.rule(PUBLISHERS, also=_MACHINES),
    )
    def retire(self) -> None:
        """Take the version out of use, because a newer one takes its place."""
