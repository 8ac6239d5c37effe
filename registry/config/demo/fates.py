"""What became of the invented donors after they were listed, or on their way there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from foundation import access, approvals
from foundation.access import Permission
from foundation.trail import Actor
from registry.config.demo.world import World
from registry.donors import actions as donors
from registry.donors.models import CallKind, ContactChoice, Donor, Word
from registry.donors.reasons import Reason

DAY = timedelta(days=1)
HOLDS = [
    Reason.MR_T_PREGNANT,
    Reason.MR_T_ILLNESS,
    Reason.PR_WORK_STUDY,
    Reason.MR_T_MEDICATION,
    Reason.MO_ABROAD,
]
WITHDRAWALS = [
    Reason.PR_FAM_PARENT, Reason.PR_FAM_SPOUSE, Reason.PR_FEAR_HEALTH, Reason.PR_AMBIVALENT,
    Reason.PR_NOT_STATED, Reason.PR_WORK_STUDY, Reason.PR_NOT_STATED,
]  # fmt: skip
EXCLUSIONS = [Reason.MR_P_AUTOIMMUNE, Reason.MR_P_INFECTION, Reason.MR_P_DIABETES, Reason.MR_P_CARDIO]
# How many of the listed end in each way. The rest stay listed.
SHARES: Mapping[str, int] = {
    "hold": 90, "lose": 35, "withdraw": 100, "exclude": 24, "die": 9,
    "object": 5, "only_if_matched": 25, "transfer": 10, "report_dead": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fates:
    """Gives listed donors what life gave them, by the acts that staff would press."""

    world: World
    random: Random
    now: datetime

    def meet(self, listed: Iterator[Donor]) -> None:
        """Let some of the listed go other ways."""
        ways: dict[str, Callable[[Donor, str, datetime], None]] = {
            "hold": self._hold,
            "lose": self._lose,
            "withdraw": self._withdraw,
            "exclude": self._exclude,
            "die": self._die,
            "transfer": self._transfer,
            "object": self._object,
            "only_if_matched": self._only_if_matched,
            "report_dead": self._report_dead,
        }
        for name, count in SHARES.items():
            for _ in range(count):
                donor = next(listed)
                with transaction.atomic():
                    ways[name](donor, donor.service_branch.code, self._later(donor))

    def grow_old(self) -> None:
        """Let two nights pass: one tells of the age limit, one weeks later ends it for who was rung."""
        by = access.task_actor("tend_donors")
        donors.tell_of_age_limits(by=by, at=self.now - 60 * DAY)
        for donor in Donor.objects.filter(age_notice_on__isnull=False).select_related("service_branch"):
            at = self.now - 50 * DAY
            lin = self.world.coordinator(donor.service_branch.code, at=at)
            donors.record_call(donor, kind="AGE_LIMIT", result="REACHED", by=lin, at=at)
        donors.age_out_due(by=by, at=self.now - 9 * DAY)

    def withdraw_early(self, donor: Donor) -> None:
        """Let somebody go before the laboratory: a clean exit."""
        self._withdraw(donor, donor.service_branch.code, min(self.now - DAY, donor.registered_at + 3 * DAY))

    def _later(self, donor: Donor) -> datetime:
        assert donor.listed_on is not None  # noqa: S101 - only listed donors come here
        here = max(donor.listed_on, self.world.since.date())  # acts are of the time with this program
        span = max(2, (self.now.date() - here).days - 1)
        return self.now - self.random.randrange(1, span) * DAY

    def _hold(self, donor: Donor, area: str, at: datetime) -> None:
        at = max(at, self.now - 300 * DAY)
        until = (at + self.random.randrange(20, 500) * DAY).date()
        by = self.world.coordinator(area, at=at)
        donors.hold(donor, until=until, reason=self.random.choice(HOLDS), by=by, at=at)

    def _lose(self, donor: Donor, area: str, at: datetime) -> None:
        assert donor.listed_on is not None  # noqa: S101 - only listed donors come here
        listed = timezone.make_aware(datetime.combine(donor.listed_on, time(10)))
        at = max(at, self.now - 200 * DAY, listed + 14 * DAY)
        by = self.world.caseworker(area, at=at)
        for round_ in range(3):
            for number in ("donor", "1", "2"):
                when = at - (12 - 4 * round_) * DAY
                donors.record_call(
                    donor, kind=CallKind.OUT_OF_CONTACT, result="NO_ANSWER", number=number, by=by, at=when
                )
        donors.lose(donor, by=by, at=at)

    def _withdraw(self, donor: Donor, area: str, at: datetime) -> None:
        donors.withdraw(
            donor,
            by=self.world.coordinator(area, at=at),
            at=at,
            word=Word.STAFF_TWO_FACTS,
            facts=["document", "phone"],
            reason=self.random.choice(WITHDRAWALS),
        )

    def _exclude(self, donor: Donor, _area: str, at: datetime) -> None:
        by = self.world.actor("doctor", Permission.DONOR_EXCLUDE, at=at)
        donors.exclude(donor, reason=self.random.choice(EXCLUSIONS), by=by, at=at)

    def _die(self, donor: Donor, area: str, at: datetime) -> None:
        by = self.world.caseworker(area, at=at)
        donors.die(donor, evidence="户籍注销证明", by=by, at=at)

    def _transfer(self, donor: Donor, area: str, at: datetime) -> None:
        asked = donors.ask_to_transfer(
            donor,
            reason=Reason.MO_OTHER_REGISTRY,
            reference="TR-2024-01",
            by=self.world.caseworker(area, at=at),
            at=at,
        )
        approvals.decide(asked, yes=True, by=self._manager(at), at=at + timedelta(hours=3))

    def _object(self, donor: Donor, area: str, at: datetime) -> None:
        at = max(at, self.now - 2 * DAY)
        donors.object_to(donor, by=self.world.coordinator(area, at=at), at=at, words="母亲来电,不同意。")

    def _only_if_matched(self, donor: Donor, area: str, at: datetime) -> None:
        by = self.world.coordinator(area, at=at)
        donors.choose_contact(donor, choice=ContactChoice.ONLY_IF_MATCHED, by=by, at=at)

    def _report_dead(self, donor: Donor, area: str, at: datetime) -> None:
        donors.report_dead(donor, by=self.world.coordinator(area, at=at), at=max(at, self.now - 20 * DAY))

    def _manager(self, at: datetime) -> Actor:
        return self.world.actor("manager", Permission.DONOR_LIST, at=at)
