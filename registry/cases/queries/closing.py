"""What follows when a match is closed with an outcome, said before anyone closes it."""

from __future__ import annotations

from copy import copy
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.moves import Move
from foundation.trail import Actor
from registry.cases import fitting, guards, outcomes
from registry.cases.models import MatchCase
from registry.cases.queries.detail import waiting_behind
from registry.cases.states import ACTIVE, RED_ZONE, CaseState
from registry.donors.reasons import Reason
from registry.donors.states import DonorState


def stands(case: MatchCase, *, by: Actor, at: datetime) -> fitting.Standing:
    """Return what of a match decides which outcomes fit; who is asked for is who closes it."""
    return fitting.Standing(
        case.stands_at,
        tried=case.first_tried_at is not None,
        spoken_with=case.reached_at is not None,
        ran_out=case.clock_ends_on < timezone.localdate(at),
        doctor=_has_a_doctors_word(case, by=by, at=at),
        gave=case.state == CaseState.WAITING and case.donor.state == DonorState.DONATED,
    )


def _has_a_doctors_word(case: MatchCase, *, by: Actor, at: datetime) -> bool:
    """Return whether the guard of a lasting medical reason would let it through."""
    asked = copy(case)
    asked.outcome = Reason.MR_P_OTHER
    return guards.a_doctor_found_it(Move(asked, "close", by, at))


def follows(case: MatchCase, outcome: str) -> list[str]:
    """Return what becomes of the donor, of the matches that wait, and of the ledger."""
    lines = [_becomes_of_the_donor(case, outcome)] if case.state in ACTIVE else []
    if not lines:
        lines.append(_("The match that keeps the donor goes on."))
    if case.state in RED_ZONE:
        lines.append(_("Conditioning has begun: ring the transplant hospital before you close the match."))
    regret = outcomes.regret_of(outcome, state=case.stands_at, final_consent=bool(case.final_consent_at))
    side = outcomes.side_of(outcome).label
    lines.append(_("It is filed under: %(side)s.") % {"side": side})
    if regret:
        words = outcomes.Regret(regret).label
        lines.append(_("It counts as a changed mind: %(regret)s.") % {"regret": f"{regret}, {words}"})
    return lines


def follows_a_donation(case: MatchCase) -> str:
    """Return what becomes of the matches that wait behind one that leads to a donation; "" for none."""
    waiting = MatchCase.objects.filter(waiting_behind(case)).exclude(
        request__in=settings.DONATED_AGAIN_MONTHS
    )
    count = waiting.count()
    return _they_end(count) if count else ""


def _they_end(count: int) -> str:
    ends = ngettext("The %(n)s match that waits ends too.", "The %(n)s matches that wait end too.", count)
    return ends % {"n": count}


def _becomes_of_the_donor(case: MatchCase, outcome: str) -> str:
    to = outcomes.goes_to(outcome, reserved_from=case.reserved_from)
    waiting = MatchCase.objects.filter(waiting_behind(case)).count()
    state = DonorState(to).label
    if to in outcomes.NO_NEXT:
        words = _("The donor is let go: %(state)s.") % {"state": state}
        if waiting:
            return f"{words} {_they_end(waiting)}"
        return words
    if waiting and case.donor.death_reported_at is None:
        return _("The donor stays kept: the oldest of %(n)s waiting matches begins at once.") % {"n": waiting}
    if to == DonorState.LISTED:
        return _("The donor goes back into search, or pauses where something stands against that.")
    return _("The donor is let go: %(state)s.") % {"state": state}
