"""What this room says when a donor has left, wavers, or turns out to be two: receipt, section, receivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.access import Permission, StaffRequest, named
from foundation.moves.stops import Stop
from foundation.trail import Actor
from registry import signals
from registry.cases import called, sections
from registry.cases.actions import leaving, merging, stopping
from registry.cases.models import Exit, FollowUp, MatchCase
from registry.cases.states import RED_ZONE
from registry.cases.views import ledger, win_back
from registry.cases.views.common import may
from registry.donors import receipt_parts, words
from registry.donors import sections as of_donors
from registry.donors.models import Donor, Withdrawal
from registry.donors.receipt_parts import Part

CLOSED: Final = "cases.closed"
GIVEN: Final = "cases.given"
CALLED: Final = "cases.called"  # of receipts before the room that calls people said it itself
BACKUP: Final = "cases.backup"
NONE: Final = "cases.none"
TALKS: Final = "cases.talks"
AGAIN: Final = "cases.again"
LETTERS: Final = "cases.letters"
FOLLOW_UPS: Final = "cases.follow_ups"


def register() -> None:
    """Register words of the receipt, the section about wavering, and what merging asks."""
    words.register(
        {
            CLOSED: gettext_lazy("The matches in which you were asked have ended"),
            GIVEN: gettext_lazy("Your cells had left already: what you gave counts as a donation"),
            CALLED: gettext_lazy("Everybody who must know it at once was called"),
            BACKUP: gettext_lazy("You stand by for nobody else any more"),
            NONE: gettext_lazy("You are kept for no patient"),
            TALKS: gettext_lazy("You are asked for no talk with others any more"),
            AGAIN: gettext_lazy("Nobody asks any more whether you may donate again"),
            LETTERS: gettext_lazy("Letters that had not gone on go back"),
            FOLLOW_UPS: gettext_lazy("Nobody asks any more how you are after the donation"),
        }
    )
    receipt_parts.register("cases", parts_of)
    sections.register(
        sections.Section(
            "wavers", 80, Permission.CASE_VIEW, "registry/cases/_interventions.html", ledger.section
        )
    )
    of_donors.register(
        of_donors.Section(
            "win_back", 62, Permission.DONOR_VIEW, "registry/cases/_win_back.html", win_back.of_donor
        )
    )
    sections.register(
        sections.Section(
            "win_back", 81, Permission.CASE_VIEW, "registry/cases/_win_back.html", win_back.of_case
        )
    )
    signals.donor_merged.connect(a_donor_was_merged, dispatch_uid="cases.merged")
    signals.donor_parted.connect(a_donor_was_parted, dispatch_uid="cases.parted")


def stops_of(donor: Donor, *, ended: int, by: Actor, at: datetime) -> list[Stop]:
    """Return what stands on the receipt of who withdrew: matches, back-up roles, the rest."""
    lines = [Stop(what=CLOSED, when=at, count=ended)] if ended else []
    if given := stopping.kept_donations(donor).filter(at=at).count():
        lines.append(Stop(what=GIVEN, when=at, count=given))
    if dropped := merging.drop_backups(donor, by=by, at=at):
        lines.append(Stop(what=BACKUP, when=at, count=dropped))
    return [*(lines or [Stop(what=NONE, when=at)]), *let_be(donor, by=by, at=at)]


def let_be(donor: Donor, *, by: Actor, at: datetime) -> list[Stop]:
    """End what was wanted of somebody beside their own matches, and return a line for each that was."""
    ended = {
        TALKS: leaving.end_talks_with(donor, by=by, at=at),
        AGAIN: leaving.ask_no_more(donor, by=by, at=at),
        LETTERS: leaving.return_letters(donor, by=by, at=at),
        FOLLOW_UPS: FollowUp.objects.filter(case__donor=donor, done_at__isnull=True).count(),
    }
    return [Stop(what=what, when=at, count=count) for what, count in ended.items() if count]


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


def a_donor_was_merged(
    *, kept: Donor, emptied: Donor, by: Actor, at: datetime, **_more: Any
) -> dict[str, Any]:
    """Bring matches of two records of one person together."""
    return merging.bring_over(kept, emptied, by=by, at=at)


def a_donor_was_parted(*, kept: Donor, emptied: Donor, moved: Mapping[str, Any], **_more: Any) -> None:
    """Give them back: the two records are of two people."""
    merging.bring_back(kept, emptied, moved)
