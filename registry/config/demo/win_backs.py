"""The demo's tries to win back who had left: one of each result, made as staff make them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from foundation import moves
from registry.cases import actions, asking_back
from registry.cases.models import Way, WonBack
from registry.config.demo.world import World
from registry.donors import actions as donors
from registry.donors.models import Donor
from registry.donors.states import DonorState

CITY: Final = "3302"
DAY: Final = timedelta(days=1)
ANSWERED: Final = (
    (WonBack.NOT_NOW, "孩子还小，明年再说。"),
    (WonBack.NEVER, "请以后不要再问。"),
    (WonBack.PENDING, "已寄信并附回邮，等回音。"),
)


@transaction.atomic
def ask_back(world: World, *, at: datetime) -> None:
    """Ask some of the city whose caseworker is shown; one of them comes back by themselves."""
    when = at - 12 * DAY
    gone = Donor.objects.filter(state__in=[DonorState.LOST, DonorState.ON_HOLD])
    gone = gone.filter(service_branch__code__startswith=CITY).select_related("service_branch").order_by("id")
    to_ask = [donor for donor in gone if _may_be_asked(donor, at=when)]
    for n, (result, words) in enumerate(ANSWERED):
        _try(world, to_ask[n], result=result, words=words, at=when + n * DAY)
    back = next(donor for donor in to_ask[len(ANSWERED) :] if donor.state == DonorState.ON_HOLD)
    _try(world, back, result=WonBack.PENDING, words="家里已商量好，想继续。", at=when)
    by = world.coordinator(back.service_branch.code, at=at)
    donors.release(back, by=by, at=when + 2 * DAY)


def _may_be_asked(donor: Donor, *, at: datetime) -> bool:
    """Return whether they had left by then, and a way is open by which they may be asked."""
    left_since = moves.steps_of(donor).filter(at__gt=at).exists()
    return not left_since and asking_back.lost(donor) is not None and bool(_way(donor, at=at))


def _way(donor: Donor, *, at: datetime) -> Way | None:
    return next((one for one in asking_back.ways(donor, at=at) if one != Way.CAME), None)


def _try(world: World, donor: Donor, *, result: str, words: str, at: datetime) -> None:
    by = world.caseworker(donor.service_branch.code, at=at)
    actions.try_to_win_back(donor, way=str(_way(donor, at=at)), words=words, result=result, by=by, at=at)
