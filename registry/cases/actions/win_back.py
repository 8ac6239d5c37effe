"""Try to win back who has left: written down with what came of it; who comes back by themselves closes it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, moves, trail, vault
from foundation.trail import Actor
from registry.cases import asking_back, rules, stopped_ways
from registry.cases.models import Way, WinBack, WonBack
from registry.donors.models import Donor


@transaction.atomic
def try_to_win_back(
    donor: Donor, *, way: str, words: str, by: Actor, at: datetime, result: str = WonBack.PENDING
) -> WinBack:
    """
    Write down that somebody who has left was asked to come back, how, and what was offered or said.

    :raises moves.Refused: if they have not left, must not be asked so, or somebody is asking already.
    :raises moves.NotAllowed: if the actor may not speak with the donor here.
    """
    donor = _locked(donor)
    _check(donor, by=by, at=at)
    lost = asking_back.lost(donor)
    if lost is None:
        raise moves.Refused([_("This donor has not left, or cannot come back any more.")])
    if way not in asking_back.ways(donor, at=at):
        raise moves.Refused(asking_back.against(donor, at=at) or [_shut(donor, way)])
    if WinBack.objects.filter(donor=donor, result=WonBack.PENDING).exists():
        raise moves.Refused([_("Somebody is asking already: write down first what came of it.")])
    made = WinBack(
        donor=donor,
        case=lost.case,
        at=at,
        reason=lost.reason,
        way=Way(way),
        result=result,
        settled_at=None if result == WonBack.PENDING else at,
        **by.columns(),
    )
    if donor.subject.key_id is None:
        raise moves.Refused([_("The data of this donor were erased. Nothing can be added any more.")])
    vault.seal(made, key=donor.subject.key_id, words=words.strip() or None)
    made.save(force_insert=True)
    trail.record("donor.asked_back", by=by, at=at, object=donor, way=way, reason=lost.reason, result=result)
    return made


def _shut(donor: Donor, way: str) -> str:
    what = asking_back.PURPOSES.get(Way(way))
    if what is not None and stopped_ways.is_stopped(donor.subject_id, what):
        return _("They asked us to stop contacting them this way.")
    return _("There is no consent in force to be contacted this way.")


@transaction.atomic
def settle_win_back(tried: WinBack, *, result: str, by: Actor, at: datetime) -> WinBack:
    """
    Write down what came of it. To come back or not is the donor's alone; it moves nobody by itself.

    :raises moves.Refused: if it is known already.
    :raises moves.NotAllowed: if the actor may not speak with the donor here.
    """
    donor = _locked(tried.donor)
    _check(donor, by=by, at=at)
    tried = WinBack.objects.get(pk=tried.pk)
    if tried.result != WonBack.PENDING or result == WonBack.PENDING:
        raise moves.Refused([_("What came of it is written down already.")])
    _settle(tried, result, by=by, at=at)
    return tried


def settle_by_what_they_did(donor: Donor, *, back: bool, by: Actor, at: datetime) -> None:
    """Close an open try of a donor who came back, or left the register: their act says it."""
    for tried in WinBack.objects.filter(donor=donor, result=WonBack.PENDING):
        _settle(tried, WonBack.BACK if back else WonBack.NOT_NOW, by=by, at=at)


def reopen_tries(donor: Donor, *, since: datetime) -> None:
    """Take back what a mistaken act of the donor's record closed."""
    if not WinBack.objects.filter(donor=donor, result=WonBack.PENDING).exists():
        last = WinBack.objects.filter(donor=donor, settled_at=since, at__lt=since).order_by("-id").first()
        if last is not None:
            last.result, last.settled_at = WonBack.PENDING, None
            last.save(update_fields=["result", "settled_at"])


def _settle(tried: WinBack, result: str, *, by: Actor, at: datetime) -> None:
    tried.result, tried.settled_at = WonBack(result), at
    tried.save(update_fields=["result", "settled_at"])
    trail.record("donor.asked_back_settled", by=by, at=at, object=tried.donor, result=result)


def _locked(donor: Donor) -> Donor:
    vault.lock(donor.subject_id)
    return Donor.objects.select_related("subject").get(pk=donor.pk)


def _check(donor: Donor, *, by: Actor, at: datetime) -> None:
    if not any(access.may(by, permission, on=donor, at=at) for permission in rules.CONTACT):
        raise moves.NotAllowed(rules.CONTACT[0].value)
