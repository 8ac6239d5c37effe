"""Steps of many new things at once: those of one day differ by their thing alone."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db import models

from foundation import rows
from foundation.ids import uuid7
from foundation.moves.models import Step
from foundation.trail import Actor


def step_into(
    state: str,
    thing: models.Model | tuple[type[models.Model], UUID],
    move: str,
    *,
    before: str = "",
    by: Actor,
    at: datetime,
    recorded_at: datetime,
) -> rows.Cut:
    """
    Return the step of a move, as ``rows.insert`` takes it.

    For a bulk import, which has asked the right and the guards itself.

    :param thing: what moved, or its model and id where there is no model of it.
    """
    model, pk = (type(thing), thing.pk) if isinstance(thing, models.Model) else thing
    like = _like(model, move, before=before, state=str(state), by=by, at=at, recorded_at=recorded_at)
    return like.cut(uuid7(), pk)


@lru_cache(maxsize=256)
def _like(
    model: type[models.Model],
    move: str,
    *,
    before: str,
    state: str,
    by: Actor,
    at: datetime,
    recorded_at: datetime,
) -> rows.Stencil:
    step = Step(
        object_type=model._meta.label_lower,
        object_id=UUID(int=0),
        move=move,
        from_state=before,
        to_state=state,
        at=at,
        recorded_at=recorded_at,
        **by.columns(),
    )
    return rows.Stencil(step, "id", "object_id")
