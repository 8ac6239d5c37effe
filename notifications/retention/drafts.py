"""Change and throw away a campaign that is not begun: nobody was drawn, nothing was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, moves, trail
from foundation.access import Branch, Permission
from foundation.trail import Actor
from notifications.retention.models import Campaign
from notifications.retention.states import CampaignState


class Begun(moves.Refused):
    """The campaign was begun: whom it is for and in which words stands fast."""


@transaction.atomic
def edit(campaign: Campaign, *, branch: Branch, by: Actor, at: datetime, **values: Any) -> Campaign:
    """
    Write a draft anew; its lot stays the one it was made with.

    :param values: the columns of the cohort, the wording, the ways and the size of the control group.
    :raises Begun: if it was begun.
    :raises moves.NotAllowed: if the actor may not make campaigns here, or where it is to stand.
    """
    draft = _draft(campaign.pk, by=by, at=at)
    _check(branch, by=by, at=at)
    given = {"branch": branch, "branch_path": branch.path, **values}
    changed = sorted(name for name, value in given.items() if getattr(draft, name) != value)
    for name in changed:
        setattr(draft, name, given[name])
    draft.save(update_fields=changed)
    trail.record("campaign.changed", by=by, at=at, object=draft, branch=branch.pk, columns=changed)
    return draft


@transaction.atomic
def discard(campaign: Campaign, *, by: Actor, at: datetime) -> None:
    """
    Throw a draft away.

    :raises Begun: if it was begun.
    :raises moves.NotAllowed: if the actor may not make campaigns here.
    """
    draft = _draft(campaign.pk, by=by, at=at)
    trail.record("campaign.discarded", by=by, at=at, object=draft, branch=draft.branch_id)
    draft.delete()


def _draft(pk: UUID, *, by: Actor, at: datetime) -> Campaign:
    """Lock a draft and return it as the row is now."""
    draft = Campaign.objects.select_for_update().filter(pk=pk).first()
    if draft is None or draft.state != CampaignState.DRAFT:
        raise Begun([_("This campaign is no draft any more.")], move="edit")
    _check(draft, by=by, at=at)
    return draft


def _check(on: Campaign | Branch, *, by: Actor, at: datetime) -> None:
    if not access.may(by, Permission.PROGRAMME_EDIT, on=on, at=at):
        raise moves.NotAllowed(Permission.PROGRAMME_EDIT.value)
