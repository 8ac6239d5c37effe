"""What the receipt of a withdrawal says of matches: its lines in words, and each match that ended."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.access import Permission, StaffRequest, named
from registry.cases import called, endings
from registry.cases.actions import stopping
from registry.cases.models import Exit, MatchCase
from registry.cases.states import RED_ZONE
from registry.cases.views.common import may
from registry.donors import receipt_parts, words
from registry.donors.models import Withdrawal
from registry.donors.receipt_parts import Part


def register() -> None:
    """Register the words of lines, and the matches."""
    words.register(
        {
            endings.CLOSED: gettext_lazy("The matches in which you were asked have ended"),
            endings.GIVEN: gettext_lazy("Your cells had left already: what you gave counts as a donation"),
            endings.CALLED: gettext_lazy("Everybody who must know it at once was called"),
            endings.BACKUP: gettext_lazy("You stand by for nobody else any more"),
            endings.NONE: gettext_lazy("You are kept for no patient"),
            endings.TALKS: gettext_lazy("You are asked for no talk with others any more"),
            endings.AGAIN: gettext_lazy("Nobody asks any more whether you may donate again"),
            endings.LETTERS: gettext_lazy("Letters that had not gone on go back"),
            endings.FOLLOW_UPS: gettext_lazy("Nobody asks any more how you are after the donation"),
        }
    )
    receipt_parts.register("cases", parts_of)


def parts_of(found: Withdrawal, request: StaffRequest | None = None) -> Sequence[Part]:
    """
    Return each match that a withdrawal ended, or made a donation, and where it stood.

    Who must know it, and its page, stand there for a reader who may see that match.
    """
    given = stopping.kept_donations(found.donor).filter(at__gte=found.at)
    ended = Exit.objects.filter(case__donor=found.donor_id, at__gte=found.at).order_by("id")
    if found.ended_at is not None:
        ended, given = ended.filter(at__lt=found.ended_at), given.filter(at__lt=found.ended_at)
    cases = ended.select_related("case__owner", "case__patient_officer", "case__companion", "case__donor")
    kept = MatchCase.objects.filter(pk__in=given.values("object_id")).order_by("id")
    donated = kept.select_related("owner", "patient_officer", "companion", "donor")
    of_ended = [_shown(request, one.case, _part(one), one) for one in cases]
    return [*of_ended, *(_shown(request, case, _donated(case)) for case in donated)]


def _shown(request: StaffRequest | None, case: MatchCase, words: str, ended: Exit | None = None) -> Part:
    """Return a part; its people and its page are nobody's who may not see the match."""
    if request is None or not may(request, case, Permission.CASE_VIEW):
        return Part(words)
    return Part(words, _who_knows(case, ended), reverse("cases:detail", args=[case.pk]))


def _donated(case: MatchCase) -> str:
    return _("Match %(number)s stands as a donation: the cells had left.") % {"number": case.short_number}


def _part(ended: Exit) -> str:
    return _("Match %(number)s has ended. It stood at “%(state)s”.") % {
        "number": ended.case.short_number,
        "state": ended.get_stage_display(),
    }


def _who_knows(case: MatchCase, ended: Exit | None) -> str:
    """Return who looks after a match and must know it; after conditioning, who really was called."""
    if ended is not None and ended.stage in RED_ZONE:
        return called.since(case, ended.at)
    people = [case.owner, case.patient_officer, case.companion, *named.staff_on(case)]
    names = "、".join(dict.fromkeys(str(person) for person in people if person is not None)) or "–"
    return _("To be told: %(names)s") % {"names": names}
