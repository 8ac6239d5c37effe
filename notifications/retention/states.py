"""The way of a campaign, as a table of moves."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from foundation import moves
from foundation.access import Permission
from foundation.moves import Guard, Move
from foundation.trail import ActorKind

TOO_FEW: Final = _("Too few people fit: both groups need somebody. Choose wider.")
OF_ONE_DAY: Final = _("These words are true on one day of somebody's way alone. Choose others.")
# Whatever else is written to volunteers says what happened to them: a day that comes, a donation that was.
FOR_CAMPAIGNS: Final = frozenset({"donor.campaign", "donor.contact_check"})


class CampaignState(models.TextChoices):
    """Where a campaign stands."""

    DRAFT = "DRAFT", _("Draft")
    RUNNING = "RUNNING", _("Running")
    ENDED = "ENDED", _("Ended")


def _is_true_of_everybody(move: Move[Any]) -> bool:
    return move.object.wording in FOR_CAMPAIGNS


def _has_both_groups(move: Move[Any]) -> bool:
    return bool(move.facts.get("written_to")) and bool(move.facts.get("left_alone"))


class CampaignWay(models.Model):
    """From a draft to the day on which nothing is counted any more."""

    state = FSMField(default=CampaignState.DRAFT, choices=CampaignState, protected=True, max_length=8)

    beginnings: ClassVar[dict[str, Any]] = {
        "draft": (CampaignState.DRAFT, moves.rule(Permission.PROGRAMME_EDIT)),
    }

    class Meta:
        abstract = True

    @transition(
        "state",
        source=CampaignState.DRAFT,
        target=CampaignState.RUNNING,
        custom=moves.rule(
            Permission.PROGRAMME_EDIT,
            Guard(_is_true_of_everybody, OF_ONE_DAY),
            Guard(
                _has_both_groups,
                TOO_FEW,
                when_given="written_to",
            ),
        ),
    )
    def begin(self) -> None:
        """Draw the two groups, and write to one of them."""

    @transition(
        "state",
        source=CampaignState.RUNNING,
        target=CampaignState.ENDED,
        custom=moves.rule(Permission.PROGRAMME_EDIT, also=frozenset({ActorKind.TASK})),
    )
    def end(self) -> None:
        """Count nothing any more."""
