"""The demo's forty matches: one history for every state, led along the real way up to where each stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from foundation.access import Permission
from registry.cases import actions, followups
from registry.cases.models import MatchCase, Request, Source
from registry.cases.states import CaseState
from registry.config.demo.along import DAY, Along, noon_of
from registry.config.demo.world import World
from registry.donors import actions as donors
from registry.donors.models import Donor, Word
from registry.donors.reasons import Reason

S = CaseState
# Where each of the forty stands. The waiting ones are second notices for donors of others.
STANDING: Final = (
    *[S.NOTIFIED] * 4, *[S.CONTACTING] * 3, *[S.REMOBILISED] * 3, *[S.HR_AGREED] * 2, *[S.HR_SAMPLED] * 2,
    *[S.HR_LAB] * 2, *[S.HR_MATCHED] * 2, *[S.TC_DECISION] * 2, *[S.WORKUP] * 2, *[S.SCHEDULED] * 2,
    S.CONDITIONING, S.MOBILISING, S.COLLECTING, S.HANDED_OVER, *[S.DONATED] * 4,
)  # fmt: skip
WAITING: Final = 2
ENDED: Final = (  # where it stood, how it ended
    (S.HR_AGREED, "PR_FAM_SPOUSE"), (S.TC_DECISION, "PDC"), (S.HR_LAB, "MR_T_PREGNANT"),
)  # fmt: skip
POSTPONED: Final = (S.HR_MATCHED, S.WORKUP)
DONATED_AGO: Final = (8, 75, 400, 900)  # days
LATEST: Final = 5 * DAY  # a follow-up younger than this is still to be made
BLOOD: Final = {"wbc": Decimal("6.2"), "hb": Decimal(138), "plt": Decimal(221)}
CITY: Final = "3302"


@dataclass(slots=True)
class Matches:
    """Lets a caseworker, two managers, a doctor and two hospitals act on forty matches."""

    world: World
    now: datetime
    listed: Iterator[Donor]
    count: int = 0

    def follow(self) -> None:
        """Lead them all, the oldest first; the newest ones are of this week."""
        self._donated()
        for stood_at, outcome in ENDED:
            case = self._lead(stood_at, Source.DOMESTIC, days_since=20)
            self._end(case, outcome)
        for stood_at in POSTPONED:
            self._postpone(self._lead(stood_at, Source.DOMESTIC, days_since=6))
        open_ones = [state for state in STANDING if state != S.DONATED]
        for n, state in enumerate(open_ones):
            source = Source.INTERNATIONAL if n % 5 == 0 else Source.DOMESTIC
            case = self._lead(state, source, days_since=self._since(state, n))
            if n < WAITING:
                self._second_notice(case)
        self._just_withdrawn()

    def _since(self, state: CaseState, n: int) -> int:
        """Return how many days ago the last step was made: some are overdue, most are of this week."""
        if state == S.NOTIFIED:
            return (6, 1, 0, 0)[n]
        if state == S.TC_DECISION and n % 2:
            return 70  # its reservation has run out
        if state in {S.SCHEDULED, S.CONDITIONING, S.MOBILISING, S.COLLECTING, S.HANDED_OVER}:
            return 0
        return n % 4

    def _donated(self) -> None:
        for ago in DONATED_AGO:
            self._ask_after(self._lead(S.DONATED, Source.DOMESTIC, days_since=ago))

    @transaction.atomic
    def _ask_after(self, case: MatchCase) -> None:
        """Ask the donor on each day that has come, but for the one of this week."""
        past = case.follow_ups.filter(due_on__lt=(self.now - LATEST).date()).order_by("due_on")
        for row in past:
            at = noon_of(datetime.combine(row.due_on, time(12), tzinfo=self.now.tzinfo) + DAY, self.now)
            answers = {question.key: question.answers[0][0] for question in followups.QUESTIONS}
            labs = BLOOD if row.key in followups.WITH_BLOOD_COUNT else {}
            by = self.world.caseworker(case.donor.service_branch.code, at=at)
            actions.record_follow_up(row, wellbeing=5, answers=answers, labs=labs, words="", by=by, at=at)

    @transaction.atomic
    def _lead(self, state: CaseState, source: Source, *, days_since: int) -> MatchCase:
        donor = self._next()
        self.count += 1
        along = Along.of(self.world, donor, state, ends=noon_of(self.now - days_since * DAY, self.now))
        case = along.open(f"{self.count:04}", source)
        along.lead(case)
        return MatchCase.objects.select_related("donor").get(pk=case.pk)

    @transaction.atomic
    def _second_notice(self, case: MatchCase) -> None:
        self.count += 1
        by = self.world.caseworker(case.donor.service_branch.code, at=self.now)
        notice = actions.Notice(
            source=Source.DOMESTIC,
            code=f"NT-2026-{self.count:04}",
            requested_on=(self.now - DAY).date(),
            request=Request.TYPING,
            resolution="HIGH",
        )
        actions.take_notice(
            case.donor,
            patient_code=f"P-{self.count:05}",
            notice=notice,
            by=by,
            at=self.now - timedelta(hours=2),
        )

    @transaction.atomic
    def _end(self, case: MatchCase, outcome: str) -> None:
        at = self.now - 15 * DAY
        by = self.world.actor("manager", Permission.CASE_DECIDE, at=at)
        actions.close(case, outcome=outcome, words="电话中说明，已致谢。", by=by, at=at)

    @transaction.atomic
    def _postpone(self, case: MatchCase) -> None:
        at = self.now - 4 * DAY
        by = self.world.actor("manager", Permission.CASE_DECIDE, at=at)
        until = (self.now + 40 * DAY).date()
        actions.postpone(case, until=until, reason=Reason.MR_T_ILLNESS, by=by, at=at)

    @transaction.atomic
    def _just_withdrawn(self) -> None:
        case = self._lead(S.HR_LAB, Source.DOMESTIC, days_since=2)
        at = self.now - timedelta(minutes=40)
        donors.withdraw(
            case.donor,
            by=self.world.coordinator(case.donor.service_branch.code, at=at),
            at=at,
            word=Word.STAFF_TWO_FACTS,
            facts=["document", "phone"],
            reason=Reason.PR_FAM_PARENT,
        )

    def _next(self) -> Donor:
        """Return the next listed donor of the city whose caseworker is shown."""
        return next(donor for donor in self.listed if donor.service_branch.code.startswith(CITY))


def follow(world: World, listed: Sequence[Donor] | Iterator[Donor], *, at: datetime) -> None:
    """Let forty matches stand in every state, with what led there."""
    Matches(world, at, iter(listed)).follow()
